"""Pictures as phones make them: noisy enough to be large, with all that a camera writes into them."""

from __future__ import annotations

import hashlib
import random
from io import BytesIO

from PIL import Image

GPS_IFD = 0x8825


def photo(seed: int = 1, size: tuple[int, int] = (900, 700), kind: str = "JPEG", quality: int = 85) -> bytes:
    """A picture of noise: the same for the same seed, and no two seeds alike."""
    noise = random.Random(seed).randbytes(size[0] // 4 * (size[1] // 4) * 3)
    image = Image.frombytes("RGB", (size[0] // 4, size[1] // 4), noise).resize(size)
    made = BytesIO()
    image.save(made, kind, quality=quality, exif=where_it_was(), comment=b"Bu Rahayu, Gang Mawar 5")
    return made.getvalue()


def where_it_was() -> Image.Exif:
    """What a camera says of itself: turned, of a make, and in Cengkareng."""
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Kamera Rahasia"
    exif[GPS_IFD] = {1: "S", 2: (6.0, 8.0, 30.5), 3: "E", 4: (106.0, 44.0, 1.5)}
    return exif


def sha(content: bytes) -> str:
    """The name under which a phone sends it."""
    return hashlib.sha256(content).hexdigest()

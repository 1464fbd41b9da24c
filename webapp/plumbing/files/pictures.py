"""A picture made anew: what was sent is decoded once, by us, and only what we drew from it is ever served."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask_babel import gettext as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST, LONGEST_SMALL = 1600, 160  # pixels of the longer side
QUALITY, QUALITY_SMALL = 80, 60

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class NotAPicture(Exception):
    """It cannot be taken, and sending it again will not help. `says` is the sentence that the person reads."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


@dataclass(frozen=True)
class Picture:
    """The JPEG that is stored, its size in pixels, and a small one for lists. Neither says where it was taken."""

    large: bytes
    small: bytes
    width: int
    height: int


def made_anew(sent: bytes) -> Picture:
    """Draw `sent` anew: upright, RGB, without a word of what the camera had written into it.

    Raises `NotAPicture` for whatever is no whole JPEG, PNG or WebP, or would need too much memory.
    """
    try:
        picture = _drawn(sent)
    except (NotAPicture, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise NotAPicture(_too_large()) from bomb
    except Exception as fault:  # decoders stumble in many ways, and all of them mean the same
        raise NotAPicture(
            _("Berkas ini bukan foto yang utuh. Ambil fotonya lagi, atau pilih gambar lain.")
        ) from fault
    small = picture.copy()
    small.thumbnail((LONGEST_SMALL, LONGEST_SMALL))
    return Picture(_jpeg(picture, QUALITY), _jpeg(small, QUALITY_SMALL), picture.width, picture.height)


def _drawn(sent: bytes) -> Image.Image:
    with Image.open(BytesIO(sent), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise NotAPicture(_too_large())
        opened.thumbnail((LONGEST, LONGEST))  # first of all: a JPEG is then never decoded at its full size
        upright = ImageOps.exif_transpose(opened)
        return _on_white(upright)


def _on_white(image: Image.Image) -> Image.Image:
    """RGB, with white where one could see through."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGB", seen.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def _jpeg(image: Image.Image, quality: int) -> bytes:
    image.info = {}  # comments and profiles would go along
    made = BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True)
    return made.getvalue()


def _too_large() -> str:
    return _("Foto ini terlalu besar untuk dibuka. Ambil fotonya lagi dengan ukuran lebih kecil.")

"""The program that opens one picture. It runs for each picture alone, with its time and memory counted.

Call: `python -I -S drawing.py WHERE-PILLOW-IS CPU-SECONDS BYTES-OF-MEMORY`. It reads the picture from standard
input and writes a line `width height bytes`, the large JPEG of so many bytes, and the small one. It ends with
`NO_PICTURE` or `TOO_LARGE` for what cannot be drawn; killed by a signal, it was given too much. Anything else is
our own fault. It knows nothing of the rest of the house.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

NO_PICTURE, TOO_LARGE = 10, 11
FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST, LONGEST_SMALL = 1600, 160  # pixels of the longer side
QUALITY, QUALITY_SMALL = 80, 60


def main(pillow: str, seconds: int, most: int) -> int:
    """Draw what stands on standard input; the number with which the program ends."""
    limit(seconds, most)
    sys.path.append(pillow)
    from PIL import Image  # only now: whoever reads the numbers above needs no Pillow

    Image.MAX_IMAGE_PIXELS = None  # it was weighed before
    sent = sys.stdin.buffer.read()
    try:
        large, small, size = drawn(sent)
    except MemoryError:
        return TOO_LARGE
    except Exception:  # decoders stumble in many ways, and all of them mean the same
        return NO_PICTURE
    sys.stdout.buffer.write(f"{size[0]} {size[1]} {len(large)}\n".encode() + large + small)
    return 0


def limit(seconds: int, most: int) -> None:
    """Let the system end this process after `seconds` of CPU, and give it no more than `most` bytes.

    Where a system cannot (Windows; macOS does not count memory this way), the clock of whoever called must do.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def drawn(sent: bytes) -> tuple[bytes, bytes, tuple[int, int]]:
    """The picture drawn anew, large and small, and the pixels of the large one."""
    from PIL import Image, ImageOps

    with Image.open(BytesIO(sent), formats=FORMATS) as opened:
        opened.thumbnail((LONGEST, LONGEST))  # first of all: a JPEG is then never decoded at its full size
        picture = on_white(ImageOps.exif_transpose(opened))
    small = picture.copy()
    small.thumbnail((LONGEST_SMALL, LONGEST_SMALL))
    return jpeg(picture, QUALITY), jpeg(small, QUALITY_SMALL), picture.size


def on_white(image: Image.Image) -> Image.Image:
    """RGB, with white where one could see through."""
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGB", seen.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def jpeg(image: Image.Image, quality: int) -> bytes:
    """Without a word of what the camera had written into it."""
    image.info = {}  # comments and profiles would go along
    made = BytesIO()
    image.save(made, "JPEG", quality=quality, optimize=True)
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

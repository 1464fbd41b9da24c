"""Pictures that mean ill: small to send, and long or large to open. Each is made in a few milliseconds."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image

SIDE = 4450  # 19.8 million pixels
SIGNED = b"\x89PNG\r\n\x1a\n"


def many_scans(count: int, side: int = SIDE) -> bytes:
    """A grey progressive JPEG (ITU-T T.81, annex G) that paints nothing, `count` times over.

    Each scan after the first says "no block has anything more" and costs some fifty bytes, but all blocks are
    visited for it.
    """
    blocks = (-(-side // 8)) ** 2
    first = _segment(0xDA, bytes([1, 1, 0x00, 0, 0, 0])) + bytes(-(-blocks // 8))  # each block: the code "0"
    again = _segment(0xDA, bytes([1, 1, 0x00, 1, 63, 0])) + _nothing_more(blocks)
    head = (
        b"\xff\xd8"
        + _segment(0xDB, b"\0" + b"\x01" * 64)
        + _segment(0xC2, struct.pack(">BHHBBBB", 8, side, side, 1, 1, 0x11, 0))
        + _segment(0xC4, b"\x00" + _one_code(0x00))
        + _segment(0xC4, b"\x10" + _one_code(0xE0))
    )
    return head + first + again * (count - 1) + b"\xff\xd9"


def many_segments(count: int) -> bytes:
    """A JPEG with so many comments of nothing before its first scan."""
    made = _plain("JPEG")
    return made[:2] + _segment(0xFE, b"") * count + made[2:]


def many_chunks(count: int) -> bytes:
    """A PNG with so many empty pieces of its pixels."""
    made = _plain("PNG")
    return made[:33] + _chunk(b"IDAT", b"") * count + made[33:]


def png(width: int, height: int, *, bits: int = 8, colour: int = 2, interlaced: bool = False) -> bytes:
    """A PNG of a kilobyte that says how large it is, and unfolds to a megabyte at least."""
    head = _head(width, height, bits, colour, interlaced)
    return SIGNED + head + _chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9)) + _chunk(b"IEND", b"")


def png_of_two_heads(width: int, height: int) -> bytes:
    """The first one says that it is small; decoders believe the last."""
    return SIGNED + _head(16, 16) + png(width, height)[len(SIGNED) :]


def png_with_its_head_behind(width: int, height: int) -> bytes:
    """Where the head should stand is a text of the same shape."""
    return SIGNED + _chunk(b"tEXt", struct.pack(">II", 16, 16) + b"a\0b") + png(width, height)[len(SIGNED) :]


def rich_png(side: int) -> bytes:
    """A whole one of 16 bits, with what one could see through, interlaced: what costs most for a pixel."""
    rows = 15 * side // 8 + 7  # of all seven passes, each with a byte of its own
    content = zlib.compress(bytes(side * side * 8 + rows), 1)
    return SIGNED + _head(side, side, 16, 6, True) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")


def two_frames(side: int) -> bytes:
    """A JPEG whose first frame says that it is small."""
    made, small = many_scans(1, side), many_scans(1, 16)
    frame = small[small.index(b"\xff\xc2") :][:13]
    return made[:2] + frame + made[2:]


def moving(kind: str) -> bytes:
    """Two pictures in one."""
    made = BytesIO()
    red, blue = (Image.new("RGB", (32, 32), colour) for colour in ("red", "blue"))
    red.save(made, kind, save_all=True, append_images=[blue], duration=100)
    return made.getvalue()


def one_colour(width: int, height: int) -> bytes:
    """A WebP without loss (RFC 9649): one colour needs no bit a pixel, so that its size is only a number in it."""
    made = bytearray(_plain("WEBP", lossless=True))
    at = made.index(b"VP8L") + 9
    made[at : at + 4] = struct.pack("<I", (width - 1) | (height - 1) << 14)
    return bytes(made)


def broad_canvas(width: int, height: int) -> bytes:
    """A WebP whose small picture stands on a canvas of any size."""
    inner = _plain("WEBP")[12:]
    canvas = (
        struct.pack("<4sII", b"VP8X", 10, 0)
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    body = b"WEBP" + canvas + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _plain(kind: str, **more: object) -> bytes:
    made = BytesIO()
    Image.new("RGB", (16, 16), "navy").save(made, kind, **more)
    return made.getvalue()


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _one_code(symbol: int) -> bytes:
    """A Huffman table of one code, a single 0."""
    return bytes([1] + [0] * 15 + [symbol])


def _nothing_more(blocks: int) -> bytes:
    """Runs of up to 32,767 blocks that end here, each a code and fourteen bits; a decoder makes up for the rest."""
    runs = [min(32_767, left) for left in range(blocks, 16_384, -32_767)]
    bits = "".join(f"0{run - 16_384:014b}" for run in runs if run >= 16_384)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0") if bits else b""


def _head(width: int, height: int, bits: int = 8, colour: int = 2, interlaced: bool = False) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

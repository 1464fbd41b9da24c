"""What a picture would cost to open, told by its markers and chunks; nothing is decoded for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from struct import error, unpack_from

MOST_PIECES = 4_000  # segments or chunks; encoders make some dozens, and PNG one for every 4 to 64 KB
# Of a run of 0xFF the last one counts: whoever looks from each of them to the end of the run looks for minutes. What
# stands alone (01, and D8, a start) is none, nor what in a scan is stuffed (00) or restarts it (D0 to D7).
MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd8])")
START_OF_SCAN, END = 0xDA, 0xD9
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # tables and reserved ones stand between them
KNOWN = frozenset({0xC0, 0xC1, 0xC2})  # frames that cameras and browsers know
PNG, WEBP_HEAD = b"\x89PNG\r\n\x1a\n", 12
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by the kind of colour of a PNG


class Unreadable(Exception):
    """No JPEG, PNG or WebP, or one that is broken before its first pixel."""


@dataclass(frozen=True)
class Weight:
    """Its kind, its pixels a side, how often each of them is visited, its pieces, and whether it moves.

    `unfolded` is what all pixels of a PNG take before they are made small.
    """

    kind: str
    width: int
    height: int
    passes: int
    pieces: int
    moving: bool = False
    unfolded: int = 0

    @property
    def pixels(self) -> int:
        """Of one picture."""
        return self.width * self.height


def weigh(sent: bytes) -> Weight:
    """Walk through `sent` without opening it; stops after `MOST_PIECES`. Raises `Unreadable`."""
    try:
        if sent[:2] == b"\xff\xd8":
            return _jpeg(sent)
        if sent[:8] == PNG:
            return _png(sent)
        if sent[:4] == b"RIFF" and sent[8:12] == b"WEBP":
            return _webp(sent)
    except error as cut:
        raise Unreadable from cut
    raise Unreadable


def _jpeg(sent: bytes) -> Weight:
    """The largest of its frames: decoders do not agree which of several counts."""
    sides, scans, pieces = [(0, 0)], 0, 0
    for marker, at in _segments(sent):
        pieces += 1
        scans += marker == START_OF_SCAN
        if marker in FRAMES - KNOWN:
            raise Unreadable
        if marker in FRAMES:
            high, wide = unpack_from(">HH", sent, at + 3)
            sides.append((wide, high))
    width, height = _largest(sides)
    return Weight("JPEG", width, height, scans, pieces)


def _segments(sent: bytes) -> Iterator[tuple[int, int]]:
    """Each marker and where its length stands (ITU-T T.81, B.1.1), up to the first end of image."""
    at = pieces = 0
    while pieces <= MOST_PIECES and (found := MARKER.search(sent, at)):
        marker, at = found[1][0], found.end()
        if marker == END:
            return
        pieces += 1
        yield marker, at
        at += max(2, unpack_from(">H", sent, at)[0])


def _png(sent: bytes) -> Weight:
    """The largest of its heads: a decoder takes the last one, wherever it stands."""
    sides, at, pieces, moving, unfolded = [(0, 0)], len(PNG), 0, False, 0
    while at < len(sent) and pieces <= MOST_PIECES:
        length, name = unpack_from(">I4s", sent, at)
        moving = moving or name == b"acTL"
        pieces += 1
        if name == b"IHDR":
            side, size = _head(sent, at + 8)
            sides.append(side)
            unfolded = max(unfolded, size)
        if name == b"IEND":
            break
        at += 12 + length
    return Weight("PNG", *_largest(sides), 1, pieces, moving, unfolded)


def _head(sent: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Its pixels a side, and what they unfold to; put in place one by one (interlaced) they cost a quarter more."""
    wide, high, bits, colour, interlaced = unpack_from(">IIBBxxB", sent, at)
    size = wide * high * bits * SAMPLES.get(colour, 4) // 8
    return (wide, high), size * 5 // 4 if interlaced else size


def _webp(sent: bytes) -> Weight:
    """The largest that any of its chunks says (RFC 9649): a decoder makes room for all of it at once."""
    sides, at, pieces, moving = [(0, 0)], WEBP_HEAD, 0, False
    while at + 8 <= len(sent) and pieces <= MOST_PIECES:
        name, length = unpack_from("<4sI", sent, at)
        moving = moving or name in (b"ANIM", b"ANMF")
        sides += _sides(name, sent, at + 8)
        pieces += 1
        at += 8 + length + length % 2
    return Weight("WEBP", *_largest(sides), 1, pieces, moving)


def _largest(sides: list[tuple[int, int]]) -> tuple[int, int]:
    """Raises `Unreadable` where there is none."""
    found = max(sides, key=lambda side: side[0] * side[1])
    if not all(found):
        raise Unreadable
    return found


def _sides(name: bytes, sent: bytes, at: int) -> list[tuple[int, int]]:
    if name == b"VP8X":
        wide, high = (int.from_bytes(sent[start : start + 3], "little") for start in (at + 4, at + 7))
        return [(wide + 1, high + 1)]
    if name == b"VP8 ":
        wide, high = unpack_from("<HH", sent, at + 6)
        return [(wide & 0x3FFF, high & 0x3FFF)]
    if name == b"VP8L":
        (bits,) = unpack_from("<I", sent, at + 1)
        return [((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)]
    return []

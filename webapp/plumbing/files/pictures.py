"""A picture made anew: weighed first, then opened by a process of its own; only what that drew is ever served."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from flask_babel import gettext as _

from webapp.plumbing.files.drawing import NO_PICTURE, TOO_LARGE
from webapp.plumbing.files.weighing import MOST_PIECES, Unreadable, Weight, weigh

PROGRAM = Path(__file__).with_name("drawing.py")
MOST_PIXELS = {"JPEG": 40_000_000, "PNG": 16_000_000, "WEBP": 12_000_000}  # a JPEG is decoded small at once
MOST_IN_SCANS = (
    20_000_000  # pixels of a JPEG of several scans, which is decoded in full first; no camera makes them
)
MOST_UNFOLDED = (
    48_000_000  # bytes: 16 million pixels of a PNG in plain colours, 6 million in the richest ones
)
MOST_PASSES = 64  # scans of a JPEG: a camera makes one, an encoder of the web some ten
MOST_VISITS = 640_000_000  # pixels times scans
LARGE, MOST_PIXELS_A_BYTE = 8_000_000, 100  # a dark photo of so many pixels still has a byte for every sixty
CPU_SECONDS, SECONDS = 3, 15  # of the process and of its clock; a photo as phones send it needs 0.1
MOST_MEMORY = 768 * 1024 * 1024
KEPT_FROM_ENVIRON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # it needs no secret of ours


class NotAPicture(Exception):
    """It cannot be taken, and sending it again will not help. `says` is the sentence that the person reads."""

    def __init__(self, says: str) -> None:
        super().__init__(says)
        self.says = says


class TooSlow(Exception):
    """It was not drawn in time: the machine is busy, or the picture means ill. A second time tells."""


class NoHands(Exception):
    """The program that draws cannot be run; that says nothing of the picture."""


@dataclass(frozen=True)
class Picture:
    """The JPEG that is stored, its size in pixels, and a small one for lists. Neither says where it was taken."""

    large: bytes
    small: bytes
    width: int
    height: int


def made_anew(sent: bytes) -> Picture:
    """Draw `sent` anew: upright, RGB, without a word of what the camera had written into it.

    Raises `NotAPicture` for whatever is no whole JPEG, PNG or WebP or would need too much memory or time,
    `TooSlow`, and `NoHands`.
    """
    _refuse_the_heavy(sent)
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and nothing of what was sent stands in the call
            _call(), input=sent, capture_output=True, timeout=SECONDS, env=_environ(), check=False
        )
    except subprocess.TimeoutExpired as late:
        raise TooSlow from late
    except OSError as fault:
        raise NoHands(str(fault)) from fault
    if done.returncode == NO_PICTURE:
        raise NotAPicture(_not_whole())
    if done.returncode == TOO_LARGE:
        raise NotAPicture(_too_large())
    if done.returncode < 0:  # its time was over, or the decoder broke
        raise NotAPicture(too_heavy())
    if done.returncode:
        raise NoHands(done.stderr.decode(errors="replace")[-500:])
    return _read(done.stdout)


def too_heavy() -> str:
    """The sentence for a picture that would keep the server busy."""
    return _("Foto ini terlalu berat untuk dibuka. Ambil fotonya lagi dengan kamera HP.")


def _refuse_the_heavy(sent: bytes) -> None:
    try:
        weight = weigh(sent)
    except Unreadable as broken:
        raise NotAPicture(_not_whole()) from broken
    if weight.pixels > _most_pixels(weight) or weight.unfolded > MOST_UNFOLDED:
        raise NotAPicture(_too_large())
    if weight.moving:
        raise NotAPicture(_("Ini gambar bergerak. Kirim foto biasa."))
    if weight.pieces > MOST_PIECES or _is_heavy(weight, len(sent)):
        raise NotAPicture(too_heavy())


def _most_pixels(weight: Weight) -> int:
    return MOST_IN_SCANS if weight.kind == "JPEG" and weight.passes > 1 else MOST_PIXELS[weight.kind]


def _is_heavy(weight: Weight, size: int) -> bool:
    """Whether a few bytes make much work."""
    unfolds = weight.pixels > LARGE and weight.pixels > MOST_PIXELS_A_BYTE * size
    return unfolds or weight.passes > MOST_PASSES or weight.passes * weight.pixels > MOST_VISITS


def _call() -> list[str]:
    found = find_spec("PIL")
    if found is None or found.origin is None:
        raise NoHands("Pillow is not installed")
    pillow = str(Path(found.origin).parents[1])
    return [sys.executable, "-I", "-S", str(PROGRAM), pillow, str(CPU_SECONDS), str(MOST_MEMORY)]


def _environ() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT_FROM_ENVIRON if name in os.environ}


def _read(drawn: bytes) -> Picture:
    told, _sign, pictures = drawn.partition(b"\n")
    width, height, length = map(int, told.split())
    return Picture(pictures[:length], pictures[length:], width, height)


def _not_whole() -> str:
    return _("Berkas ini bukan foto yang utuh. Ambil fotonya lagi, atau pilih gambar lain.")


def _too_large() -> str:
    return _("Foto ini terlalu besar untuk dibuka. Ambil fotonya lagi dengan ukuran lebih kecil.")

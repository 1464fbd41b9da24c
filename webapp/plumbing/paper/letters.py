"""Whatever people typed, in letters that the font has, cut and broken to the width that there is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container

from fpdf.bidi import BidiParagraph

BOX = "□"  # stands for a letter that the font does not have
CUT = "…"
STEP = 0.5  # points: how much smaller words are tried
RIGHT_TO_LEFT = ("R", "AL")

Measure = Callable[[str], float]


def plain(text: str, known: Container[int]) -> str:
    """One line of visible letters: no control marks, no line breaks, a box for what is not in `known`."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(sign if ord(sign) in known else BOX for sign in spaced if not _silent(sign, known))


def ordered(text: str) -> str:
    """The letters from left to right as they stand on paper."""
    if not any(unicodedata.bidirectional(sign) in RIGHT_TO_LEFT for sign in text):
        return text
    return BidiParagraph(text=text).get_reordered_string()


def cut(text: str, width: float, measure: Measure) -> str:
    """As much of `text` as fits, with an ellipsis where something is missing."""
    if measure(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = measure(text[:middle].rstrip() + CUT) <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + CUT


def broken(text: str, width: float, measure: Measure, most: int) -> list[str]:
    """`text` in at most `most` lines, broken between words, or inside one that is too long; the last one is cut."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most - 1:
        line = _first_line(rest, width, measure)
        lines.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return [*lines, cut(rest, width, measure)] if rest else lines


def _silent(sign: str, known: Container[int]) -> bool:
    kind = unicodedata.category(sign)
    return kind in ("Cc", "Cf") or (kind == "Mn" and ord(sign) not in known)


def _first_line(text: str, width: float, measure: Measure) -> str:
    if measure(text) <= width:
        return text
    fitting = _fitting(text, width, measure)
    if text[fitting : fitting + 1] == " ":
        return text[:fitting]
    space = text.rfind(" ", 0, fitting)
    return text[:space] if space > 0 else text[:fitting]


def _fitting(text: str, width: float, measure: Measure) -> int:
    """How many letters fit; one at least, so that every line takes something away."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(text[:middle]) <= width else (low, middle - 1)
    return low

"""Telephone numbers inside of a text, for whatever must not show them: one way to find them, however they are written.

It finds what people/rules/phones.py reads as an Indonesian mobile number, and rather too much than too little; but
hours, days, codes of regions and keys of rows are left to whoever looks for a fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from webapp.plumbing.written import DOTS, plain

GAP = rf"(?:[\s()./{DOTS}-]|%20|,(?=\d)){{0,4}}"  # a comma with a blank behind it parts two numbers
KEY = r"(?<=[0-9a-f]{4}-)(?=\d*[a-f])[0-9a-f]{12}\b"  # the last part of a UUID
POWER = r"[eE]\+?\d\d?"  # of ten, as spreadsheets write it
NUMBER = re.compile(
    rf"""(?!{KEY})
        (?:(?:(?:(?<!\d)|(?<=%20))(?:\(?(?:(?:\+|%2B|\+?00){GAP})?62{GAP}\(?0?\)?|\(?0){GAP}8  # with a prefix
        |(?:(?<![\w-])(?<!\d[.,])|(?<=%20))8)                     # or without one, but no fraction
        (?:{GAP}[1-9](?:{GAP}\d){{7,12}}(?!\d)(?:{POWER})?|[.,]\d{{5,}}{POWER})  # the rest, in groups or not
        |(?<!\d)(?<!\d[.,])6(?:[.,]28[1-9]\d{{2,10}}{POWER}       # or all of it as a spreadsheet's number
        |([.,])28[1-9](?:\1\d{{3}}){{3}}(?:[.,]0+)?(?!\d)))
    """,
    re.VERBOSE,
)
GROUPS = re.compile(r"\d+|\D+")
NO_FRACTION = re.compile(r"[.,]0+\Z")
ROOM = "(?:meeting|webinar|rapat|zoom)"
BEFORE = re.compile(  # an amount of money, or the number of a meeting
    rf"(?:\b(?:rp|idr)[\s.]*|zoom\.us/[a-z/]+|\b(?:{ROOM} id|id {ROOM})\W*)\Z", re.IGNORECASE
)
LOOKED_BACK = 40
LAST_ROW = 300  # hardly a list is longer


def without_numbers(text: str, instead: str) -> str:
    """The text with `instead` in the place of every telephone number."""
    return "".join(_parts(text, instead))


def _parts(text: str, instead: str) -> Iterator[str]:
    typed = text if text.isascii() else "".join(map(_as_typed, text))
    done = ahead = 0
    while found := NUMBER.search(typed, ahead):
        ahead = found.start() + 1
        before = typed[max(found.start() - LOOKED_BACK, 0) : found.start()]
        if _is_of_another_kind(before, found[0]) or _is_of_many_parts(found[0]):
            continue
        opened = found[0].startswith("(") and ")" not in found[0]
        yield text[done : found.start() + opened]
        yield instead
        done = ahead = found.end()
    yield text[done:]


def _is_of_another_kind(before: str, told: str) -> bool:
    """Whether the words before it say what it counts or names; what has a telephone's own prefix is none of these."""
    return told.startswith(("6", "8")) and BEFORE.search(before) is not None


def _is_of_many_parts(told: str) -> bool:
    """Whether these are days, hours, codes or rows: many short groups, parted by signs of several sorts."""
    groups = GROUPS.findall(NO_FRACTION.sub("", told))
    figures = [one for one in groups if one[0].isdigit()]
    if told.startswith("8") and _are_rows(figures):
        return True
    if len(figures) > 2 and all(len(one) == 3 and one.startswith("0") for one in figures):
        return True  # 081/082/083: no operator has a zero there
    short = sum(len(one) < 3 for one in groups[2:-2] if one[0].isdigit())
    signs = {one.strip("()") for one in groups if not one[0].isdigit()} - {""}
    return short > 2 and len(signs) > 1 and not told.startswith(("+", "%", "62"))


def _are_rows(figures: Sequence[str]) -> bool:
    """Whether 81 85 90 100 are rows of a list: they go up, or are more groups than a number without a prefix has."""
    numbers = [int(one) for one in figures]
    upward = len(numbers) > 2 and numbers == sorted(set(numbers)) and numbers[-1] <= LAST_ROW
    return upward or (len(figures) > 4 and any(len(one) > 1 for one in figures))


def _as_typed(sign: str) -> str:
    """The sign as a keyboard has it, a blank for what takes no room: one for one, so places in the text stay."""
    if sign.isascii():
        return sign
    if unicodedata.category(sign) in ("Pd", "Zs"):
        return "-" if unicodedata.category(sign) == "Pd" else " "
    told = plain(sign)
    return told if len(told) == 1 else " "

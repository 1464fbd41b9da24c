"""Telephone numbers inside of a text, for whatever must not show them: one way to find them, however they are written.

It finds what people/rules/phones.py reads as an Indonesian mobile number, and rather too much than too little; but
hours, days, codes of regions and keys of rows are left to whoever looks for a fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from webapp.plumbing.written import DOTS, plain

GAP = rf"[\s().,/{DOTS}-]{{0,4}}"
KEY = r"(?<=[0-9a-f]{4}-)(?=\d*[a-f])[0-9a-f]{12}\b"  # the last part of a UUID
NUMBER = re.compile(
    rf"""(?!{KEY})
        (?:(?<!\d)(?:\+?(?:00)?{GAP}62{GAP}\(?0?\)?|\(?0){GAP}8  # with a prefix, whatever stands before it
        |(?<![\w-])(?<!\d[.,])8)                                # or without one, but no fraction
        (?:{GAP}[1-9](?:{GAP}\d){{7,12}}(?!\d)|[.,]\d{{5,}})       # the rest, in groups or not
        (?:[eE]\+?\d\d?)?                                        # and as a spreadsheet's power of ten
    """,
    re.VERBOSE,
)
GROUPS = re.compile(r"\d+|\D+")


def without_numbers(text: str, instead: str) -> str:
    """The text with `instead` in the place of every telephone number."""
    return "".join(_parts(text, instead))


def _parts(text: str, instead: str) -> Iterator[str]:
    typed = text if text.isascii() else "".join(map(_as_typed, text))
    done = ahead = 0
    while found := NUMBER.search(typed, ahead):
        ahead = found.start() + 1
        if _is_of_many_parts(found[0]):
            continue
        yield text[done : found.start()]
        yield instead
        done = ahead = found.end()
    yield text[done:]


def _is_of_many_parts(told: str) -> bool:
    """Whether these are days, hours or codes: many short groups, parted by signs of several sorts."""
    groups = GROUPS.findall(told)
    short = sum(len(one) < 3 for one in groups[2:-2] if one[0].isdigit())
    signs = {one.strip("()") for one in groups if not one[0].isdigit()} - {""}
    return short > 2 and len(signs) > 1 and not told.startswith(("+", "62"))


def _as_typed(sign: str) -> str:
    """The sign as a keyboard has it, a blank for what takes no room: one for one, so places in the text stay."""
    if sign.isascii():
        return sign
    if unicodedata.category(sign) in ("Pd", "Zs"):
        return "-" if unicodedata.category(sign) == "Pd" else " "
    told = plain(sign)
    return told if len(told) == 1 else " "

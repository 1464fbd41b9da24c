"""Cards as they are shown and printed: a name, what for, the picture of the code and the code to be typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import segno
from markupsafe import Markup

from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.tokens import card_code, spaced


@dataclass(frozen=True)
class Card:
    """One person's card."""

    name: str
    office: str
    code: str
    picture: Markup


def card_of(person_id: int, name: str, office: str, key: bytes) -> Card:
    """The card of one person."""
    code = card_code(person_id, key)
    return Card(name, office, spaced(code), picture_of(code))


def cards_of(lines: Iterable[Line], key: bytes) -> list[Card]:
    """The cards of a list; a guest who is in no list of ours has none."""
    return [card_of(line.person_id, line.name, line.office, key) for line in lines if line.person_id]


@lru_cache(maxsize=2048)
def picture_of(code: str) -> Markup:
    """The QR code as SVG: the smallest there is, of which a third may be dirty. One mask for all is fast."""
    drawn = segno.make(code, error="h", version=1, mask=3)
    svg = drawn.svg_inline(dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704  our own drawing

"""What papers of a house have in common: the head with its name, facts one below the other, places to sign."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from webapp.plumbing.paper.page import BLACK, GREY, MARGIN, Paper, Type

HOUSE = Type(12, bold=True, least=8)
HEADING = Type(16, bold=True, least=10)
LABEL, FACT = Type(9, grey=GREY), Type(9.5)
LABELS = 34.0  # millimetres
SIGNING = 17.0


def letterhead(paper: Paper, house: str) -> float:
    """The name of the organisation above a thick line; where it ends."""
    paper.words(MARGIN, MARGIN - 2, house, HOUSE, paper.width)
    paper.line(MARGIN, MARGIN + 5, MARGIN + paper.width, MARGIN + 5, thick=0.6, grey=BLACK)
    return MARGIN + 9


def facts(paper: Paper, y: float, pairs: Iterable[tuple[str, str]], width: float, most: int = 2) -> float:
    """Label and words, row by row; those without words are left out. Where they end."""
    for label, words in pairs:
        if words.strip():
            paper.words(MARGIN, y, label, LABEL, LABELS - 2)
            y = paper.block(MARGIN + LABELS, y, words, FACT, width - LABELS, most) + 0.8
    return y


def signatures(paper: Paper, y: float, places: Sequence[tuple[str, str]]) -> float:
    """Side by side: who signs above, room, a line and the name below. Where they end."""
    width = paper.width / len(places)
    for number, (words, name) in enumerate(places):
        x = MARGIN + number * width
        paper.words(x, y, words, FACT.at(9), width - 10)
        paper.line(x, y + 4 + SIGNING, x + width - 20, y + 4 + SIGNING, grey=BLACK)
        paper.words(x, y + 5 + SIGNING, name, Type(9, least=7), width - 20)
    return y + 10 + SIGNING

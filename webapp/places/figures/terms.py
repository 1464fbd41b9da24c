"""What somebody means who types a place: its words, without what kind it is, streets and numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, and_, case, func, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp.places.models import Region
from webapp.places.rules.codes import lineage
from webapp.places.rules.names import KINDS, SPELLINGS, fold, short
from webapp.plumbing.database import within

MANY = 12  # words of a search that are looked at
LONG = 5  # letters from which a word may be one whose blanks were left out
STREETS = frozenset(
    "jl jln jalan gg gang perum perumahan komp kompleks komplek blok dusun dsn rt rw no nomor".split()
)
NOISE = frozenset("tps rt rw no nomor indonesia".split())
TOGETHER = {"jak" + end: f"jakarta {word}" for end, word in (
    ("bar", "barat"), ("sel", "selatan"), ("tim", "timur"), ("ut", "utara"), ("pus", "pusat"))}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """The words of a search: all of them, those of its first part, and the numbers among them."""

    typed: str
    words: Sequence[str]
    first: Sequence[str]
    numbers: Sequence[str]

    @cached_property
    def begins(self) -> str:
        """The first part without its blanks: how a name begins of which nobody knows where it is parted."""
        return "".join(self.first)

    def own(self, name: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether a name holds any of the words."""
        return or_(*(_holds(name, word) for word in self.words), _begins(name, self.begins))

    def anywhere(self, names: Sequence[ColumnElement[str]]) -> list[ColumnElement[bool]]:
        """Whether each of the words stands in one of the names; a single one that is looked for in `own` does."""
        if len(self.words) == 1:
            return []
        return [or_(*(_found(name, word) for name in names)) for word in self.words]

    def ranks(self, name: InstrumentedAttribute[str]) -> list[ColumnElement[int]]:
        """What the found names are ordered by: how well they fit, above all where a number is part of one."""
        own, whole = literal(" ") + name, " ".join(self.first)
        fits = case(
            (name == self.typed, 0),
            (name == whole, 1),
            (name.startswith(whole), 2),
            (own.contains(f" {whole}"), 3),
            (_begins(own, self.begins), 4),
            (own.contains(f" {self.first[0]}"), 5),
            else_=6,
        )
        numbered = [(own.contains(f" {number}"), 0) for number in self.numbers]
        return [case(*numbered, else_=1), fits] if numbered else [fits]


def away(near: str) -> ColumnElement[int]:
    """0 for what shares the smallest region with `near`, more for what lies farther along the code."""
    around = reversed(lineage(near)[1:])
    steps = [(within(Region.code, code), place) for place, code in enumerate(around)]
    return case(*steps, else_=9) if steps else literal(9)


def terms_of(query: str) -> Terms:
    """Read a search: "Kel. Kapuk, Kec. Cengkareng", "Tj. Duren Utara", "kebonjeruk", "tps 3 kapuk"."""
    parts = [words for words in (_words(part) for part in re.split(r"[,;\n]", query)) if words]
    parts = [words for words in parts if words[0] not in STREETS] or parts
    bare = [_without(words, KINDS | NOISE) for words in parts]
    flat = [word for words in bare for word in words]
    numbers = [word for word in flat if word.isdecimal()]
    words = [word for word in flat if not word.isdecimal()] or numbers
    first = next((kept for kept in ([w for w in part if w in words] for part in bare) if kept), words)
    return Terms(fold(short(query)), words[:MANY], first[:MANY], numbers[:MANY])


def _words(part: str) -> list[str]:
    return " ".join(TOGETHER.get(word, word) for word in fold(part).split()).split()


def _without(words: list[str], noise: frozenset[str]) -> list[str]:
    """A village may be called Kota or Desa: where nothing else is left, such a word counts."""
    return [word for word in words if word not in noise] or [w for w in words if w not in NOISE] or words


def _found(name: ColumnElement[str], word: str) -> ColumnElement[bool]:
    held = _holds(name, word)
    return or_(held, _begins(name, word)) if len(word) >= LONG else held


def _holds(name: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a word of the name, which has a blank in front, begins so, or is another way to write the whole word."""
    others = [other for other in SPELLINGS.get(word, ()) if other != word]
    ended = name + literal(" ")
    return or_(name.contains(f" {word}"), *(ended.contains(f" {other} ") for other in others))


def _begins(name: ColumnElement[str], unparted: str) -> ColumnElement[bool]:
    """Whether the name begins so when its blanks are left out; the first letters spare most names the costly look."""
    return and_(name.startswith(f" {unparted[:2]}"), func.replace(name, " ", "").startswith(unparted))

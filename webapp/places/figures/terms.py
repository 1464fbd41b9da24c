"""What somebody means who types a place: its words, without what kind it is, streets and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import ColumnElement, and_, case, func, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from webapp.places.models import Region
from webapp.places.rules.codes import PROVINCE, lineage
from webapp.places.rules.names import KINDS, LOCAL_KINDS, SPELLINGS, fold, short
from webapp.plumbing.database import within

MANY = 12  # words of a search that are looked at
LONG = 5  # letters from which a word may be one whose blanks were left out
SHORT = 3  # letters up to which another way to write a word is an abbreviation, which stands by itself
STREETS = frozenset(
    "jl jln jalan gg gang perum perumahan komp kompleks komplek blok dusun dsn rt rw no nomor".split()
)
NOISE = frozenset("tps rt rw no nomor indonesia".split())
# Words of a province alone: what it is called in full, and in short.
PROVINCES = frozenset("prov propinsi provinsi pemprov daerah istimewa khusus ibukota dki dkj di".split())
LETTERS = re.compile(r"\b(?:d k i|d k j|d i y|d i|n t b|n t t)\b")
TPS = re.compile(r"\btps ([0-9]{1,3})\b")
TOGETHER = {
    **{"jak" + end: f"jakarta {word}" for end, word in (
        ("bar", "barat"), ("sel", "selatan"), ("tim", "timur"), ("ut", "utara"), ("pus", "pusat"))},
    **{start + end: f"{island} {word}" for start, island in (
        ("sum", "sumatera"), ("kal", "kalimantan"), ("sul", "sulawesi")) for end, word in (
        ("bar", "barat"), ("sel", "selatan"), ("tim", "timur"), ("ut", "utara"), ("teng", "tengah"))},
    "jabar": "jawa barat", "jateng": "jawa tengah", "jatim": "jawa timur", "kaltara": "kalimantan utara",
    "sultra": "sulawesi tenggara", "ntb": "nusa tenggara barat", "ntt": "nusa tenggara timur",
    "kepri": "kepulauan riau", "babel": "kepulauan bangka belitung", "jkt": "jakarta", "diy": "di yogyakarta",
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """The words of a search: all of them, those of its first part, and the numbers among them.

    `typed`: the first part with what kind of place it is, its numbers in each way to write them. `province`: it speaks
    of one. `station`: the number that stands behind TPS.
    """

    typed: Sequence[str]
    words: Sequence[str]
    first: Sequence[str]
    numbers: Sequence[str]
    province: bool = False
    station: int | None = None

    @property
    def looser(self) -> Terms | None:
        """The same without what a village is called only in parts of the country; None when there is no such word."""
        words, first = (
            [word for word in some if word not in LOCAL_KINDS] for some in (self.words, self.first)
        )
        return (
            replace(self, words=words, first=first or words)
            if words and len(words) < len(self.words)
            else None
        )

    def station_among(self, names: Iterable[str]) -> int | None:
        """The number that means a TPS: behind that word, else the last that is no part of a found name (13 Ulu)."""
        if self.station is not None:
            return self.station
        found = " ".join(f" {name} " for name in names)
        numbers = [
            number
            for number in self.numbers
            if len(number) < 4 and not any(f" {way} " in found for way in SPELLINGS.get(number, (number,)))
        ]
        return int(numbers[-1]) if numbers and self.words != self.numbers else None

    @cached_property
    def begins(self) -> str:
        """The first part without its blanks: how a name begins of which nobody knows where it is parted."""
        return "".join(self.first)

    def own(self, name: ColumnElement[str]) -> ColumnElement[bool]:
        """Whether a name holds any of the words."""
        joined = [way for word in range(len(self.words)) for way in self._joined(word)]
        return or_(
            *(_holds(name, word) for word in self.words),
            *(
                name.contains(f" {way}")
                for way in dict.fromkeys(joined)
                if not way.startswith(tuple(self.words))
            ),
            _begins(name, self.begins),
        )

    def anywhere(self, names: Sequence[ColumnElement[str]]) -> list[ColumnElement[bool]]:
        """Whether each of the words stands in one of the names; a single one that is looked for in `own` does."""
        if len(self.words) == 1:
            return []
        return [or_(*self._told(place, names)) for place in range(len(self.words))]

    def _told(self, place: int, names: Sequence[ColumnElement[str]]) -> Iterator[ColumnElement[bool]]:
        """The word in each name: by itself, else together with the one before or behind it, as in Kalideres."""
        ways = [way for left in (place - 1, place) for way in self._joined(left)]
        for name in names:
            yield _found(name, self.words[place])
        for name in names:
            yield from (name.contains(f" {way}") for way in ways)

    def _joined(self, left: int) -> list[str]:
        """How a name may begin that is written without the blank behind this word."""
        if not 0 <= left < len(self.words) - 1:
            return []
        word, after = self.words[left : left + 2]
        whole = [way for way in SPELLINGS.get(word, ()) if len(way) > SHORT] or [word]
        return [way + after for way in whole if len(way + after) >= LONG]

    def ranks(self, name: InstrumentedAttribute[str]) -> list[ColumnElement[int]]:
        """What the found names are ordered by: how well they fit, above all where a number is part of one."""
        own, whole = literal(" ") + name, " ".join(self.first)
        fits = case(
            (name.in_(self.typed), 0),
            (name == whole, 1),
            (name.startswith(whole), 2),
            (or_(own.contains(f" {whole}"), own.contains(f" {self.begins}")), 3),
            (_begins(own, self.begins), 4),
            (own.contains(f" {self.first[0]}"), 5),
            else_=6,
        )
        told = [case((name.in_(self.typed), 0), else_=1)]
        if self.province:
            told.append(case((Region.level == PROVINCE, 0), else_=1))
        if numbered := [_holds(own, number) for number in self.numbers]:
            told.append(case((or_(*numbered), 0), else_=1))
        return [*told, fits]


def away(near: str) -> ColumnElement[int]:
    """0 for what shares the smallest region with `near`, more for what lies farther along the code."""
    around = reversed(lineage(near)[1:])
    steps = [(within(Region.code, code), place) for place, code in enumerate(around)]
    return case(*steps, else_=9) if steps else literal(9)


def terms_of(query: str) -> Terms:
    """Read a search: "Kel. Kapuk, Kec. Cengkareng", "Tj. Duren Utara", "kebonjeruk", "tps 3 kapuk"."""
    parts = [words for words in (_words(part) for part in re.split(r"[,;\n]", query)) if words]
    parts = [words for words in parts if words[0] not in STREETS] or parts
    bare = [_without(words, KINDS | PROVINCES | NOISE) for words in parts]
    flat = [word for words in bare for word in words]
    numbers = [word for word in flat if word.isdecimal()]
    words = [word for word in flat if not word.isdecimal()] or numbers
    first = next((kept for kept in ([w for w in part if w in words] for part in bare) if kept), words)
    whole = parts[0] if parts else []
    station = TPS.search(fold(query))
    return Terms(
        _ways(whole), words[:MANY], first[:MANY], numbers[:MANY],
        province=not PROVINCES.isdisjoint(whole), station=int(station[1]) if station else None,
    )  # fmt: skip


def _words(part: str) -> list[str]:
    folded = LETTERS.sub(lambda found: found[0].replace(" ", ""), fold(short(part)))
    return " ".join(TOGETHER.get(word, word) for word in folded.split()).split()


def _ways(words: Sequence[str]) -> list[str]:
    """The words in one text: as they are, and as one spells them, with numbers in digits, Roman ones or words."""
    kinds = [[_number(word, way) for word in words] for way in range(3)]
    return list(dict.fromkeys(" ".join(kind) for kind in (words, *kinds)))


def _number(word: str, way: int) -> str:
    """A number in one of the ways to write it, any other word in its first spelling."""
    group = SPELLINGS.get(word, (word,))
    return group[way if group[0].isdecimal() and len(group) > way else 0]


def _without(words: list[str], noise: frozenset[str]) -> list[str]:
    """A village may be called Kota or Desa: where nothing else is left, such a word counts."""
    return [word for word in words if word not in noise] or [w for w in words if w not in NOISE] or words


def _found(name: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether the name holds the word, a long one also where the name has a blank inside it."""
    held = _holds(name, word)
    if len(word) < LONG:
        return held
    return or_(held, and_(name.contains(f" {word[:3]}"), func.replace(name, " ", "").contains(word)))


def _holds(name: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Whether a word of the name, which has a blank in front, begins so, or is another way to write the whole word."""
    others = [other for other in SPELLINGS.get(word, ()) if other != word]
    ended = name + literal(" ")
    return or_(name.contains(f" {word}"), *(ended.contains(f" {other} ") for other in others))


def _begins(name: ColumnElement[str], unparted: str) -> ColumnElement[bool]:
    """Whether the name begins so when its blanks are left out; the first letters spare most names the costly look."""
    return and_(name.startswith(f" {unparted[:2]}"), func.replace(name, " ", "").startswith(unparted))

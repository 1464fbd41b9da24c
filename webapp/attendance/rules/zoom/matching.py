"""Whose screen name it may be: suggestions, best first, and never more than that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.zoom.gathering import Shown
from webapp.places.rules.names import fold

MOST, COMPARED = 5, 20  # suggestions of one name; seats that are looked at closely for it
LIKE, SAME_WORD = 0.62, 0.84
TITLES = {
    "h",
    "hj",
    "ir",
    "drs",
    "dr",
    "se",
    "sh",
    "spd",
    "mm",
    "pak",
    "bu",
    "bapak",
    "ibu",
    "kec",
    "kel",
    "kota",
}


class Likeness(StrEnum):
    """How sure a suggestion is, in words."""

    SAME = "cocok"
    LIKE = "mirip"
    UNKNOWN = "tidak dikenal"


@dataclass(frozen=True)
class Suggestion:
    """One screen name and the seats that it may be, best first; `chosen` only when there is no doubt at all."""

    shown: Shown
    seats: Sequence[Line]
    likeness: Likeness
    chosen: int | None = None


@dataclass(frozen=True)
class _Seat:
    line: Line
    whole: str
    words: frozenset[str]
    region: frozenset[str]


@dataclass(frozen=True)
class _Screen:
    parts: tuple[str, ...]  # what was shown, and what stood in brackets: folded
    words: frozenset[str]

    def fits(self, seat: _Seat) -> bool:
        """Whether the words of both are the same, in whatever order; or those of a part are."""
        own = set(seat.whole.split())
        return any(set(part.split()) == own for part in self.parts)


def suggest(shown: Iterable[Shown], lines: Sequence[Line]) -> list[Suggestion]:
    """For each screen name the likeliest seats; one is chosen when name and seat fit exactly and only each other."""
    index: dict[str, list[_Seat]] = defaultdict(list)
    for seat in map(_seat, lines):
        for start in {word[:3] for word in seat.words}:
            index[start].append(seat)
    found = [_likeliest(one, index) for one in shown]
    claimed = Counter(one.seats[0].seat for one, same in found if same)
    return [_choose(one, same, claimed) for one, same in found]


def _choose(one: Suggestion, same: int, claimed: Counter[int]) -> Suggestion:
    """`same`: how many seats have this very name; they stand first."""
    if same != 1 or claimed[one.seats[0].seat] != 1:
        return one
    return replace(one, chosen=one.seats[0].seat)


def _likeliest(shown: Shown, index: dict[str, list[_Seat]]) -> tuple[Suggestion, int]:
    screen = _screen(shown.name)
    near = [seat for start in {word[:3] for word in screen.words} for seat in index.get(start, ())]
    often = Counter(seat.line.seat for seat in near)
    close = sorted({seat.line.seat: seat for seat in near}.values(), key=lambda seat: -often[seat.line.seat])
    scored = [(_score(screen, seat), seat.line) for seat in close[:COMPARED]]
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1].name))
    likely = [line for score, line in ranked if score >= LIKE][:MOST]
    same = sum(score == 1.0 for score, _line in ranked)
    if not likely:
        return Suggestion(shown, (), Likeness.UNKNOWN), 0
    return Suggestion(shown, likely, Likeness.SAME if same else Likeness.LIKE), same


def _score(screen: _Screen, seat: _Seat) -> float:
    """1 for the same name; below it how much of the seat's name is there, a little more with its kecamatan."""
    if screen.fits(seat):
        return 1.0
    there = sum(any(_alike(word, other) for other in screen.words) for word in seat.words)
    cover = 0.95 * there / max(1, len(seat.words))
    whole = max(_likeness(part, seat.whole) for part in screen.parts) if cover < LIKE else cover
    beside = 0.08 if seat.region & screen.words else 0.0
    return min(0.99, max(whole, cover) + beside)


def _likeness(one: str, other: str) -> float:
    """How alike two names are as a whole; 0 for what cannot be like enough."""
    matcher = SequenceMatcher(None, one, other)
    if matcher.real_quick_ratio() < LIKE or matcher.quick_ratio() < LIKE:
        return 0.0
    return matcher.ratio()


@lru_cache(maxsize=100_000)
def _alike(word: str, other: str) -> bool:
    """Whether a word of a seat's name is one of the screen's: the same, nearly, or its first letter."""
    if word == other or (len(other) == 1 and word[0] == other):
        return True
    if min(len(word), len(other)) < 4 or abs(len(word) - len(other)) > 2:
        return False
    return SequenceMatcher(None, word, other).ratio() >= SAME_WORD


def _seat(line: Line) -> _Seat:
    return _Seat(line, fold(line.name), _words(line.name), _words(line.region or ""))


def _screen(name: str) -> _Screen:
    """Budi (Budi Santoso) is both: what was shown, and what it was before."""
    before, _sign, rest = name.partition("(")
    parts = [fold(part) for part in (name, before, rest.rpartition(")")[0])]
    return _Screen(tuple(part for part in parts if part) or ("",), _words(name))


def _words(text: str) -> frozenset[str]:
    parted = fold(text).split()
    return frozenset(word for word in parted if word not in TITLES) or frozenset(parted)

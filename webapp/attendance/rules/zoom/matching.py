"""Whose screen name it may be: suggestions, best first, and never more than that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.zoom.gathering import Shown
from webapp.places.rules.names import fold

MOST, COMPARED = 5, 40  # suggestions of one name; seats that are looked at closely for it
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


def suggest(shown: Iterable[Shown], lines: Sequence[Line]) -> list[Suggestion]:
    """For each screen name the likeliest seats; one is chosen when name and seat fit exactly and only each other."""
    seats = [_seat(line) for line in lines]
    index: dict[str, list[_Seat]] = defaultdict(list)
    for seat in seats:
        for start in {word[:3] for word in seat.words}:
            index[start].append(seat)
    found = [_likeliest(one, index) for one in shown]
    claimed = Counter(one.seats[0].seat for one in found if one.likeness is Likeness.SAME)
    return [_choose(one, claimed) for one in found]


def _choose(one: Suggestion, claimed: Counter[int]) -> Suggestion:
    if one.likeness is not Likeness.SAME:
        return one
    same = [line for line in one.seats if _fits(one.shown.name, line)]
    only = len(same) == 1 and claimed[same[0].seat] == 1
    return Suggestion(one.shown, one.seats, one.likeness, same[0].seat if only else None)


def _likeliest(shown: Shown, index: dict[str, list[_Seat]]) -> Suggestion:
    words = _words(shown.name)
    near = [seat for start in {word[:3] for word in words} for seat in index.get(start, ())]
    often = Counter(seat.line.seat for seat in near)
    close = sorted({seat.line.seat: seat for seat in near}.values(), key=lambda seat: -often[seat.line.seat])
    scored = [(_score(shown.name, words, seat), seat.line) for seat in close[:COMPARED]]
    ranked = sorted(scored, key=lambda pair: (-pair[0], pair[1].name))
    likely = [pair for pair in ranked if pair[0] >= LIKE][:MOST]
    if not likely:
        return Suggestion(shown, (), Likeness.UNKNOWN)
    exact = _fits(shown.name, likely[0][1])
    return Suggestion(shown, [line for _s, line in likely], Likeness.SAME if exact else Likeness.LIKE)


def _fits(name: str, line: Line) -> bool:
    """Whether the words of both are the same, in whatever order; or those of the name in brackets are."""
    own = set(fold(line.name).split())
    return any(set(fold(part).split()) == own for part in _parts(name))


def _score(name: str, words: frozenset[str], seat: _Seat) -> float:
    """1 for the same name; below it how much of the seat's name is there, a little more with its kecamatan."""
    if _fits(name, seat.line):
        return 1.0
    whole = max(SequenceMatcher(None, fold(part), seat.whole).ratio() for part in _parts(name))
    there = sum(any(_alike(word, other) for other in words) for word in seat.words)
    cover = 0.95 * there / max(1, len(seat.words))
    beside = 0.08 if seat.region & words else 0.0
    return min(0.99, max(whole, cover) + beside)


def _alike(word: str, other: str) -> bool:
    """Whether a word of a seat's name is one of the screen's: the same, nearly, or its first letter."""
    if word == other or (len(other) == 1 and word[0] == other):
        return True
    return min(len(word), len(other)) > 3 and SequenceMatcher(None, word, other).ratio() >= SAME_WORD


def _seat(line: Line) -> _Seat:
    return _Seat(line, fold(line.name), _words(line.name), _words(line.region or ""))


def _parts(name: str) -> list[str]:
    """Budi (Budi Santoso) is both: what was shown, and what it was before."""
    before, _sign, rest = name.partition("(")
    inner = rest.rpartition(")")[0]
    return [part for part in (name.replace("(", " ").replace(")", " "), before, inner) if part.strip()] or [
        name
    ]


def _words(text: str) -> frozenset[str]:
    parted = fold(text).split()
    return frozenset(word for word in parted if word not in TITLES) or frozenset(parted)

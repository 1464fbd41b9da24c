"""Whose screen name it may be: suggestions, best first, and never more than that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from heapq import nlargest

from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.zoom.gathering import Shown
from webapp.people.rules.likeness import alike_word, spellings, words_of_name
from webapp.places.rules.names import fold

MOST, COMPARED = 5, 8  # suggestions of one name; seats that are looked at closely for it
MOST_WORDS, MOST_ALIKE, MOST_OF_A_WORD = 8, 30, 100  # of a name; spellings of a word; seats that bear it
LIKE = 0.62
OF_A_PLACE = {"kec", "kel", "kota"}  # what a screen says of whence somebody comes


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
    pairs: frozenset[str]
    region: frozenset[str]


@dataclass(frozen=True)
class _Screen:
    """A screen name: as a whole, as it was shown, and what Zoom put in brackets, the account's own name."""

    words: frozenset[str]
    pairs: tuple[frozenset[str], ...]
    shown: frozenset[str]
    account: frozenset[str]

    def fits(self, seat: _Seat) -> bool:
        """Whether the words are the same, in whatever order.

        Those in brackets only when what was shown is part of them: else somebody has borrowed the account.
        """
        own = frozenset(seat.whole.split())
        return bool(self.shown) and (own == self.shown or (own == self.account and self._is_its_own()))

    def _is_its_own(self) -> bool:
        return all(any(alike_word(word, other) for word in self.account) for other in self.shown)


@dataclass
class _Index:
    """Seats by their words, and the words by how they begin: what a name costs does not grow with the list."""

    seats: Sequence[_Seat]
    same: dict[frozenset[str], list[int]] = field(default_factory=lambda: defaultdict(list))
    bearers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    beginnings: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    known: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fill it."""
        for place, seat in enumerate(self.seats):
            self.same[frozenset(seat.whole.split())].append(place)
            for word in seat.words:
                self.bearers[word].append(place)
                self.beginnings[word[:3]].append(place)
        for word in self.bearers:
            self.starts[word[:3], len(word)].append(word)

    def near(self, screen: _Screen) -> list[_Seat]:
        """Those of the very same words, and the few that share most with it."""
        exact = [
            place
            for words in (screen.shown, screen.account)
            for place in self.same.get(words, ())[: MOST + 1]
        ]
        weights = self._weights(screen)
        close = nlargest(COMPARED, weights, key=lambda place: weights[place])
        return [self.seats[place] for place in dict.fromkeys([*exact, *close])]

    def _weights(self, screen: _Screen) -> dict[int, float]:
        """Seats that share a word, a rare one more than a common one; if none does, those that share a beginning."""
        weights: dict[int, float] = defaultdict(float)
        for word in screen.words:
            for spelt in self._spellings(word):
                for place in self.bearers[spelt][:MOST_OF_A_WORD]:
                    weights[place] += 1 + 1 / len(self.bearers[spelt])
        if not weights:
            starts = [
                place for word in screen.words for place in self.beginnings.get(word[:3], ())[:MOST_OF_A_WORD]
            ]
            weights.update({place: _likeness(screen.pairs[0], self.seats[place].pairs) for place in starts})
        return weights

    def _spellings(self, word: str) -> list[str]:
        """The words of seats that this one may be; looked for once."""
        if word not in self.known:
            lengths = range(max(1, len(word) - 2), len(word) + 3)
            starts = [self.starts.get((word[:3], length), [])[:MOST_ALIKE] for length in lengths]
            self.known[word] = [other for some in starts for other in some if alike_word(other, word)]
            written = [other for other in spellings(word) if other in self.bearers]
            self.known[word] = list(dict.fromkeys([*written, *self.known[word]]))
        return self.known[word]


def suggest(shown: Iterable[Shown], lines: Sequence[Line]) -> list[Suggestion]:
    """For each screen name the likeliest seats; one is chosen when name and seat fit exactly and only each other."""
    index = _Index([_seat(line) for line in lines])
    found = [_likeliest(one, index) for one in shown]
    claimed = Counter(one.seats[0].seat for one, same in found if same)
    return [_choose(one, same, claimed) for one, same in found]


def _choose(one: Suggestion, same: int, claimed: Counter[int]) -> Suggestion:
    """`same`: how many seats have this very name; they stand first."""
    if same != 1 or claimed[one.seats[0].seat] != 1 or not one.shown.certain:
        return one
    return replace(one, chosen=one.seats[0].seat)


def _likeliest(shown: Shown, index: _Index) -> tuple[Suggestion, int]:
    screen = _screen(shown.name)
    scored = [(_score(screen, seat), seat.line) for seat in index.near(screen)]
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
    there = sum(any(alike_word(word, other) for other in screen.words) for word in seat.words)
    cover = 0.95 * there / max(1, len(seat.words))
    whole = max(_likeness(pairs, seat.pairs) for pairs in screen.pairs) if cover < LIKE else cover
    beside = 0.08 if seat.region & screen.words else 0.0
    return min(0.99, max(whole, cover) + beside)


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """How alike two names are as a whole: the share of their pairs of letters that both have (Dice)."""
    return 2 * len(one & other) / max(1, len(one) + len(other))


def _pairs(folded: str) -> frozenset[str]:
    plain = folded.replace(" ", "")
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def _seat(line: Line) -> _Seat:
    words = words_of_name(line.name)
    whole = " ".join(words)
    return _Seat(line, whole, _few(words), _pairs(whole), frozenset(fold(line.region or "").split()))


def _screen(name: str) -> _Screen:
    """Budi (Budi Santoso) is both: what was shown, and the name of the account."""
    before, _sign, rest = name.partition("(")
    inside = rest.rpartition(")")[0] if before.strip() else ""
    shown, account = words_of_name(before if before.strip() else name), words_of_name(inside)
    wholes = [" ".join(words) for words in ([*shown, *account], shown, account) if words] or [""]
    return _Screen(_few([*shown, *account]), tuple(map(_pairs, wholes)), frozenset(shown), frozenset(account))


def _few(words: Sequence[str]) -> frozenset[str]:
    return frozenset([word for word in words if word not in OF_A_PLACE][:MOST_WORDS] or words[:MOST_WORDS])

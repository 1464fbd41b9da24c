"""The TPS of one kelurahan as a grid of squares: blocks of fifty, rows of ten, one path for each state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from webapp.coverage.figures.regions import Overview
from webapp.places.models import Station, StationCount
from webapp.plumbing.database import db

BLOCK, ROW = 50, 10
SPECIAL = 901  # prisons, hospitals and the like are numbered from here
LEFT, STEP = 38, 29  # units: where the squares begin, from one to the next


@dataclass(frozen=True)
class Tps:
    """One TPS; `witnesses` None where nobody stands in the whole kelurahan."""

    id: int
    number: int
    witnesses: int | None
    volunteers: int
    trained: int = 0

    @property
    def untrained(self) -> int:
        """Taken seats whose holder is not trained yet."""
        return max(0, self.volunteers - self.trained)

    @property
    def label(self) -> str:
        """TPS 001"""
        return f"TPS {self.number:03}"

    @property
    def state(self) -> str:
        """The class of its square: x unknown, 0, 1 or 2 witnesses."""
        return "x" if self.witnesses is None else str(min(2, self.witnesses))

    @property
    def is_empty(self) -> bool:
        """Whether no witness stands there."""
        return not self.witnesses


@dataclass(frozen=True)
class Block:
    """Up to fifty TPS as they are numbered; `paths` holds the squares of each state."""

    first: int
    last: int
    tps: Sequence[Tps]

    @property
    def label(self) -> str:
        """TPS 1–50"""
        return f"TPS {self.first}" if self.first == self.last else f"TPS {self.first}–{self.last}"

    @property
    def empty(self) -> int:
        """TPS of the block without a witness."""
        return sum(one.is_empty for one in self.tps)

    @property
    def rows(self) -> range:
        """The first number of each row."""
        start = (self.first - 1) // ROW * ROW + 1
        return range(start, self.last + 1, ROW)

    @property
    def height(self) -> int:
        """In units of the drawing."""
        return STEP * len(self.rows)

    def path(self, state: str, inset: int = 0, half: bool = False) -> str:
        """Squares of 26 units for the TPS of this state, smaller by `inset` on each side, or their lower half."""
        corner = inset + 1
        side = 26 - 2 * inset
        drawn = f"v{side}h{side}z" if half else f"h{side}v{side}h-{side}z"
        x = y = 0
        steps = []
        for one in self.tps:
            if one.state != state:
                continue
            slot = one.number - self.rows[0]
            to_x, to_y = LEFT + STEP * (slot % ROW) + inset, corner + STEP * (slot // ROW)
            steps.append(f"m{to_x - x} {to_y - y}{drawn}")
            x, y = to_x, to_y
        return "".join(steps)


@dataclass(frozen=True)
class Grid:
    """All TPS of a kelurahan."""

    blocks: Sequence[Block]
    tps: Sequence[Tps]

    @property
    def empty(self) -> list[Tps]:
        """Those without a witness, by number."""
        return [one for one in self.tps if one.is_empty]

    def count(self, state: str) -> int:
        """TPS in this state."""
        return sum(one.state == state for one in self.tps)

    def block(self, first: int | None) -> Block | None:
        """The block that begins with this number."""
        return next((one for one in self.blocks if one.first == first), None)


def grid(seen: Overview) -> Grid:
    """The grid of a kelurahan. One statement."""
    found = (
        select(
            Station.id,
            Station.number,
            StationCount.witnesses,
            func.coalesce(StationCount.volunteers, 0),
            func.coalesce(StationCount.trained, 0),
        )
        .outerjoin(StationCount, StationCount.station_id == Station.id)
        .where(
            Station.election_id == seen.election.id,
            Station.village_code == seen.code,
            Station.retired.is_(False),
        )
        .order_by(Station.number)
    )
    nothing = 0 if seen.numbers.known else None
    rows: Any = db.session.execute(found)
    tps = [
        Tps(id_, number, nothing if witnesses is None else witnesses, volunteers, trained)
        for id_, number, witnesses, volunteers, trained in rows
    ]
    return Grid(_blocks(tps), tps)


def _blocks(tps: Iterable[Tps]) -> list[Block]:
    gathered: dict[int, list[Tps]] = {}
    for one in tps:
        gathered.setdefault(_block_of(one.number), []).append(one)
    return [Block(_first(start, of), of[-1].number, of) for start, of in sorted(gathered.items())]


def _block_of(number: int) -> int:
    """Where its block starts counting; the special ones stand by themselves."""
    start = SPECIAL if number >= SPECIAL else 1
    return start + (number - start) // BLOCK * BLOCK


def _first(start: int, tps: Sequence[Tps]) -> int:
    return tps[0].number if start >= SPECIAL else start


def state_words(state: str) -> str:
    """The state of a TPS in words."""
    return {"x": _("belum didata"), "0": _("tanpa saksi"), "1": _("satu saksi"), "2": _("dua saksi")}[state]

"""Rates of a sheet, each with its denominator. The same lines feed the screen and the CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.attendance.models import Status
from webapp.attendance.rules.lines import Line


@dataclass(frozen=True)
class Rates:
    """How many of `seats` came; walk-ins, delegates among them, stand apart and are in no rate.

    `represented`: seats whose holder did not come, but sent somebody who did.
    """

    seats: int = 0
    present: int = 0
    late: int = 0
    izin: int = 0
    sick: int = 0
    absent: int = 0
    open: int = 0
    computed: int = 0
    walk_ins: int = 0
    doubled: int = 0
    odd_clock: int = 0
    represented: int = 0

    @property
    def came(self) -> int:
        """Present and late."""
        return self.present + self.late

    @property
    def excused(self) -> int:
        """Those who had said why not."""
        return self.izin + self.sick

    @property
    def done(self) -> int:
        """The invited of whom something is known."""
        return self.seats - self.open

    @property
    def counts(self) -> dict[str, int]:
        """By the letters of the knots."""
        return {
            "h": self.present,
            "t": self.late,
            "i": self.izin,
            "s": self.sick,
            "a": self.absent,
            "b": self.open,
        }


def rates_of(lines: Iterable[Line]) -> Rates:
    """The rates of one list."""
    every = list(lines)
    seats = [line for line in every if not line.walk_in]
    by = Counter(line.status for line in seats)
    return Rates(
        seats=len(seats),
        present=by[Status.HADIR],
        late=by[Status.TERLAMBAT],
        izin=by[Status.IZIN],
        sick=by[Status.SAKIT],
        absent=by[Status.ALPA],
        open=by[Status.BELUM],
        computed=sum(line.computed for line in seats),
        walk_ins=sum(line.walk_in and line.status.came for line in every),
        doubled=sum(line.doubled for line in every),
        odd_clock=sum(line.odd_clock for line in every),
        represented=sum(line.represented for line in seats),
    )


def odd_first(lines: Iterable[Line]) -> list[Line]:
    """What a reviewer should look at stands on top, then absences that nobody typed."""
    return sorted(lines, key=lambda line: (not line.odd, not line.computed, line.name.casefold()))

"""The numbers of a region, and the three ways to look at them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Measure(StrEnum):
    """What map, table and legend show."""

    WITNESSES = "saksi"
    VOLUNTEERS = "relawan"
    TODAY = "hari-ini"


@dataclass(frozen=True)
class Share:
    """So many of so many. `known` False: nothing has been counted there yet."""

    part: int
    whole: int
    known: bool = True

    @property
    def rate(self) -> float | None:
        """0.0 to 1.0, or None where nothing is known."""
        if not self.known or not self.whole:
            return None
        return min(1.0, self.part / self.whole)

    @property
    def percent(self) -> str:
        """77%, rounded down so that 100% means all, never 0% where there is something; a dash without data."""
        if self.rate is None:
            return "–"
        whole = min(100, self.part * 100 // self.whole)
        return "<1%" if whole == 0 and self.part else f"{whole}%"

    @property
    def missing(self) -> int:
        """How many there should be more."""
        return max(0, self.whole - self.part)

    @property
    def step(self) -> str | int:
        """The class of the scale: none, zero, or 0 to 4."""
        if self.rate is None:
            return "none"
        if self.rate <= 0:
            return "zero"
        return sum(self.rate >= border for border in (0.6, 0.75, 0.85, 0.95))


@dataclass(frozen=True)
class Numbers:
    """What is kept of a kelurahan, or summed over many, in TPS; `version` of the rows.

    `volunteers` are taken seats, `trained` those whose holder completed a training for witnesses.
    """

    stations: int = 0
    one: int = 0
    two: int = 0
    full: int = 0
    volunteers: int = 0
    trained: int = 0
    version: int = 0
    present: int = 0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(
            self.stations + other.stations,
            self.one + other.one,
            self.two + other.two,
            self.full + other.full,
            self.volunteers + other.volunteers,
            self.trained + other.trained,
            self.version + other.version,
            self.present + other.present,
        )

    @property
    def manned(self) -> int:
        """TPS with at least one witness."""
        return self.one + self.two

    @property
    def empty(self) -> int:
        """TPS without a witness."""
        return self.stations - self.manned

    @property
    def untrained(self) -> int:
        """Taken seats whose holder is not trained yet."""
        return max(0, self.volunteers - self.trained)

    @property
    def known(self) -> bool:
        """Whether anybody at all stands there; without, it counts as empty and is shown as not yet entered."""
        return bool(self.volunteers or self.manned)

    def lacking(self, measure: Measure) -> int:
        """TPS where something is missing: a witness, volunteers up to the target, or a check-in today."""
        there = {Measure.WITNESSES: self.manned, Measure.VOLUNTEERS: self.full, Measure.TODAY: self.present}
        return max(0, self.stations - there[measure])

    def share(self, measure: Measure, target: int) -> Share:
        """How far it is; `target` is the election's volunteers per TPS."""
        if measure is Measure.VOLUNTEERS:
            return Share(self.volunteers, self.stations * target, self.known)
        if measure is Measure.TODAY:
            return Share(self.present, self.stations)
        return Share(self.manned, self.stations, self.known)

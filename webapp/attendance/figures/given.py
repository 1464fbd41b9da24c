"""What the invitation rules of a meeting give, in numbers: seats, taken and vacant, and whom to call about those."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from webapp.attendance.models import InvitationRule
from webapp.attendance.rules.seating import Place
from webapp.people.figures.people import coordinators_of


@dataclass(frozen=True)
class Given:
    """Seats of some places: `filled` persons hold the office there, and in the `empty` regions nobody does."""

    filled: int
    empty: Sequence[Place]

    @property
    def seats(self) -> int:
        """The vacant ones counted in."""
        return self.filled + len(self.empty)


@dataclass(frozen=True)
class RuleCard:
    """One rule: `under` names its region."""

    rule: InvitationRule
    under: str
    given: Given


def given_by(places: Iterable[Place]) -> Given:
    """Each person once, and each office that nobody holds once."""
    told = list(places)
    filled = {person for place in told for person in place.holders}
    empty = {(place.rule.role, place.region_code): place for place in told if not place.holders}
    return Given(len(filled), [empty[key] for key in sorted(empty)])


def by_rule(places: Iterable[Place]) -> list[RuleCard]:
    """The same for each rule, the oldest first."""
    parts: dict[int, list[Place]] = {}
    for place in places:
        parts.setdefault(place.rule.id, []).append(place)
    return [RuleCard(some[0].rule, some[0].under, given_by(some)) for some in parts.values()]


def callers(empty: Iterable[Place]) -> Mapping[str, tuple[int, str]]:
    """For each vacant region the nearest coordinator above it: person and name. One statement."""
    return coordinators_of(place.region_code for place in empty)

"""Rates over a period, by region, role, group and series, each with its denominator. Aggregated by the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import and_, case, exists, func, or_, select

from webapp.attendance.figures.facts import (
    CLOSED,
    Asked,
    Tally,
    facts,
    home,
    invitation,
    meeting,
    person,
    persons_of,
    seats_of,
    session,
    summed,
    tallied,
)
from webapp.attendance.models import Sheet
from webapp.people.models import Group, Membership
from webapp.people.rules.permissions import Role
from webapp.places.figures.tree import names_of
from webapp.places.rules.codes import VILLAGE, level_of
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, within

OUTSIDE = "-"
NO_ROLE = ""
SHOWN = 5


class Table(StrEnum):
    """What the rows of a table are."""

    REGION = "wilayah"
    ROLE = "peran"
    GROUP = "simpul"
    SERIES = "seri"


@dataclass(frozen=True)
class Row:
    """One line of a table: `key` is a wilayah code, a role, a group's id or a series; `deeper` can be opened."""

    key: str
    name: str
    tally: Tally
    deeper: bool = False


@dataclass(frozen=True)
class Held:
    """One meeting of a series. Times are UTC."""

    meeting_id: int
    title: str
    starts_at: datetime
    offset: int
    tally: Tally


@dataclass(frozen=True)
class Series:
    """A weekly row of meetings, the earliest first; its name is that of the latest."""

    key: UUID
    meetings: Sequence[Held]
    tally: Tally

    @property
    def name(self) -> str:
        """What the latest one was called."""
        return self.meetings[-1].title


@dataclass(frozen=True)
class Out:
    """A list that is over and not handed in."""

    meeting_id: int
    title: str
    starts_at: datetime
    offset: int


@dataclass(frozen=True)
class Lists:
    """How much of the period the figures know: lists handed in, of how many meetings, and lists that are still out."""

    meetings: int
    handed_in: int
    out: int
    first_out: Sequence[Out]


def by_region(asked: Asked) -> tuple[list[Row], Row | None]:
    """The parts of the region, the lowest rate first, and apart the seats from outside. Two statements."""
    units = seats_of(facts(asked))
    length = _part_length(asked.code)
    part = case(
        (within(units.c.home, asked.code), func.substr(units.c.home, 1, length)),
        (within(units.c.held_in, asked.code), OUTSIDE),
    )
    found = select(part, *tallied(units)).where(part.is_not(None)).group_by(part)
    tallies = {row[0]: Tally(*row[1:]) for row in db.session.execute(found)}
    outside = tallies.pop(OUTSIDE, None)
    names = names_of(tallies)
    rows = [
        Row(code, _own(code, asked.code, names), tally, deeper=code != asked.code)
        for code, tally in tallies.items()
    ]
    return lowest_first(rows), Row(OUTSIDE, _("Dari luar wilayah ini"), outside) if outside else None


def by_role(asked: Asked) -> list[Row]:
    """The roles of the seats in the region, the highest first. One statement."""
    units = seats_of(facts(asked))
    role = func.coalesce(units.c.role, NO_ROLE)
    found = select(role, *tallied(units)).where(within(units.c.home, asked.code)).group_by(role)
    order = {str(one): place for place, one in enumerate(Role)}
    rows = [Row(row[0], role_name(row[0]), Tally(*row[1:])) for row in db.session.execute(found)]
    return sorted(rows, key=lambda row: (order.get(row.key, len(order)), row.key == NO_ROLE, row.key))


def by_group(asked: Asked) -> list[Row]:
    """The active groups of the region: persons who belong to them now, the lowest rate first. One statement."""
    units = persons_of(facts(asked))
    found = (
        select(Group.id, Group.name, *tallied(units))
        .join(Membership, and_(Membership.group_id == Group.id, Membership.until.is_(None)))
        .join(units, units.c.who == Membership.person_id)
        .where(Group.ended_at.is_(None), within(Group.region_code, asked.code))
        .group_by(Group.id, Group.name)
    )
    return lowest_first(Row(str(row[0]), row[1], Tally(*row[2:])) for row in db.session.execute(found))


def by_series(asked: Asked) -> list[Series]:
    """The series with seats in the region, by name; of each, its meetings. One statement."""
    units = seats_of(facts(asked))
    starts = func.min(units.c.starts_at)
    found = (
        select(
            units.c.series,
            units.c.meeting_id,
            meeting.c.title,
            starts,
            func.min(units.c.offset),
            *tallied(units),
        )
        .join(meeting, meeting.c.id == units.c.meeting_id)
        .where(within(units.c.home, asked.code), units.c.series.is_not(None))
        .group_by(units.c.series, units.c.meeting_id, meeting.c.title)
        .order_by(starts, units.c.meeting_id)
    )
    held: dict[UUID, list[Held]] = {}
    for series, number, title, at, offset, *counts in db.session.execute(found):
        held.setdefault(series, []).append(Held(number, title, at, offset, Tally(*counts)))
    every = [Series(key, meetings, total(one.tally for one in meetings)) for key, meetings in held.items()]
    return sorted(every, key=lambda series: (series.name.casefold(), str(series.key)))


def lists(asked: Asked) -> Lists:
    """How many lists the figures stand on, and which are missing. Two statements, one when none is missing."""
    closed = Sheet.state.in_(CLOSED)
    over = and_(~closed, session.c.ends_at <= now())
    counts = _sheets(
        asked,
        func.count(Sheet.meeting_id.distinct()).filter(closed),
        func.count().filter(closed),
        func.count().filter(over),
    )
    meetings, handed_in, out = db.session.execute(counts).one()
    if not out:
        return Lists(meetings, handed_in, 0, ())
    named = _sheets(asked, Sheet.meeting_id, meeting.c.title, session.c.starts_at, session.c.offset)
    first = named.where(over).order_by(session.c.starts_at, Sheet.id).limit(SHOWN)
    return Lists(meetings, handed_in, out, [Out(*row) for row in db.session.execute(first)])


def total(tallies: Iterable[Tally]) -> Tally:
    """Tallies of different meetings together."""
    every = list(tallies)
    return summed(every, sum(one.meetings for one in every))


def lowest_first(rows: Iterable[Row]) -> list[Row]:
    """Where fewest came stands on top; those with nobody invited stand last."""
    return sorted(rows, key=_lowness)


def _lowness(row: Row) -> tuple[bool, float, str, str]:
    return row.tally.rate is None, row.tally.rate or 0.0, row.name.casefold(), row.key


def role_name(role: str) -> str:
    """A seat's role in words; who was invited by name has none."""
    if role == NO_ROLE:
        return _("Perorangan")
    return Role(role).word if role in tuple(Role) else role


def _sheets(asked: Asked, *columns: Any) -> Any:
    """Sheets of the period that seat somebody of the region."""
    ours = exists(
        select(invitation.c.id)
        .outerjoin(person, person.c.id == invitation.c.person_id)
        .where(invitation.c.site_id == Sheet.site_id, within(home, asked.code))
    )
    return (
        select(*columns)
        .select_from(Sheet)
        .join(session, session.c.id == Sheet.session_id)
        .join(meeting, meeting.c.id == Sheet.meeting_id)
        .where(asked.holds(), or_(within(Sheet.region_code, asked.code), ours))
    )


def _part_length(code: str) -> int:
    """Signs of the code of a direct part: 31 > 31.73 > 31.73.01 > 31.73.01.1005."""
    level = level_of(code)
    return 2 if level == 0 else len(code) + (5 if level == VILLAGE - 1 else 3)


def _own(code: str, viewed: str, names: dict[str, str]) -> str:
    """The region's own seats, beside those of its parts, have a line of their own."""
    name, beside_parts = names.get(code, code), code == viewed and level_of(code) < VILLAGE
    return _("Tingkat %(name)s", name=name) if beside_parts else name

"""What the figures over time count: seats and persons of meetings that are over and whose lists are handed in.

The scope guards the sheet, and with it everything of its site; all other tables are joined bare, because their own
criteria would be asked again for every one of some ten thousand verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, and_, case, func, or_, select

from webapp.attendance.figures.totals import STRENGTH
from webapp.attendance.models import (
    Invitation,
    Meeting,
    MeetingSession,
    Rsvp,
    Sheet,
    SheetState,
    Status,
    Verdict,
)
from webapp.people.models import Person
from webapp.plumbing.clock import now

CLOSED = (SheetState.SUBMITTED, SheetState.APPROVED, SheetState.LOCKED)
RANK = {status: place for place, status in enumerate(STRENGTH)}
PARTS = (Status.HADIR, Status.TERLAMBAT, Status.IZIN, Status.SAKIT)
EXCUSED, CAME = RANK[Status.IZIN], RANK[Status.TERLAMBAT]

invitation, verdict = Invitation.__table__, Verdict.__table__
meeting, session, person = Meeting.__table__, MeetingSession.__table__, Person.__table__
home = func.coalesce(invitation.c.seat_code, person.c.region_code, invitation.c.region_code)


@dataclass(frozen=True)
class Asked:
    """What the figures are about: a region, moments from `start` up to `end` (UTC), one kind or series, or all."""

    code: str
    start: datetime
    end: datetime
    kind: str | None = None
    series: UUID | None = None

    def holds(self) -> ColumnElement[bool]:
        """Sessions of the period and kind, of meetings that were held."""
        held = [
            meeting.c.cancelled_at.is_(None),
            session.c.starts_at >= self.start,
            session.c.starts_at < self.end,
            session.c.starts_at <= now(),
        ]
        held += [meeting.c.kind == self.kind] if self.kind else []
        held += [meeting.c.series == self.series] if self.series else []
        return and_(*held)


@dataclass(frozen=True)
class Tally:
    """How many of `seats` came, in meetings; guests stand apart. `said_yes` is the denominator of `no_show`.

    `represented`: of those who did not come themselves, the seats whose delegate did.
    """

    seats: int = 0
    present: int = 0
    late: int = 0
    izin: int = 0
    sick: int = 0
    represented: int = 0
    said_yes: int = 0
    no_show: int = 0
    guests: int = 0
    meetings: int = 0

    @property
    def came(self) -> int:
        """Present and late."""
        return self.present + self.late

    @property
    def absent(self) -> int:
        """Neither there nor excused."""
        return self.seats - self.came - self.izin - self.sick

    @property
    def rate(self) -> float | None:
        """The share that came, None where nobody was invited."""
        return self.came / self.seats if self.seats else None

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """By the letters of the knots, without the empty ones; together they are `seats`."""
        every = zip("htisa", (self.present, self.late, self.izin, self.sick, self.absent), strict=True)
        return tuple((letter, part) for letter, part in every if part)


def summed(tallies: Iterable[Tally], meetings: int) -> Tally:
    """All of them together; `meetings` is said, because several rows tell of the same one."""
    every = list(tallies)
    sums = {one.name: sum(getattr(tally, one.name) for tally in every) for one in fields(Tally)}
    return Tally(**sums | {"meetings": meetings})


def facts(asked: Asked) -> CTE:
    """A row for every verdict; `best`, `yes` and `invited` are those of its person in the whole meeting."""
    who = func.coalesce(invitation.c.person_id, -invitation.c.id)
    in_meeting = (invitation.c.meeting_id, who)
    rank = case(RANK, value=verdict.c.status, else_=0)
    yes = case((invitation.c.rsvp == Rsvp.YES, 1), else_=0)
    return (
        select(
            invitation.c.id.label("seat"),
            invitation.c.meeting_id,
            invitation.c.role,
            invitation.c.stands_for,
            invitation.c.walk_in,
            who.label("who"),
            home.label("home"),
            Sheet.region_code.label("held_in"),
            meeting.c.series,
            rank.label("rank"),
            func.max(rank).over(partition_by=in_meeting).label("best"),
            func.max(yes).over(partition_by=in_meeting).label("yes"),
            func.max(case((invitation.c.walk_in, 0), else_=1)).over(partition_by=in_meeting).label("invited"),
            session.c.starts_at,
            session.c.offset,
        )
        .select_from(Sheet)
        .join(session, session.c.id == Sheet.session_id)
        .join(meeting, meeting.c.id == Sheet.meeting_id)
        .join(invitation, invitation.c.site_id == Sheet.site_id)
        .join(verdict, and_(verdict.c.invitation_id == invitation.c.id, verdict.c.session_id == session.c.id))
        .outerjoin(person, person.c.id == invitation.c.person_id)
        .where(asked.holds(), Sheet.state.in_(CLOSED))
        .cte("facts")
    )


def seats_of(known: CTE) -> CTE:
    """A row for every seat of a meeting, however many sites and sessions, and one for every guest who came.

    A delegate who came is a guest, and shows as `represented` of the seat that she stands for.
    """
    came_for = (
        select(known.c.stands_for.label("seat"))
        .where(known.c.stands_for.is_not(None), known.c.rank >= CAME)
        .distinct()
        .cte("came_for")
    )
    guest = and_(known.c.walk_in, known.c.invited == 0, known.c.best >= CAME)
    keys = (known.c.meeting_id, known.c.who, known.c.role, known.c.home)
    return (
        select(
            *keys,
            func.min(known.c.held_in).label("held_in"),
            func.min(case((known.c.walk_in, 1), else_=0)).label("guest"),
            func.max(known.c.best).label("best"),
            func.max(known.c.yes).label("yes"),
            func.max(case((came_for.c.seat.is_not(None), 1), else_=0)).label("represented"),
            func.min(known.c.starts_at).label("starts_at"),
            func.min(known.c.offset).label("offset"),
            known.c.series,
        )
        .outerjoin(came_for, came_for.c.seat == known.c.seat)
        .where(or_(~known.c.walk_in, guest))
        .group_by(*keys, known.c.series)
        .cte("seats")
    )


def persons_of(known: CTE) -> CTE:
    """A row for every person of a meeting who was invited, or came as a guest."""
    return (
        select(
            known.c.meeting_id,
            known.c.who,
            (1 - func.max(known.c.invited)).label("guest"),
            func.max(known.c.best).label("best"),
            func.max(known.c.yes).label("yes"),
            func.min(0).label("represented"),
        )
        .where(or_(known.c.invited == 1, known.c.best >= CAME))
        .group_by(known.c.meeting_id, known.c.who)
        .cte("persons")
    )


def tallied(units: CTE) -> tuple[ColumnElement[Any], ...]:
    """The columns of a `Tally`, in its order, over rows of `seats_of` or `persons_of`."""
    seat, best = units.c.guest == 0, units.c.best

    def count(*where: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(*where)

    return (
        count(seat),
        *(count(seat, best == RANK[status]) for status in PARTS),
        count(seat, best < CAME, units.c.represented == 1),
        count(seat, units.c.yes == 1),
        count(seat, units.c.yes == 1, best < EXCUSED),
        count(~seat),
        func.count(units.c.meeting_id.distinct()),
    )

"""Which meetings there are: what runs, what comes, what was; and what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select

from webapp.attendance.models import Decision, Invitation, Meeting, MeetingSession, Sheet, Status, Verdict
from webapp.places.models import Region
from webapp.places.rules.scope import Scope, narrowed
from webapp.plumbing.clock import WIB, day_bounds, local_day, now
from webapp.plumbing.database import db

PAGE = 30


@dataclass(frozen=True)
class Entry:
    """One meeting in an agenda. Times are UTC. `own`: what is known of oneself, None when not invited.

    `seats` and `done` are 0 for those who do not see the list (`state` None).
    """

    meeting_id: int
    title: str
    kind: str
    region_code: str
    region: str
    starts_at: datetime
    ends_at: datetime
    offset: int
    place: str | None
    link: str | None
    state: str | None
    own: str | None
    seats: int
    done: int

    @property
    def runs(self) -> bool:
        """Whether it is going on right now."""
        return self.starts_at <= now() < self.ends_at


def today(scope: Scope, offset: int = WIB) -> list[Entry]:
    """Meetings of the day at `offset` that lie in `scope` or to which its person is invited. One statement."""
    start, end = day_bounds(local_day(now(), offset), offset)
    with narrowed(scope):
        found = _entries(scope.person_id).where(
            MeetingSession.starts_at < end, MeetingSession.ends_at > start
        )
        return _read(found.order_by(MeetingSession.starts_at, Meeting.id).limit(PAGE))


def ahead(scope: Scope) -> list[Entry]:
    """What runs or comes, the nearest first. One statement."""
    found = _entries(scope.person_id).where(MeetingSession.ends_at > now())
    return _read(found.order_by(MeetingSession.starts_at, Meeting.id).limit(PAGE))


def past(scope: Scope, page: int = 1) -> tuple[list[Entry], bool]:
    """What is over, the newest first, and whether there is more. One statement."""
    found = _entries(scope.person_id).where(MeetingSession.ends_at <= now())
    rows = _read(
        found.order_by(MeetingSession.starts_at.desc(), Meeting.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    return rows[:PAGE], len(rows) > PAGE


def decisions_of(meeting_id: int) -> Sequence[Decision]:
    """The agreed points, in the order they were added."""
    found = select(Decision).where(Decision.meeting_id == meeting_id).order_by(Decision.id)
    return db.session.scalars(found).all()


def meeting_sent_as(submission_id: Any) -> int | None:
    """The meeting that this submission made: for a form that came twice."""
    found = select(Meeting.id).where(Meeting.submission_id == submission_id)
    return db.session.scalars(found).one_or_none()


def _entries(person_id: int | None) -> Select[*tuple[Any, ...]]:
    seats = select(func.count(Verdict.invitation_id)).where(Verdict.session_id == MeetingSession.id)
    own = and_(Invitation.meeting_id == Meeting.id, Invitation.person_id == person_id)
    mine = and_(Verdict.invitation_id == Invitation.id, Verdict.session_id == MeetingSession.id)
    return (
        select(
            Meeting.id,
            Meeting.title,
            Meeting.kind,
            Meeting.region_code,
            Region.name,
            MeetingSession.starts_at,
            MeetingSession.ends_at,
            MeetingSession.offset,
            MeetingSession.place,
            MeetingSession.link,
            Sheet.state,
            Verdict.status,
            seats.correlate(MeetingSession).scalar_subquery(),
            seats.where(Verdict.status != Status.BELUM).correlate(MeetingSession).scalar_subquery(),
        )
        .join(MeetingSession, MeetingSession.meeting_id == Meeting.id)
        .join(Region, Region.code == Meeting.region_code)
        .outerjoin(Sheet, Sheet.session_id == MeetingSession.id)
        .outerjoin(Invitation, own)
        .outerjoin(Verdict, mine)
    )


def _read(found: Select[Any]) -> list[Entry]:
    return [Entry(*row) for row in db.session.execute(found)]

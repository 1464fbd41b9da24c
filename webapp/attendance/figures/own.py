"""One person's attendance: of how many meetings one was invited to, and how many one came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select

from webapp.attendance.figures.facts import (
    CLOSED,
    PARTS,
    RANK,
    Tally,
    invitation,
    meeting,
    session,
    summed,
)
from webapp.attendance.models import Rsvp, Sheet, Status, Verdict
from webapp.attendance.models.guests import is_expected, says
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

LATEST = 10
sheet = Sheet.__table__


@dataclass(frozen=True)
class Visit:
    """One meeting of somebody's: the strongest word of all its lists. Times are UTC; `invited` False: a guest."""

    meeting_id: int
    title: str
    starts_at: datetime
    offset: int
    status: Status
    invited: bool
    said_yes: bool

    @property
    def tally(self) -> Tally:
        """The same as a number of each sort."""
        if not self.invited:
            return Tally(guests=int(self.status.came), meetings=1)
        present, late, izin, sick = (int(self.status is status) for status in PARTS)
        missed = self.said_yes and not self.status.came and not self.status.excused
        told = {"said_yes": int(self.said_yes), "no_show": int(missed), "meetings": 1}
        return Tally(seats=1, present=present, late=late, izin=izin, sick=sick, **told)


@dataclass(frozen=True)
class Own:
    """Somebody's meetings so far; `out` counts lists with a seat of theirs that are over and not handed in."""

    tally: Tally
    out: int
    latest: Sequence[Visit]


def of_person(person_id: int) -> Own:
    """Of the meetings whose lists the reader may see; of one's own, all. One statement."""
    rows = db.session.execute(_seats(person_id)).all()
    by_meeting: dict[int, list[Any]] = {}
    for row in rows:
        if row.state in CLOSED:
            by_meeting.setdefault(row.id, []).append(row)
    visits = [_visit(mine) for mine in by_meeting.values()]
    counted = [one for one in visits if one.invited or one.status.came]
    out = {row.sheet_id for row in rows if row.state not in CLOSED and row.ends_at <= now()}
    return Own(summed((one.tally for one in counted), len(counted)), len(out), counted[::-1][:LATEST])


def _visit(rows: Sequence[Any]) -> Visit:
    """One meeting, from the seats at its sites and sessions, the earliest first."""
    first = rows[0]
    return Visit(
        meeting_id=first.id,
        title=first.title,
        starts_at=first.starts_at,
        offset=first.offset,
        status=max((Status(row.status) for row in rows), key=lambda status: RANK[status]),
        invited=any(not row.walk_in for row in rows),
        said_yes=any(row.rsvp == Rsvp.YES for row in rows),
    )


def _seats(person_id: int) -> Any:
    """The scope guards the verdict: one sees one's own, and those of one's region.

    A guest has a seat on the lists alone on which something holds of her; a delegate on those that expect her, too.
    """
    stands = or_(invitation.c.walk_in.is_(False), is_expected(invitation.c), says(Verdict))
    return (
        select(
            meeting.c.id,
            meeting.c.title,
            session.c.starts_at,
            session.c.ends_at,
            session.c.offset,
            invitation.c.walk_in,
            invitation.c.rsvp,
            sheet.c.id.label("sheet_id"),
            sheet.c.state,
            Verdict.status,
        )
        .select_from(Verdict)
        .join(invitation, invitation.c.id == Verdict.invitation_id)
        .join(session, session.c.id == Verdict.session_id)
        .join(meeting, meeting.c.id == session.c.meeting_id)
        .join(sheet, and_(sheet.c.session_id == session.c.id, sheet.c.site_id == invitation.c.site_id))
        .where(
            invitation.c.person_id == person_id,
            stands,
            meeting.c.cancelled_at.is_(None),
            session.c.starts_at <= now(),
        )
        .order_by(session.c.starts_at, meeting.c.id)
    )

"""How the meeting before went: the last closed list of the same kind and region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.attendance.figures.rates import Rates, rates_of
from webapp.attendance.models import Meeting, MeetingSession, Sheet, SheetState, Status
from webapp.attendance.rules.finding import Kept
from webapp.attendance.rules.lines import Line, lines_of
from webapp.plumbing.database import db

CLOSED = tuple(state for state in SheetState if not state.is_open)


@dataclass(frozen=True)
class Earlier:
    """The meeting of the same kind and region before: its rates, and what each person's verdict was."""

    starts_at: datetime
    rates: Rates
    statuses: dict[int, Status]


def earlier(kept: Kept) -> Earlier | None:
    """The closed sheet of the same kind and region right before this one. Two statements at most."""
    found = (
        select(Sheet, MeetingSession.starts_at)
        .join(Meeting, Meeting.id == Sheet.meeting_id)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .where(Meeting.kind == kept.meeting.kind, Sheet.region_code == kept.sheet.region_code)
        .where(MeetingSession.starts_at < kept.session.starts_at, Sheet.state.in_(CLOSED))
        .order_by(MeetingSession.starts_at.desc(), Sheet.id.desc())
        .limit(1)
    )
    row = db.session.execute(found).first()
    if row is None:
        return None
    lines = lines_of(row[0])
    return Earlier(row[1], rates_of(lines), _by_person(lines))


def _by_person(lines: Sequence[Line]) -> dict[int, Status]:
    return {line.person_id: line.status for line in lines if line.person_id is not None}

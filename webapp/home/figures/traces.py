"""From a receipt to the thing that came of it, where the reader may open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from webapp.attendance.models import (
    AttendanceRecord,
    Correction,
    Decision,
    FollowUp,
    Invitation,
    Meeting,
    Sheet,
)
from webapp.checkins.models import CheckIn
from webapp.home.figures.receipts import Entry
from webapp.people.models import Seat
from webapp.people.rules.permissions import Permission
from webapp.people.rules.viewer import Viewer
from webapp.places.rules.scope import narrowed
from webapp.plumbing.database import db
from webapp.plumbing.submissions import ACCEPTED


@dataclass(frozen=True)
class Trace:
    """What came of it: a check-in, a meeting (by its id), or a TPS (by its id)."""

    sort: str
    id: int


def trace_of(entry: Entry, who: Viewer) -> Trace | None:
    """Where to look; None for what came to nothing, and for what lies outside. At most one statement."""
    if entry.state != ACCEPTED:
        return None
    sort, needs, query = _query(entry)
    if query is None or not who.may(needs):
        return None
    with narrowed(who.scope(needs)):
        found = db.session.scalars(query.limit(1)).first()
    return Trace(sort, found) if found is not None else None


def _query(entry: Entry) -> tuple[str, Permission, Select[Any] | None]:
    match entry.kind:
        case "checkin":
            return (
                "checkin",
                Permission.SEE_CHECKINS,
                select(CheckIn.id).where(CheckIn.submission_id == entry.id),
            )
        case "attendance.call":
            own = select(Meeting.id).where(Meeting.submission_id == entry.id)
        case "attendance.correction":
            wish = select(Sheet.meeting_id).join(Correction, Correction.sheet_id == Sheet.id)
            own = wish.where(Correction.submission_id == entry.id)
        case "attendance.agree":
            own = select(Decision.meeting_id).where(Decision.submission_id == entry.id)
        case "attendance.follow-up":
            own = select(FollowUp.meeting_id).where(FollowUp.submission_id == entry.id)
        case (
            "attendance.mark"
            | "attendance.void"
            | "attendance.walk-in"
            | "attendance.self"
            | "attendance.scan"
            | "attendance.screen"
        ):
            record = select(Invitation.meeting_id).join(AttendanceRecord)
            own = record.where(AttendanceRecord.id == entry.id)
        case "seat.assign":
            return (
                "tps",
                Permission.SEE_COVERAGE,
                select(Seat.station_id).where(Seat.submission_id == entry.id),
            )
        case _:
            return "", Permission.ENTER, None
    return "rapat", Permission.SEE_MEETINGS, own

"""Calling a meeting: when and where, who is invited, and what was agreed there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from webapp.attendance.models import (
    AttendanceRecord,
    Decision,
    Invitation,
    Meeting,
    MeetingSession,
    Sheet,
    Verdict,
)
from webapp.attendance.rules.recording import open_sheet
from webapp.people.models import Person
from webapp.places.rules.scope import current
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

MOST_DECISIONS = 30
HOURS = ("starts_at", "ends_at", "late_after")
FACTS = (*HOURS, "place", "link", "agenda")


class Overtaken(Refusal):
    """Somebody else changed the meeting while this form was open."""

    status = 409


@dataclass(frozen=True)
class Plan:
    """A meeting as it is called. Times are UTC; `late_minutes` after the start one is late."""

    kind: str
    title: str
    region_code: str
    starts_at: datetime
    ends_at: datetime
    late_minutes: int = 15
    place: str | None = None
    link: str | None = None
    agenda: str | None = None


@dataclass(frozen=True)
class Guest:
    """Whom to invite, and for which office if it is a rule that names them."""

    person_id: int
    role: str | None = None
    seat_code: str | None = None


def call_meeting(plan: Plan, by: int, submission_id: UUID | None = None) -> Meeting:
    """Make a meeting with its one session and an empty sheet. Raises `NotThere` outside the scope."""
    if not current().covers(plan.region_code):
        raise NotThere
    meeting = Meeting(
        region_code=plan.region_code,
        kind=plan.kind,
        title=plan.title,
        created_by=by,
        created_at=now(),
        submission_id=submission_id,
    )
    db.session.add(meeting)
    db.session.flush()
    session = MeetingSession(meeting_id=meeting.id, region_code=plan.region_code, **_hours(plan))
    db.session.add(session)
    db.session.flush()
    db.session.add(Sheet(session_id=session.id, meeting_id=meeting.id, region_code=plan.region_code))
    db.session.flush()
    return meeting


def change_meeting(meeting_id: int, plan: Plan, seen: str = "") -> None:
    """Another title, hour or place; the region stays. While the sheet is open, and before anything is recorded.

    `seen` is the mark of what the form showed; when it is another by now: raises `Overtaken`.
    """
    sheet, session = open_sheet(meeting_id, lock=True)
    meeting = db.session.scalars(select(Meeting).where(Meeting.id == sheet.meeting_id)).one()
    told = _hours(plan)
    if seen and seen != mark_of(meeting, session) and _changes(meeting, session, plan, told):
        raise Overtaken(_("Rapat ini baru saja diubah orang lain. Periksa lagi, lalu simpan sekali lagi."))
    if _has_records(session.id):
        if any(_minute(told[name]) != _minute(getattr(session, name)) for name in HOURS):
            raise Refusal(_("Jam rapat tidak bisa diubah lagi: kehadiran sudah dicatat."))
        told = {name: value for name, value in told.items() if name not in HOURS}
    meeting.kind, meeting.title = plan.kind, plan.title
    for name, value in told.items():
        setattr(session, name, value)
    db.session.flush()


def invite(meeting_id: int, guests: Iterable[Guest], by: int) -> int:
    """Give each of them a seat, and nobody two; returns how many are new."""
    sheet, _session = open_sheet(meeting_id, lock=True)
    known = set(
        db.session.scalars(select(Invitation.person_id).where(Invitation.meeting_id == meeting_id)).all()
    )
    moment = now()
    new: dict[int, Invitation] = {}
    for guest in guests:
        if guest.person_id not in known and guest.person_id not in new:
            new[guest.person_id] = Invitation(
                meeting_id=meeting_id,
                region_code=sheet.region_code,
                person_id=guest.person_id,
                role=guest.role,
                seat_code=guest.seat_code,
                invited_by=by,
                invited_at=moment,
            )
    db.session.add_all(new.values())
    db.session.flush()
    db.session.add_all(
        Verdict(invitation_id=seat.id, session_id=sheet.session_id, region_code=sheet.region_code)
        for seat in new.values()
    )
    db.session.flush()
    return len(new)


def invite_person(meeting_id: int, person_id: int, by: int) -> int:
    """A seat for one person of one's own region; 0 when there is one already."""
    willing = select(Person.id).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    if db.session.scalars(willing).one_or_none() is None:
        raise NotThere
    return invite(meeting_id, [Guest(person_id)], by)


def uninvite(meeting_id: int, seat: int) -> None:
    """Take a seat back, as long as nothing was recorded for it."""
    open_sheet(meeting_id)
    found = select(Invitation.id).where(Invitation.id == seat, Invitation.meeting_id == meeting_id)
    if db.session.scalars(found.with_for_update()).one_or_none() is None:
        raise NotThere
    recorded = select(AttendanceRecord.id).where(AttendanceRecord.invitation_id == seat).limit(1)
    if db.session.execute(recorded).first():
        raise Refusal(_("Undangan ini tidak bisa dihapus: kehadirannya sudah dicatat."))
    db.session.execute(delete(Verdict).where(Verdict.invitation_id == seat))
    db.session.execute(delete(Invitation).where(Invitation.id == seat))


def agree(data: Mapping[str, Any], stamp: Stamp) -> Decision:
    """Add one agreed point, while the sheet is open."""
    sheet, _session = open_sheet(data["rapat"])
    count = select(func.count(Decision.id)).where(Decision.meeting_id == sheet.meeting_id)
    if db.session.execute(count).scalar_one() >= MOST_DECISIONS:
        raise Refusal(_("Sudah ada 30 butir. Gabungkan yang mirip agar keputusan tetap mudah dibaca."))
    point = Decision(
        meeting_id=sheet.meeting_id,
        region_code=sheet.region_code,
        words=data["butir"],
        added_by=stamp.sender_id,
        added_at=stamp.received_at,
        submission_id=stamp.submission_id,
    )
    db.session.add(point)
    db.session.flush()
    return point


def drop_decision(meeting_id: int, decision_id: int) -> None:
    """Take an agreed point back; one that is gone already is no mistake."""
    open_sheet(meeting_id)
    db.session.execute(delete(Decision).where(Decision.id == decision_id, Decision.meeting_id == meeting_id))


def mark_of(meeting: Meeting, session: MeetingSession) -> str:
    """Names what a meeting says now."""
    told = [meeting.kind, meeting.title, *(str(getattr(session, name)) for name in FACTS)]
    return blake2s("|".join(told).encode(), digest_size=8).hexdigest()


def _changes(meeting: Meeting, session: MeetingSession, plan: Plan, told: Mapping[str, Any]) -> bool:
    if (meeting.kind, meeting.title) != (plan.kind, plan.title):
        return True
    return any(told[name] != getattr(session, name) for name in FACTS)


def _has_records(session_id: int) -> bool:
    found = select(AttendanceRecord.id).where(AttendanceRecord.session_id == session_id).limit(1)
    return db.session.execute(found).first() is not None


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _hours(plan: Plan) -> dict[str, Any]:
    return {
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "late_after": plan.starts_at + timedelta(minutes=plan.late_minutes),
        "offset": offset_of(plan.region_code),
        "place": plan.place,
        "link": plan.link,
        "agenda": plan.agenda,
    }


def call(data: Mapping[str, Any], stamp: Stamp) -> Meeting:
    """A meeting out of a form."""
    return call_meeting(data["plan"], stamp.sender_id, stamp.submission_id)

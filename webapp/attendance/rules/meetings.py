"""Calling a meeting: when and where, who is invited, and what was agreed there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2s
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from webapp.attendance.models import (
    AttendanceRecord,
    Decision,
    Meeting,
    MeetingSession,
    Mode,
    Site,
)
from webapp.attendance.rules.finding import Held, led_meeting
from webapp.attendance.rules.following import open_minutes
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.recording import open_meeting
from webapp.attendance.rules.training import judge
from webapp.people.rules import trail
from webapp.places.rules.scope import current
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

MOST_DECISIONS = 30
HOURS = ("starts_at", "ends_at", "late_after")
WHERE = ("place", "link")


class Overtaken(Refusal):
    """Somebody else changed the meeting while this form was open."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("Rapat ini baru saja diubah orang lain. Periksa lagi, lalu simpan sekali lagi."))


@dataclass(frozen=True)
class Plan:
    """A meeting as it is called, with its first session and site. `late_minutes` after the start one is late."""

    kind: str
    title: str
    region_code: str
    starts_at: datetime
    ends_at: datetime
    late_minutes: int = 15
    place: str | None = None
    link: str | None = None
    agenda: str | None = None

    def later(self, weeks: int) -> Plan:
        """The same, so many weeks later: no zone of Indonesia ever changes its clock."""
        by = timedelta(weeks=weeks)
        return replace(self, starts_at=self.starts_at + by, ends_at=self.ends_at + by)


def note_change(meeting: Meeting, act: str) -> None:
    """Count a change that the invited have to know of: their calendars go by it. Who completed a bimtek may change.

    The trail keeps whose `act` it was: whoever arranges a meeting does not review its lists.
    """
    trail.note(act, "meeting", meeting.id, meeting.region_code)
    meeting.revision += 1
    meeting.changed_at = now()
    judge(meeting.id)


def call_meeting(plan: Plan, by: int, submission_id: UUID | None = None) -> Meeting:
    """Make a meeting with one session at one site, and its empty list. Raises `NotThere` outside the scope."""
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
    here = {"meeting_id": meeting.id, "region_code": plan.region_code, "offset": offset_of(plan.region_code)}
    db.session.add_all([MeetingSession(**here, **_hours(plan)), Site(**here, **_where(plan))])
    lay(meeting.id)
    return meeting


def change_meeting(meeting_id: int, plan: Plan, seen: str = "") -> None:
    """Another title, hour or place; the region stays. While a list is open; hours before anything is recorded.

    `seen` is the mark of what the form showed; when it is another by now: raises `Overtaken`.
    """
    led_meeting(meeting_id)
    held = open_meeting(meeting_id)
    if seen and seen != mark_of(held) and _changes(held, plan):
        raise Overtaken
    told = _hours(plan)
    if has_records(held.session.id):
        if any(_minute(told[name]) != _minute(getattr(held.session, name)) for name in HOURS):
            raise Refusal(_("Jam rapat tidak bisa diubah lagi: kehadiran sudah dicatat."))
        told = {"agenda": plan.agenda}
    held.meeting.kind, held.meeting.title = plan.kind, plan.title
    for thing, values in ((held.session, told), (held.site, _where(plan))):
        for name, value in values.items():
            setattr(thing, name, value)
    note_change(held.meeting, "meeting.change")
    db.session.flush()


def rename_meeting(meeting_id: int, kind: str, title: str, seen: str = "") -> None:
    """Another kind or title, of a meeting whose sessions and sites are changed one by one. Raises `Overtaken`."""
    led_meeting(meeting_id)
    held = open_meeting(meeting_id)
    if (held.meeting.kind, held.meeting.title) == (kind, title):
        return
    if seen and seen != name_mark(held.meeting):
        raise Overtaken
    held.meeting.kind, held.meeting.title = kind, title
    note_change(held.meeting, "meeting.change")
    db.session.flush()


def agree(data: Mapping[str, Any], stamp: Stamp) -> Decision:
    """Add one agreed point, until the minutes are closed; the same words twice are one."""
    meeting = _open_to_write(data["rapat"])
    same = select(Decision).where(Decision.meeting_id == meeting.id, Decision.words == data["butir"])
    known = db.session.scalars(same.limit(1)).one_or_none()
    if known is not None:
        return known
    count = select(func.count(Decision.id)).where(Decision.meeting_id == meeting.id)
    if db.session.execute(count).scalar_one() >= MOST_DECISIONS:
        raise Refusal(_("Sudah ada 30 butir. Gabungkan yang mirip agar keputusan tetap mudah dibaca."))
    point = Decision(
        meeting_id=meeting.id,
        region_code=meeting.region_code,
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
    _open_to_write(meeting_id)
    db.session.execute(delete(Decision).where(Decision.id == decision_id, Decision.meeting_id == meeting_id))


def mark_of(held: Held) -> str:
    """Names what a meeting says now."""
    return mark_for(_facts(held))


def name_mark(meeting: Meeting) -> str:
    """Names what it is called now."""
    return mark_for([meeting.kind, meeting.title])


def mark_for(facts: Iterable[Any]) -> str:
    """A short name for what a form was made from, by which a later change is noticed."""
    return blake2s("|".join(map(str, facts)).encode(), digest_size=8).hexdigest()


def _facts(held: Held) -> list[Any]:
    hours = [getattr(held.session, name) for name in (*HOURS, "agenda")]
    return [held.meeting.kind, held.meeting.title, *hours, *(getattr(held.site, name) for name in WHERE)]


def _changes(held: Held, plan: Plan) -> bool:
    told = _hours(plan) | _where(plan)
    wanted = [plan.kind, plan.title, *(told[name] for name in (*HOURS, "agenda", *WHERE))]
    return wanted != _facts(held)


def _open_to_write(meeting_id: int) -> Meeting:
    meeting = open_minutes(meeting_id, lock=True)[0].meeting
    if not current().covers(meeting.region_code):
        raise NotThere
    return meeting


def has_records(session_id: int) -> bool:
    """Whether anything was recorded at a session, at whatever site."""
    found = select(AttendanceRecord.id).where(AttendanceRecord.session_id == session_id).limit(1)
    return db.session.execute(found).first() is not None


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _hours(plan: Plan) -> dict[str, Any]:
    return {
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "late_after": plan.starts_at + timedelta(minutes=plan.late_minutes),
        "agenda": plan.agenda,
    }


def _where(plan: Plan) -> dict[str, Any]:
    remote = plan.link is not None and plan.place is None
    return {"place": plan.place, "link": plan.link, "mode": Mode.ZOOM if remote else Mode.PLACE}

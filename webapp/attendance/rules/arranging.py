"""Sessions of a meeting: added, changed and taken away by whoever leads its region; sites in `siting`.

A list that is handed in keeps its session and site as they are; the others stay open. What was recorded is never
taken away with them. The same thing added twice is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    Meeting,
    MeetingSession,
    Sheet,
    SheetState,
    Site,
    Verdict,
)
from webapp.attendance.rules.finding import Kept, sheets_of
from webapp.attendance.rules.laying import lay, pay_for
from webapp.attendance.rules.meetings import Overtaken, has_records, mark_for, note_change
from webapp.attendance.rules.moving import follow
from webapp.people.rules.trail import acting
from webapp.places.rules.scope import current
from webapp.places.rules.zones import offset_of
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal

MOST_SESSIONS = 12
LONGEST = timedelta(hours=24)
HOURS = ("starts_at", "ends_at", "late_after")


@dataclass(frozen=True)
class Span:
    """A session as it is planned. `late_minutes` after the start one is late."""

    starts_at: datetime
    ends_at: datetime
    late_minutes: int = 15
    title: str | None = None
    agenda: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As the row keeps it."""
        late = self.starts_at + timedelta(minutes=self.late_minutes)
        told = {"starts_at": self.starts_at, "ends_at": self.ends_at, "late_after": late}
        return told | {"title": self.title, "agenda": self.agenda}


def led_lists(meeting_id: int, *, lock: bool = False) -> list[Kept]:
    """Every list of a meeting that one leads; with `lock` nobody else arranges it meanwhile. Raises `NotThere`.

    Lists are locked before their meeting, as by whoever approves one.
    """
    if lock:
        listed = select(Sheet.id).where(Sheet.meeting_id == meeting_id).order_by(Sheet.id)
        db.session.execute(listed.with_for_update())
        db.session.execute(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())
    lists = sheets_of(meeting_id)
    if not lists or not current().covers(lists[0].meeting.region_code):
        raise NotThere
    return lists


def sessions_among(lists: Iterable[Kept]) -> list[MeetingSession]:
    """Each session once, by the hour."""
    return list({one.session.id: one.session for one in lists}.values())


def sites_among(lists: Iterable[Kept]) -> list[Site]:
    """Each site once, the first that was made first."""
    found = {one.site.id: one.site for one in lists}
    return [found[key] for key in sorted(found)]


def add_session(meeting_id: int, span: Span) -> MeetingSession:
    """One more part; one that stands there already with the same hours and title is that one."""
    lists = to_arrange(meeting_id)
    _refuse_span(span)
    known = sessions_among(lists)
    same = [
        one for one in known if all(getattr(one, k) == v for k, v in span.columns.items() if k != "agenda")
    ]
    if same:
        return same[0]
    if len(known) >= MOST_SESSIONS:
        raise Refusal(
            _("Satu rapat paling banyak %(n)s sesi. Buat rapat lain untuk sisanya.", n=MOST_SESSIONS)
        )
    meeting = lists[0].meeting
    made = MeetingSession(
        meeting_id=meeting.id,
        region_code=meeting.region_code,
        offset=offset_of(meeting.region_code),
        **span.columns,
    )
    db.session.add(made)
    settled(meeting)
    return made


def change_session(meeting_id: int, session_id: int, span: Span, seen: str = "") -> None:
    """Other hours, title or agenda while a list of it is open; hours only before anything is recorded or handed in.

    Raises `Overtaken`.
    """
    lists = [one for one in to_arrange(meeting_id) if one.session.id == session_id]
    if not lists:
        raise NotThere
    _refuse_span(span)
    session = lists[0].session
    wanted = span.columns
    if all(getattr(session, name) == value for name, value in wanted.items()):
        return
    if seen and seen != session_mark(session):
        raise Overtaken
    if any(wanted[name] != getattr(session, name) for name in HOURS):
        refuse_settled(lists, _("Jam sesi ini tidak bisa diubah lagi"))
    if not any(one.stage.is_open for one in lists):
        raise Refusal(_("Sesi ini tidak bisa diubah lagi: daftar hadirnya sudah diajukan."))
    put(session, wanted)
    settled(lists[0].meeting)


def remove_session(meeting_id: int, session_id: int) -> None:
    """Take away a part at which nothing was recorded; never the last one."""
    lists = to_arrange(meeting_id)
    mine = [one for one in lists if one.session.id == session_id]
    if not mine:
        raise NotThere
    if len(mine) == len(lists):
        raise Refusal(_("Ini satu-satunya sesi. Ubah jamnya, atau batalkan rapatnya."))
    refuse_settled(mine, _("Sesi ini tidak bisa dihapus"))
    forget(mine, Verdict.session_id == session_id)
    db.session.execute(delete(MeetingSession).where(MeetingSession.id == session_id))
    settled(mine[0].meeting)


def session_mark(session: MeetingSession) -> str:
    """Names what a session says now."""
    return mark_for(getattr(session, name) for name in (*HOURS, "title", "agenda"))


def to_arrange(meeting_id: int) -> list[Kept]:
    """The lists of a meeting that is on, which nobody else arranges meanwhile. Raises `NotThere`."""
    lists = led_lists(meeting_id, lock=True)
    if lists[0].meeting.cancelled_at is not None:
        raise Refusal(_("Rapat ini dibatalkan. Aktifkan lagi dulu, lalu atur sesi dan lokasinya."))
    return lists


def settled(meeting: Meeting) -> None:
    """Lists for what is new; and seats that follow a rule go to the site of their own region."""
    note_change(meeting, "meeting.arrange")
    pay_for(lay(meeting.id), acting().person_id)
    follow(meeting.id)


def put(row: MeetingSession | Site, values: dict[str, Any]) -> None:
    """Set these columns."""
    for name, value in values.items():
        setattr(row, name, value)


def _refuse_span(span: Span) -> None:
    if not timedelta() < span.ends_at - span.starts_at <= LONGEST:
        raise Refusal(_("Satu sesi paling lama 24 jam. Tambahkan sesi lain untuk hari berikutnya."))


def refuse_settled(lists: Sequence[Kept], says: str) -> None:
    """Nothing may be recorded on these lists, nor counted, nor handed in."""
    _hold(lists)
    if any(one.stage is not SheetState.DRAFT or one.sheet.version > 1 for one in lists):
        raise Refusal(_("%(what)s: daftar hadirnya sudah pernah diajukan.", what=says))
    if any(one.sheet.head_count is not None for one in lists) or _are_recorded(lists):
        raise Refusal(_("%(what)s: kehadiran sudah dicatat, dan catatan tidak boleh hilang.", what=says))


def are_settled(lists: Sequence[Kept]) -> bool:
    """Whether `refuse_settled` would refuse; nothing is held, for a page that offers what it may."""
    begun = any(one.stage is not SheetState.DRAFT or one.sheet.version > 1 for one in lists)
    return begun or any(one.sheet.head_count is not None for one in lists) or _are_recorded(lists)


def _hold(lists: Sequence[Kept]) -> None:
    """Nobody hands these lists in, or taps on a seat of theirs, before this transaction ends (PostgreSQL)."""
    sheets = select(Sheet).where(Sheet.id.in_([one.sheet.id for one in lists])).order_by(Sheet.id)
    fresh = sheets.with_for_update().execution_options(populate_existing=True)
    db.session.scalars(fresh).all()
    seats = select(Invitation.id).where(Invitation.site_id.in_({one.site.id for one in lists}))
    db.session.execute(seats.order_by(Invitation.id).with_for_update())


def _are_recorded(lists: Sequence[Kept]) -> bool:
    sessions, sites = {one.session.id for one in lists}, {one.site.id for one in lists}
    if not any(has_records(one) for one in sessions):
        return False
    found = select(AttendanceRecord.id).join(Invitation, Invitation.id == AttendanceRecord.invitation_id)
    there = found.where(AttendanceRecord.session_id.in_(sessions), Invitation.site_id.in_(sites))
    return db.session.execute(there.limit(1)).first() is not None


def forget(lists: Sequence[Kept], *verdicts: Any) -> None:
    """The empty lists and, of a session, its empty verdicts."""
    if verdicts:
        db.session.execute(delete(Verdict).where(*verdicts))
    db.session.execute(delete(Sheet).where(Sheet.id.in_([one.sheet.id for one in lists])))

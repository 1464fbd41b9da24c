"""Taking attendance: every tap is a record that stays, and the verdict follows from the records.

The rules here get a form's fields and a stamp, from a page or from an outbox; what lies outside the scope is not
there. Records of one seat wait for each other: the seat's row is locked before the sheet is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, select

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    MeetingSession,
    Method,
    RecordKind,
    Sheet,
    Status,
)
from webapp.attendance.rules.finding import Kept, most_wanted, sheets_of
from webapp.attendance.rules.guests import NeverAbsent
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.lines import Line, place_of
from webapp.attendance.rules.settling import added, facts_among, known_on
from webapp.attendance.rules.standing import Sent, send
from webapp.attendance.rules.undoing import undo_at_once, wait_for
from webapp.attendance.rules.verdicts import ONLINE, Fact, Hours
from webapp.people.models import Person
from webapp.places.rules.scope import current
from webapp.plumbing.clock import hour
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp


class SheetClosed(Refusal):
    """The list has been handed in."""

    def __init__(self) -> None:
        super().__init__(
            _("Lembar ini sudah diajukan, jadi tidak bisa diubah. Minta pengawas mengembalikannya.")
        )


class AskWhen(Refusal):
    """A tap after the end says once, for the whole batch, whether the person was on time."""

    def __init__(self) -> None:
        super().__init__(
            _("Rapat sudah selesai. Pilih dulu di atas daftar: hadir tepat waktu atau terlambat.")
        )


def mark(data: Mapping[str, Any], stamp: Stamp) -> Line:
    """One tap on one name: present, or a status out of the menu. Six statements with the submission's own."""
    line, sheet, session, facts = _open_seat(data, data["kursi"], stamp)
    record = record_of(stamp, line.seat, sheet, **marked(data, stamp, session, guest=line.is_guest))
    return written(record, line, sheet, session, facts)


def marked(data: Mapping[str, Any], stamp: Stamp, session: MeetingSession, *, guest: bool) -> dict[str, Any]:
    """What one tap on a name records. Raises `AskWhen`, `NeverAbsent`, and a refusal before the doors are open."""
    wanted = Status(data["status"])
    if guest and not wanted.came:
        raise NeverAbsent
    tapped = wanted is Status.HADIR and not data.get("tepat")
    said = said_when_late(data, stamp, session) if tapped else wanted
    refuse_early(stamp, session)
    return {"kind": RecordKind.IN if tapped else RecordKind.STATUS, "status": said, "method": Method.TAP}


def void(data: Mapping[str, Any], stamp: Stamp) -> Line | None:
    """Cancel the one record that is named, also when it is still under way; never a toggle.

    None when it names neither a seat nor what has come in yet, but its list: then it waits for its tap.
    """
    target: UUID = data["urung"]
    seat = data["kursi"]
    if seat is None or data["rapat"] is data.get("lembar") is None:
        place = _place_of(target)
        if place is None:
            _void_early(target, data.get("lembar"), stamp)
            return None
        seat, listed = place
        data = {"rapat": None, "lembar": listed}
    line, sheet, session, facts = _open_seat(data, seat, stamp)
    record = record_of(stamp, seat, sheet, kind=RecordKind.VOID, method=Method.TAP, voids=target)
    return written(record, line, sheet, session, facts)


def walk_in(data: Mapping[str, Any], stamp: Stamp) -> Line:
    """Somebody at the door without an invitation: a person of ours, or a guest of whom only the name is typed."""
    listed = data.get("lembar") or _first_laid(data["rapat"])
    sheet, session = open_sheet(listed, lock=True)
    refuse_early(stamp, session)
    said = said_when_late(data, stamp, session)
    seat = _seat_at_the_door(data, stamp, sheet)
    record = record_of(stamp, seat, sheet, kind=RecordKind.IN, status=said, method=Method.WALK_IN)
    return let_in(record, sheet, session)


def open_sheet(sheet_id: int, *, lock: bool = False) -> tuple[Sheet, MeetingSession]:
    """The list that this viewer keeps, while it may be marked. Raises `NotThere` and `SheetClosed`."""
    return _to_mark(db.session.execute(_sheet(lock), {"sheet": sheet_id}).one_or_none())


def _to_mark(row: Any) -> tuple[Sheet, MeetingSession]:
    if row is None or not current().covers(row[0].region_code):
        raise NotThere
    if not row[0].stage.is_open:
        raise SheetClosed
    return row[0], row[1]


def open_meeting(meeting_id: int) -> Kept:
    """The list of a meeting that this viewer keeps and that may be marked: the one that matters now.

    Nothing is added meanwhile by another (PostgreSQL). Raises `NotThere`, and `SheetClosed` when all are handed in.
    """
    lists = sheets_of(meeting_id)
    if not lists:
        raise NotThere
    open_sheets = [one for one in lists if one.stage.is_open]
    if not open_sheets:
        raise SheetClosed
    chosen = most_wanted(open_sheets)
    open_sheet(chosen.sheet.id, lock=True)
    return chosen


def _first_laid(meeting_id: int) -> int:
    """What names its meeting alone waited on a phone since every meeting had one list. Raises `NotThere`."""
    lists = sheets_of(meeting_id)
    if not lists:
        raise NotThere
    return min(one.sheet.id for one in lists)


@cache
def _sheet(lock: bool) -> Select[Sheet, MeetingSession]:
    """Made once, like the next: every tap asks this."""
    found = (
        select(Sheet, MeetingSession)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .where(Sheet.id == bindparam("sheet"))
        .execution_options(populate_existing=True)
    )
    return found.with_for_update(of=Sheet) if lock else found


@cache
def _sheet_and_records() -> Select[Sheet, MeetingSession, AttendanceRecord]:
    own = and_(
        AttendanceRecord.invitation_id == bindparam("seat"), AttendanceRecord.session_id == Sheet.session_id
    )
    return _sheet(lock=False).outerjoin(AttendanceRecord, own).add_columns(AttendanceRecord)


def seat_for(sheet: Sheet, stamp: Stamp, **who: Any) -> int:
    """A new seat at the site of a sheet, with its verdicts; returns its id."""
    seat = Invitation(
        meeting_id=sheet.meeting_id,
        site_id=sheet.site_id,
        region_code=sheet.region_code,
        invited_by=stamp.sender_id,
        invited_at=stamp.received_at,
        **who,
    )
    db.session.add(seat)
    lay(sheet.meeting_id)
    return seat.id


def _void_early(target: UUID, listed: int | None, stamp: Stamp) -> None:
    if listed is None:
        raise NotThere
    sheet, _session = open_sheet(listed, lock=True)
    wait_for(target, sheet, stamp)


def _place_of(target: UUID) -> tuple[int, int] | None:
    """Seat and sheet of a stored record."""
    listed = and_(Sheet.session_id == AttendanceRecord.session_id, Sheet.site_id == Invitation.site_id)
    found = (
        select(Invitation.id, Sheet.id)
        .join(AttendanceRecord, AttendanceRecord.invitation_id == Invitation.id)
        .join(Sheet, listed)
        .where(AttendanceRecord.id == target)
    )
    row = db.session.execute(found).one_or_none()
    return (row[0], row[1]) if row is not None else None


def _open_seat(
    data: Mapping[str, Any], seat: int, stamp: Stamp
) -> tuple[Line, Sheet, MeetingSession, list[Fact]]:
    """A seat on a list that may be marked, with what was recorded on it. Two statements, the first of which locks."""
    place = place_of(seat, stamp.happened_at, data["rapat"], data.get("lembar"))
    if place is None:
        raise NotThere
    rows = db.session.execute(_sheet_and_records(), {"sheet": place.sheet_id, "seat": seat}).all()
    sheet, session = _to_mark(rows[0] if rows else None)
    return place.line, sheet, session, facts_among(row[2] for row in rows)


def record_of(stamp: Stamp, seat: int, sheet: Sheet, **what: Any) -> AttendanceRecord:
    """The record that this stamp makes on one seat."""
    return AttendanceRecord(**as_told(stamp, seat, sheet), **what)


def as_told(stamp: Stamp, seat: int, sheet: Sheet) -> dict[str, Any]:
    """When, where and by whom, as every record keeps it."""
    return {
        "id": stamp.submission_id,
        "invitation_id": seat,
        "session_id": sheet.session_id,
        "region_code": sheet.region_code,
        "claimed_at": stamp.claimed_at,
        "happened_at": stamp.happened_at,
        "received_at": stamp.received_at,
        "offset": stamp.offset,
        "drift": stamp.drift,
        "untimed": stamp.is_untimed,
        "recorder_id": stamp.sender_id,
        "device_session_id": stamp.device,
    }


def let_in(record: AttendanceRecord, sheet: Sheet, session: MeetingSession) -> Line:
    """Add the record of somebody who came to the door, whose undo may be here before it; the line as it then stands."""
    line, facts = known_on(sheet, record.invitation_id)
    waited = record.received_at - record.happened_at > ONLINE
    if line.walk_in or waited:  # whoever is invited has a seat that the undo names
        facts = [*facts, *facts_among(undo_at_once(record))]
    return written(record, line, sheet, session, facts)


def written(
    record: AttendanceRecord,
    line: Line,
    sheet: Sheet,
    session: MeetingSession,
    facts: Sequence[Fact],
) -> Line:
    """Add the record to the `facts` of its seat; the line as it then stands. Raises `TooOften`."""
    return line.judged(added(record, session, facts, closed=not sheet.stage.is_open))


def refuse_early(stamp: Stamp, session: MeetingSession) -> None:
    """Raise a refusal before the doors are open."""
    opens = Hours.of(session).opens_at
    if stamp.received_at < opens:
        time = hour(opens, session.offset)
        raise Refusal(_("Belum waktunya. Kehadiran bisa dicatat mulai pukul %(time)s.", time=time))


def said_when_late(data: Mapping[str, Any], stamp: Stamp, session: MeetingSession) -> Status | None:
    """What was said of a tap once the border of lateness had passed; None: the hour says by itself who is late.

    Raises `AskWhen` when nothing was said after the end.
    """
    if stamp.happened_at <= session.late_after:
        return None
    if data.get("waktu") is None:
        if stamp.happened_at > session.ends_at:
            raise AskWhen
        return None
    return Status.HADIR if data["waktu"] == "tepat" else Status.TERLAMBAT


def _seat_at_the_door(data: Mapping[str, Any], stamp: Stamp, sheet: Sheet) -> int:
    """Whoever is on the list already is marked there; two phones may let in the same person at once."""
    if data.get("mewakili"):
        sent = Sent(data["orang"], data["nama"])
        return send(data["mewakili"], sent, sheet, stamp.sender_id, stamp.submission_id)
    if data["orang"] is None:
        return seat_for(
            sheet, stamp, guest_name=data["nama"], walk_in=True, submission_id=stamp.submission_id
        )
    known = select(Invitation.id).where(
        Invitation.site_id == sheet.site_id, Invitation.person_id == data["orang"]
    )
    seat = db.session.scalars(known).one_or_none()
    if seat is not None:
        return seat
    willing = select(Person.id).where(Person.id == data["orang"], Person.withdrawn_at.is_(None))
    person = db.session.scalars(willing).one_or_none()
    if person is None:
        raise NotThere
    return seat_for(sheet, stamp, person_id=person, walk_in=True, submission_id=stamp.submission_id)

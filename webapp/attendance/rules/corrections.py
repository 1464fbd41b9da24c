"""After the lock: a change has a reason, a before and an after, one who asks and another who decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import select, update

from webapp.attendance.models import (
    NO_GUEST,
    AttendanceRecord,
    Correction,
    MeetingSession,
    Method,
    RecordKind,
    Sheet,
    SheetState,
    Status,
)
from webapp.attendance.rules.evidence import name_photos
from webapp.attendance.rules.four_eyes import refuse_part
from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.recording import record_of
from webapp.attendance.rules.review import OverTaken, get_sheet
from webapp.attendance.rules.settling import known_on, settle
from webapp.attendance.rules.training import judge
from webapp.attendance.rules.verdicts import live
from webapp.people.rules.naming import names_of
from webapp.plumbing.clock import WIB, hour, now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp


def ask(data: Mapping[str, Any], stamp: Stamp) -> Correction:
    """Ask for another status of one seat on a locked sheet, or that a guest was none; the same wish twice is one."""
    sheet = get_sheet(data["lembar"], lock=True)
    if sheet.stage is not SheetState.LOCKED:
        raise Refusal(_("Lembar ini belum dikunci, jadi tidak perlu koreksi. Ubah langsung di daftarnya."))
    seat, after, by = data["kursi"], data["menjadi"], stamp.sender_id
    line, _facts = known_on(sheet, seat)
    _refuse_unfit(line, after)
    if after in (line.status, NO_GUEST if _is_off(line) else None):
        raise Refusal(_("Statusnya memang sudah begitu. Pilih status yang lain."))
    waiting = _waiting(sheet, seat)
    if waiting is not None:
        if (waiting.asked_by, waiting.after) == (by, after):
            return waiting
        raise Refusal(_("Sudah ada koreksi yang menunggu untuk nama ini. Tunggu putusannya dulu."))
    wish = Correction(
        sheet_id=sheet.id,
        invitation_id=seat,
        region_code=sheet.region_code,
        before=line.status,
        after=after,
        reason=data["alasan"],
        evidence=data["bukti"] or None,
        asked_by=by,
        asked_at=stamp.received_at,
        submission_id=stamp.submission_id,
    )
    db.session.add(wish)
    db.session.flush()
    name_photos(sheet, data["foto"], stamp, wish.id)
    return wish


def decide(correction_id: int, by: int, *, accepted: bool) -> Correction:
    """Grant or refuse a correction; never on a list in whose keeping one has a part.

    The condition of the UPDATE lets only one decide.
    """
    wish = db.session.scalars(select(Correction).where(Correction.id == correction_id)).one_or_none()
    if wish is None:
        raise NotThere
    if wish.asked_by == by:
        raise Refusal(_("Koreksi ini Anda sendiri yang minta, jadi pengawas lain yang memutuskan."))
    sheet = get_sheet(wish.sheet_id)
    refuse_part(sheet, by)
    if accepted and wish.accepted is None:
        _refuse_unfit(known_on(sheet, wish.invitation_id)[0], wish.after)
    first = update(Correction).where(Correction.id == wish.id, Correction.accepted.is_(None))
    done = db.session.execute(
        first.values(accepted=accepted, decided_by=by, decided_at=now()),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(wish)
    if done.rowcount:  # type: ignore[attr-defined]
        if accepted:
            _write(wish, sheet)
    elif (wish.decided_by, wish.accepted) != (by, accepted):
        raise _overtaken(wish)
    return wish


def _overtaken(wish: Correction) -> OverTaken:
    zone = select(MeetingSession.offset).join(Sheet, Sheet.session_id == MeetingSession.id)
    offset = db.session.scalars(zone.where(Sheet.id == wish.sheet_id)).one_or_none() or WIB
    told = {
        "name": names_of([wish.decided_by or 0]).get(wish.decided_by or 0, ""),
        "time": hour(wish.decided_at, offset),
    }
    if wish.accepted:
        return OverTaken(_("Koreksi ini sudah disetujui oleh %(name)s pukul %(time)s.", **told))
    return OverTaken(_("Koreksi ini sudah ditolak oleh %(name)s pukul %(time)s.", **told))


def _refuse_unfit(line: Line, after: str) -> None:
    """Only a guest or a delegate can be taken off the list; and nobody missed a guest whom nobody expected."""
    if after == NO_GUEST and not line.walk_in:
        raise Refusal(_("%(name)s diundang, jadi tetap di daftar. Pilih status yang lain.", name=line.name))
    if line.is_guest and after not in (Status.HADIR, Status.TERLAMBAT, NO_GUEST):
        raise Refusal(_("%(name)s tamu. Pilih Hadir, Terlambat, atau Bukan tamu.", name=line.name))


def _is_off(line: Line) -> bool:
    """Whether nothing holds that would keep a guest on the list."""
    return line.walk_in and line.status is Status.BELUM and line.claims_since is None


def _write(wish: Correction, sheet: Sheet) -> None:
    """The change is a record like any other, made by who asked; it outranks all before it, or cancels each of them."""
    session = db.session.scalars(select(MeetingSession).where(MeetingSession.id == sheet.session_id)).one()
    line, facts = known_on(sheet, wish.invitation_id)
    if wish.after == NO_GUEST:
        said: list[dict[str, Any]] = [{"kind": RecordKind.VOID, "voids": fact.id} for fact in live(facts)]
    else:
        said = [{"kind": RecordKind.STATUS, "status": wish.after}]
    db.session.add_all(_record(wish, sheet, session, **what) for what in said)
    db.session.flush()
    settle(wish.invitation_id, session, closed=not line.walk_in)
    judge(sheet.meeting_id)


def _record(wish: Correction, sheet: Sheet, session: MeetingSession, **what: Any) -> AttendanceRecord:
    moment = now()
    stamp = Stamp(uuid4(), wish.asked_by, moment, moment, moment, session.offset, drift=0)
    return record_of(stamp, wish.invitation_id, sheet, method=Method.CORRECTION, **what)


def _waiting(sheet: Sheet, seat: int) -> Correction | None:
    found = select(Correction).where(
        Correction.sheet_id == sheet.id, Correction.invitation_id == seat, Correction.accepted.is_(None)
    )
    return db.session.scalars(found).first()

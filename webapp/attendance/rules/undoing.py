"""An undo that overtakes its tap: it waits beside the list until the tap comes in, and is then a record like any other.

Only a tap that makes its own seat can be overtaken without a word about the seat: a guest who was let in, or a card
that no list knows. Every other undo names the seat and is recorded at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from webapp.attendance.models import AttendanceRecord, EarlyUndo, Method, RecordKind, Sheet
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, delete_where
from webapp.plumbing.submissions import Stamp

KEEP = timedelta(days=30)
STAMPED = "claimed_at happened_at received_at offset drift recorder_id device_session_id".split()


def wait_for(target: UUID, sheet: Sheet, stamp: Stamp) -> None:
    """Keep the undo of a tap on this list that has not come in yet; once is enough for one hand.

    A tap with more undos than a seat may have records would be refused when it comes in.
    """
    waiting = select(EarlyUndo.id).where(EarlyUndo.voids == target, EarlyUndo.recorder_id == stamp.sender_id)
    if db.session.scalar(waiting.limit(1)) is not None:
        return
    db.session.add(
        EarlyUndo(
            id=stamp.submission_id,
            sheet_id=sheet.id,
            region_code=sheet.region_code,
            voids=target,
            claimed_at=stamp.claimed_at,
            happened_at=stamp.happened_at,
            received_at=stamp.received_at,
            offset=stamp.offset,
            drift=stamp.drift,
            recorder_id=stamp.sender_id,
            device_session_id=stamp.device,
        )
    )
    db.session.flush()


def forget_early_undos() -> int:
    """Delete the undos in the bound scope whose tap never came, after 30 days; how many there were."""
    return delete_where(EarlyUndo, EarlyUndo.received_at < now() - KEEP)


def undo_at_once(record: AttendanceRecord) -> list[AttendanceRecord]:
    """Add the undos that have waited for this record, by the hand that made it. One statement when none has."""
    waited = select(EarlyUndo).where(
        EarlyUndo.voids == record.id, EarlyUndo.recorder_id == record.recorder_id
    )
    early = db.session.scalars(waited.order_by(EarlyUndo.id)).all()
    undos = [_as_record(one, record) for one in early]
    if undos:
        db.session.add_all(undos)
        db.session.flush()
        gone = delete(EarlyUndo).where(EarlyUndo.id.in_([one.id for one in early]))
        db.session.execute(gone, execution_options={"synchronize_session": False})
    return undos


def _as_record(early: EarlyUndo, record: AttendanceRecord) -> AttendanceRecord:
    told: dict[str, Any] = {name: getattr(early, name) for name in STAMPED}
    where = {"invitation_id": record.invitation_id, "session_id": record.session_id}
    said = {"kind": RecordKind.VOID, "method": Method.TAP, "voids": early.voids}
    return AttendanceRecord(id=early.id, region_code=record.region_code, **where, **said, **told)

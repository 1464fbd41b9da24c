"""What stands on one seat: its records, one more of them, and the verdict that follows from them all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select, update

from webapp.attendance.models import AttendanceRecord, Invitation, MeetingSession, Sheet, Verdict
from webapp.attendance.rules.lines import Line, line_on
from webapp.attendance.rules.verdicts import Fact, Hours, Outcome, are_too_many, derive
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


class TooOften(Refusal):
    """One recorder has said as much of one seat as anybody could mean: more would only slow the list down."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Kehadiran ini sudah terlalu sering Anda ubah. Minta pengawas memeriksanya, atau ajukan koreksi."
            )
        )


def known_on(sheet: Sheet, seat: int) -> tuple[Line, list[Fact]]:
    """One seat on one list with all that was recorded on it, also by a tap under way, which is waited for.

    One statement; on PostgreSQL one more before it, because what is read together with a lock is older than the lock.
    Raises `NotThere`.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(Invitation.id).where(Invitation.id == seat).with_for_update())
    line, records = line_on(sheet, seat)
    if line is None:
        raise NotThere
    return line, facts_among(records)


def added(
    record: AttendanceRecord, session: MeetingSession, facts: Sequence[Fact], *, closed: bool = False
) -> Outcome:
    """Add the record beside those that its seat has, and make the verdict anew. Two statements. Raises `TooOften`."""
    if are_too_many(record.recorder_id, facts):
        raise TooOften
    db.session.add(record)
    db.session.flush()
    return settle(record.invitation_id, session, closed=closed, facts=[*facts, Fact.of(record)])


def settle(
    seat: int, session: MeetingSession, *, closed: bool = False, facts: Sequence[Fact] | None = None
) -> Outcome:
    """Make the verdict on a seat anew from all its records, and keep it. Two statements; one with the `facts`."""
    known = facts_of(seat, session.id) if facts is None else facts
    outcome = derive(known, Hours.of(session), closed=closed)
    row = update(Verdict).where(Verdict.invitation_id == seat, Verdict.session_id == session.id)
    db.session.execute(row.values(**vars(outcome)), execution_options={"synchronize_session": False})
    return outcome


def facts_of(seat: int, session_id: int) -> list[Fact]:
    """What the records of one seat say."""
    found = db.session.scalars(_records(), {"seat": seat, "session": session_id})
    return [Fact.of(record) for record in found]


def facts_among(records: Iterable[AttendanceRecord | None]) -> list[Fact]:
    """What these records say; None stands for none."""
    return [Fact.of(record) for record in records if record is not None]


@cache
def _records() -> Select[AttendanceRecord]:
    return select(AttendanceRecord).where(
        AttendanceRecord.invitation_id == bindparam("seat"),
        AttendanceRecord.session_id == bindparam("session"),
    )

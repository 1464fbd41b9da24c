"""Ganda: what each of the hands recorded that marked the same seat without knowing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.attendance.models import AttendanceRecord, MeetingSession, RecordKind, Status
from webapp.attendance.rules.lines import Line, named
from webapp.attendance.rules.verdicts import Fact, Hours, live
from webapp.plumbing.database import db


@dataclass(frozen=True)
class Said:
    """One record of a seat: who, when (UTC), what, and whether the verdict follows it."""

    by: str
    at: datetime
    status: Status
    holds: bool


@dataclass(frozen=True)
class Double:
    """A seat that two phones marked, with everything that was said of it, in the order in which it happened."""

    line: Line
    said: Sequence[Said]


def doubles_of(lines: Iterable[Line], session: MeetingSession) -> list[Double]:
    """The doubled among these lines. One statement, none when nothing is doubled."""
    doubled = {line.seat: line for line in lines if line.doubled}
    if not doubled:
        return []
    found = (
        select(AttendanceRecord, named.c.name)
        .join(named, named.c.id == AttendanceRecord.recorder_id)
        .where(AttendanceRecord.session_id == session.id, AttendanceRecord.invitation_id.in_(list(doubled)))
    )
    by_seat: dict[int, list[tuple[AttendanceRecord, str]]] = {seat: [] for seat in doubled}
    for record, name in db.session.execute(found):
        by_seat[record.invitation_id].append((record, name))
    return [Double(line, _said(line, by_seat[seat], Hours.of(session))) for seat, line in doubled.items()]


def _said(line: Line, records: Sequence[tuple[AttendanceRecord, str]], hours: Hours) -> list[Said]:
    hands = {record.id: name for record, name in records}
    facts = sorted(live(Fact.of(record) for record, _name in records), key=lambda fact: fact.at(hours))
    return [
        Said(hands[fact.id], fact.at(hours), _status(fact, hours), fact.id == line.record_id)
        for fact in facts
    ]


def _status(fact: Fact, hours: Hours) -> Status:
    """What the record says; of a tap the hour says it."""
    late = fact.kind == RecordKind.IN and fact.at(hours) > hours.late_after
    return Status(fact.status or (Status.TERLAMBAT if late else Status.HADIR))

"""Ganda: what each of the hands recorded that marked the same seat without knowing of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.attendance.models import AttendanceRecord, RecordKind, Status
from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.verdicts import Fact, Hours, live


@dataclass(frozen=True)
class Said:
    """One record of a seat: who, when (UTC), what, how, and whether the verdict follows it."""

    by: str
    at: datetime
    status: Status
    method: str
    holds: bool


def said_of(line: Line, records: Sequence[tuple[AttendanceRecord, str]], hours: Hours) -> list[Said]:
    """What was said of a seat, in the order in which it happened, from all its records and who made them."""
    hands = {record.id: name for record, name in records}
    facts = sorted(live(Fact.of(record) for record, _name in records), key=lambda fact: fact.at(hours))
    return [
        Said(hands[fact.id], fact.at(hours), _status(fact, hours), fact.method, fact.id == line.record_id)
        for fact in facts
    ]


def _status(fact: Fact, hours: Hours) -> Status:
    """What the record says; of a tap the hour says it."""
    late = fact.kind == RecordKind.IN and fact.at(hours) > hours.late_after
    return Status(fact.status or (Status.TERLAMBAT if late else Status.HADIR))

"""The keeper answers many claims at once: each becomes a tap of her own, as if she had tapped the names one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from webapp.attendance.models import AttendanceRecord, Method, RecordKind, Sheet
from webapp.attendance.rules.lines import Line, lines_of
from webapp.attendance.rules.recording import as_told, open_sheet
from webapp.attendance.rules.together import lock_seats, write
from webapp.attendance.rules.verdicts import Hours
from webapp.plumbing.database import db
from webapp.plumbing.submissions import Stamp

CLAIMS = UUID(
    "5c7b1d2e-0a4f-4b57-9f0e-6a1f0f4d8f11"
)  # ids of these taps follow from the claims that they answer


def vouch(sheet_id: int, seats: Collection[int], stamp: Stamp) -> int:
    """Tap those of `seats` that claim to be there from near by; how many there were. The same once more adds nothing.

    Raises `NotThere` and `SheetClosed`.
    """
    sheet, session = open_sheet(sheet_id, lock=True)
    lock_seats(set(seats))
    wanted = [line for line in near_claims(lines_of(sheet)) if line.seat in seats]
    rows = unknown([_tap(line, sheet, stamp) for line in wanted])
    if rows:
        write(rows, {session.id: Hours.of(session)})
    return len(rows)


def near_claims(lines: Iterable[Line]) -> list[Line]:
    """Those who say to be there, from near by, and wait for an answer."""
    return [line for line in lines if line.claims_since and not line.far]


def unknown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of these records that nobody has made yet. One statement."""
    ids = [row["id"] for row in rows]
    known = set(db.session.scalars(select(AttendanceRecord.id).where(AttendanceRecord.id.in_(ids))))
    return [row for row in rows if row["id"] not in known]


def _tap(line: Line, sheet: Sheet, stamp: Stamp) -> dict[str, Any]:
    answered = uuid5(CLAIMS, f"{sheet.id}.{line.seat}.{line.claims_since}")
    own = replace(stamp, submission_id=answered)
    told = {"kind": RecordKind.IN, "status": None, "method": Method.TAP}
    return as_told(own, line.seat, sheet) | told

"""Several marks at once: what `mark` does one by one, in four statements and one for each meeting.

They come in the order in which they happened. Each gets the verdict that its seat has after it; the last one is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, bindparam, insert, select, update

from webapp.attendance.models import AttendanceRecord, Invitation, MeetingSession, Sheet, Verdict
from webapp.attendance.rules.recording import as_told, marked, open_sheet
from webapp.attendance.rules.verdicts import Fact, Hours, Outcome, derive
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

kept: Any = Verdict.__table__
Told = tuple[Mapping[str, Any], Stamp]
Held = tuple[Sheet, MeetingSession]
Seat = tuple[int, int]  # invitation, session
FACT = "id kind status method happened_at received_at drift device_session_id recorder_id voids".split()


def mark_all(told: Sequence[Told]) -> list[Outcome | Refusal]:
    """Take several taps on names: for each the verdict after it, or why it was refused."""
    meetings = _lock({data["kursi"] for data, _stamp in told})
    sheets = {meeting: _open(meeting) for meeting in sorted(set(meetings.values()))}
    judged = [_judge(data, stamp, meetings, sheets) for data, stamp in told]
    rows = [one for one in judged if not isinstance(one, Refusal)]
    hours = {
        held[0].session_id: Hours.of(held[1]) for held in sheets.values() if not isinstance(held, Refusal)
    }
    outcomes = iter(_write(rows, hours) if rows else ())
    return [one if isinstance(one, Refusal) else next(outcomes) for one in judged]


def _lock(seats: set[int]) -> dict[int, int]:
    """Meeting of each seat that there is; every other tap on them waits, and none waits for two in another order."""
    return dict(iter(db.session.execute(_seats(), {"seats": list(seats)})))


@cache
def _seats() -> Select[int, int]:
    """Made once, like the others: making such a query costs more than running it."""
    return (
        select(Invitation.id, Invitation.meeting_id)
        .join(Verdict, Verdict.invitation_id == Invitation.id)
        .where(Invitation.id.in_(bindparam("seats", expanding=True)))
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
    )


def _open(meeting: int) -> Held | Refusal:
    try:
        return open_sheet(meeting)
    except Refusal as refusal:
        return refusal


def _judge(
    data: Mapping[str, Any], stamp: Stamp, meetings: Mapping[int, int], sheets: Mapping[int, Held | Refusal]
) -> dict[str, Any] | Refusal:
    """The record that one tap makes, or why it makes none."""
    if meetings.get(data["kursi"]) != data["rapat"]:
        return NotThere()
    held = sheets[data["rapat"]]
    if isinstance(held, Refusal):
        return held
    try:
        return as_told(stamp, data["kursi"], held[0]) | marked(data, stamp, held[1])
    except Refusal as refusal:
        return refusal


def _write(rows: Sequence[dict[str, Any]], hours: Mapping[int, Hours]) -> list[Outcome]:
    """Add the records, and keep on each seat what then follows from all of its own."""
    known = _facts(rows)
    db.session.execute(insert(AttendanceRecord), rows)
    outcomes, last = [], {}
    for row in rows:
        seat = row["invitation_id"], row["session_id"]
        record: Any = SimpleNamespace(**row, voids=None)
        known[seat].append(Fact.of(record))
        last[seat] = derive(known[seat], hours[seat[1]])
        outcomes.append(last[seat])
    told = [{"seat": seat, "session": session, **vars(last[seat, session])} for seat, session in sorted(last)]
    db.session.execute(_settle(), told)
    return outcomes


def _facts(rows: Sequence[dict[str, Any]]) -> dict[Seat, list[Fact]]:
    """What was recorded before on the seats of these rows."""
    asked = {name: list({row[f"{name}_id"] for row in rows}) for name in ("invitation", "session")}
    found: dict[Seat, list[Fact]] = defaultdict(list)
    for record in db.session.execute(_records(), asked):
        found[record.invitation_id, record.session_id].append(Fact.of(record))  # type: ignore[arg-type]
    return found


@cache
def _records() -> Select[*tuple[Any, ...]]:
    columns = [getattr(AttendanceRecord, name) for name in (*FACT, "invitation_id", "session_id")]
    return select(*columns).where(
        AttendanceRecord.invitation_id.in_(bindparam("invitation", expanding=True)),
        AttendanceRecord.session_id.in_(bindparam("session", expanding=True)),
    )


@cache
def _settle() -> Any:
    seat = (kept.c.invitation_id == bindparam("seat"), kept.c.session_id == bindparam("session"))
    return update(kept).where(*seat).values({name: bindparam(name) for name in OUTCOME})


OUTCOME = tuple(Outcome.__dataclass_fields__)

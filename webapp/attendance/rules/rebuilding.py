"""Proof that nothing is known but what was recorded: all verdicts made anew from the records."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select

from webapp.attendance.models import AttendanceRecord, Invitation, MeetingSession, Sheet, Verdict
from webapp.attendance.rules.verdicts import Fact, Hours, Outcome, derive
from webapp.plumbing.database import db


def rebuild() -> tuple[int, int]:
    """Make every verdict in the scope anew, session by session; returns how many there are, and how many differed.

    A seat without a verdict gets one, and counts as different.
    """
    seen = differed = 0
    sheets = select(Sheet, MeetingSession).join(MeetingSession, MeetingSession.id == Sheet.session_id)
    for sheet, session in db.session.execute(sheets).all():
        seats, wrong = _rebuild_one(sheet, session)
        seen, differed = seen + seats, differed + wrong
    db.session.flush()
    return seen, differed


def _rebuild_one(sheet: Sheet, session: MeetingSession) -> tuple[int, int]:
    facts, kept = _facts_by_seat(session.id), _verdicts_by_seat(session.id)
    seats = db.session.scalars(select(Invitation.id).where(Invitation.meeting_id == sheet.meeting_id)).all()
    wrong = 0
    for seat in seats:
        outcome = derive(facts[seat], Hours.of(session), closed=not sheet.stage.is_open)
        if seat not in kept:
            kept[seat] = Verdict(
                invitation_id=seat, session_id=session.id, region_code=sheet.region_code, status=""
            )
            db.session.add(kept[seat])
        wrong += _put_right(kept[seat], outcome)
    return len(seats), wrong


def _put_right(verdict: Verdict, outcome: Outcome) -> bool:
    differs = {name: value for name, value in vars(outcome).items() if getattr(verdict, name) != value}
    for name, value in differs.items():
        setattr(verdict, name, value)
    return bool(differs)


def _facts_by_seat(session_id: int) -> dict[int, list[Fact]]:
    facts: dict[int, list[Fact]] = defaultdict(list)
    for record in db.session.scalars(
        select(AttendanceRecord).where(AttendanceRecord.session_id == session_id)
    ):
        facts[record.invitation_id].append(Fact.of(record))
    return facts


def _verdicts_by_seat(session_id: int) -> dict[int, Verdict]:
    found = select(Verdict).where(Verdict.session_id == session_id)
    return {
        verdict.invitation_id: verdict
        for verdict in db.session.scalars(found.execution_options(populate_existing=True))
    }

"""Proof that nothing is known but what was recorded: all verdicts made anew from the records."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Select, select

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    Meeting,
    MeetingKind,
    MeetingSession,
    Sheet,
    Verdict,
)
from webapp.attendance.rules.training import judge
from webapp.attendance.rules.verdicts import Fact, Hours, Outcome, derive
from webapp.plumbing.database import db


def rebuild() -> tuple[int, int]:
    """Make every verdict in the scope anew, session by session; returns how many there are, and how many differed.

    A seat without a verdict gets one, and counts as different. Trainings follow the verdicts.
    """
    seen = differed = 0
    sheets = select(Sheet, MeetingSession).join(MeetingSession, MeetingSession.id == Sheet.session_id)
    for sheet, session in db.session.execute(sheets).all():
        seats, wrong = _rebuild_one(sheet, session)
        seen, differed = seen + seats, differed + wrong
    db.session.flush()
    for meeting in db.session.scalars(select(Meeting.id).where(Meeting.kind == MeetingKind.BIMTEK)).all():
        judge(meeting)
    return seen, differed


def _rebuild_one(sheet: Sheet, session: MeetingSession) -> tuple[int, int]:
    facts, kept = _facts_by_seat(sheet), _verdicts_by_seat(sheet)
    found = _seats_of(sheet).add_columns(Invitation.invited_at, Invitation.walk_in)
    seats = [
        (seat, walk_in)
        for seat, invited_at, walk_in in db.session.execute(found)
        if seat in kept or facts[seat] or not _is_later(sheet, invited_at)
    ]
    wrong = 0
    for seat, walk_in in seats:
        closed = not (sheet.stage.is_open or walk_in)
        outcome = derive(facts[seat], Hours.of(session), closed=closed)
        if seat not in kept:
            kept[seat] = Verdict(
                invitation_id=seat, session_id=session.id, region_code=sheet.region_code, status=""
            )
            db.session.add(kept[seat])
        wrong += _put_right(kept[seat], outcome)
    return len(seats), wrong


def _is_later(sheet: Sheet, invited_at: datetime) -> bool:
    """Whether the list was handed in before somebody was invited: then she does not stand on it."""
    if sheet.stage.is_open or sheet.submitted_at is None:
        return False
    return invited_at >= sheet.submitted_at


def _put_right(verdict: Verdict, outcome: Outcome) -> bool:
    differs = {name: value for name, value in vars(outcome).items() if getattr(verdict, name) != value}
    for name, value in differs.items():
        setattr(verdict, name, value)
    return bool(differs)


def _seats_of(sheet: Sheet) -> Select[int]:
    return select(Invitation.id).where(Invitation.site_id == sheet.site_id)


def _facts_by_seat(sheet: Sheet) -> dict[int, list[Fact]]:
    facts: dict[int, list[Fact]] = defaultdict(list)
    found = select(AttendanceRecord).where(AttendanceRecord.session_id == sheet.session_id)
    for record in db.session.scalars(found.where(AttendanceRecord.invitation_id.in_(_seats_of(sheet)))):
        facts[record.invitation_id].append(Fact.of(record))
    return facts


def _verdicts_by_seat(sheet: Sheet) -> dict[int, Verdict]:
    found = select(Verdict).where(Verdict.session_id == sheet.session_id)
    found = found.where(Verdict.invitation_id.in_(_seats_of(sheet)))
    return {
        verdict.invitation_id: verdict
        for verdict in db.session.scalars(found.execution_options(populate_existing=True))
    }

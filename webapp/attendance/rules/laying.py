"""Lists are laid out: one for every session at every site, and a verdict for every seat on each list that is open.

A list that is handed in gets no seat any more: whoever is invited, or comes, afterwards does not stand on it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, insert, select

from webapp.attendance.models import Invitation, MeetingSession, Sheet, SheetState, Site, Verdict
from webapp.places.rules.scope import current
from webapp.plumbing.budget import Cost, spend_at_the_end
from webapp.plumbing.database import db

MOST_ROWS = 10_000  # lists and verdicts that one form lays out: everybody else's taps wait for it
ROWS = 100  # so many weigh as much as one thing of its sender's budget
OPEN = tuple(state for state in SheetState if state.is_open)


def lay(meeting_id: int) -> int:
    """Add the sheets and verdicts that a meeting lacks, and say how many; those that are there stay.

    Two statements when none is lacking.
    """
    db.session.flush()
    mine = current()
    sheets = [
        {"session_id": session, "site_id": site, "meeting_id": meeting_id, "region_code": code}
        for session, site, code in db.session.execute(_sheets_lacking(), {"meeting": meeting_id})
        if mine.covers(code)  # whoever keeps one site sees the others, and not their lists
    ]
    _insert(Sheet, sheets)
    verdicts = [
        {"invitation_id": seat, "session_id": session, "region_code": code}
        for seat, session, code in db.session.execute(_verdicts_lacking(), {"meeting": meeting_id})
    ]
    _insert(Verdict, verdicts)
    return len(sheets) + len(verdicts)


def _insert(model: type[Sheet | Verdict], rows: list[dict[str, Any]]) -> None:
    """All in one go: a training has thousands of seats."""
    if rows:
        db.session.execute(insert(model), rows)


def rows_of(sessions: int, sites: int, people: int) -> int:
    """How many lists and verdicts a meeting of this size has."""
    return sessions * (sites + people)


def pay_for(rows: int, by: int | None) -> None:
    """Count what one form lays out beyond the form itself, if somebody sent it. Raises `OverBudget`."""
    if by is not None and rows >= ROWS:
        spend_at_the_end(by, Cost(rows // ROWS))


@cache
def _sheets_lacking() -> Select[int, int, str]:
    """Made once, like the other: a series asks them for every week."""
    laid = and_(Sheet.session_id == MeetingSession.id, Sheet.site_id == Site.id)
    return (
        select(MeetingSession.id, Site.id, Site.region_code)
        .join(Site, Site.meeting_id == MeetingSession.meeting_id)
        .outerjoin(Sheet, laid)
        .where(MeetingSession.meeting_id == bindparam("meeting"), Sheet.id.is_(None))
        .order_by(MeetingSession.id, Site.id)
    )


@cache
def _verdicts_lacking() -> Select[int, int, str]:
    laid = and_(Verdict.session_id == Sheet.session_id, Verdict.invitation_id == Invitation.id)
    return (
        select(Invitation.id, Sheet.session_id, Invitation.region_code)
        .join(Sheet, Sheet.site_id == Invitation.site_id)
        .outerjoin(Verdict, laid)
        .where(
            Invitation.meeting_id == bindparam("meeting"),
            Verdict.invitation_id.is_(None),
            Sheet.state.in_(OPEN),
        )
        .order_by(Invitation.id, Sheet.session_id)
    )

"""Lists are laid out: one for every session at every site, and a verdict for every seat on each list that is open.

A list that is handed in gets no seat any more: whoever is invited, or comes, afterwards does not stand on it.
"""

from __future__ import annotations

from sqlalchemy import Select, and_, select

from webapp.attendance.models import Invitation, MeetingSession, Sheet, SheetState, Site, Verdict
from webapp.places.rules.scope import current
from webapp.plumbing.database import db

OPEN = tuple(state for state in SheetState if state.is_open)


def lay(meeting_id: int) -> None:
    """Add the sheets and verdicts that a meeting lacks; those that are there stay. Two statements when none does."""
    db.session.flush()
    db.session.add_all(
        Sheet(session_id=session, site_id=site, meeting_id=meeting_id, region_code=code)
        for session, site, code in db.session.execute(_sheets_lacking(meeting_id)).all()
        if current().covers(code)  # whoever keeps one site sees the others, and not their lists
    )
    db.session.add_all(
        Verdict(invitation_id=seat, session_id=session, region_code=code)
        for seat, session, code in db.session.execute(_verdicts_lacking(meeting_id)).all()
    )
    db.session.flush()


def _sheets_lacking(meeting_id: int) -> Select[int, int, str]:
    laid = and_(Sheet.session_id == MeetingSession.id, Sheet.site_id == Site.id)
    return (
        select(MeetingSession.id, Site.id, Site.region_code)
        .join(Site, Site.meeting_id == MeetingSession.meeting_id)
        .outerjoin(Sheet, laid)
        .where(MeetingSession.meeting_id == meeting_id, Sheet.id.is_(None))
        .order_by(MeetingSession.id, Site.id)
    )


def _verdicts_lacking(meeting_id: int) -> Select[int, int, str]:
    laid = and_(Verdict.session_id == Sheet.session_id, Verdict.invitation_id == Invitation.id)
    return (
        select(Invitation.id, Sheet.session_id, Invitation.region_code)
        .join(Sheet, Sheet.site_id == Invitation.site_id)
        .outerjoin(Verdict, laid)
        .where(Invitation.meeting_id == meeting_id, Verdict.invitation_id.is_(None), Sheet.state.in_(OPEN))
        .order_by(Invitation.id, Sheet.session_id)
    )

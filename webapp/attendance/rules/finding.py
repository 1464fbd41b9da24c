"""Meetings as they are opened: by whoever may see them, or by whoever keeps or reviews their list."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.attendance.models import Meeting, MeetingSession, Sheet, SheetState
from webapp.places.rules.scope import current
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere


@dataclass(frozen=True)
class Held:
    """A meeting with its session, and its sheet for those who may see the list."""

    meeting: Meeting
    session: MeetingSession
    sheet: Sheet | None = None

    @property
    def stage(self) -> SheetState:
        """How far the sheet has come; a draft for those who do not see it."""
        return self.sheet.stage if self.sheet else SheetState.DRAFT


@dataclass(frozen=True)
class Kept(Held):
    """A meeting whose list lies in one's own region."""

    sheet: Sheet


def meeting_of(meeting_id: int) -> Held:
    """A meeting of one's region, or to which one is invited. One statement; raises `NotThere`."""
    found = (
        select(Meeting, MeetingSession, Sheet)
        .join(MeetingSession, MeetingSession.meeting_id == Meeting.id)
        .outerjoin(Sheet, Sheet.session_id == MeetingSession.id)
        .options(joinedload(Meeting.region))
        .where(Meeting.id == meeting_id)
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(found).first()
    if row is None:
        raise NotThere
    return Held(row[0], row[1], row[2])


def kept_meeting(meeting_id: int) -> Kept:
    """A meeting whose list one may see: an invitation alone does not open it. Raises `NotThere`."""
    held = meeting_of(meeting_id)
    if held.sheet is None or not current().covers(held.meeting.region_code):
        raise NotThere
    return Kept(held.meeting, held.session, held.sheet)

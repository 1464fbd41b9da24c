"""Meetings as they are opened: by whoever may see them, or by whoever keeps or reviews a list of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Integer, Select, and_, bindparam, exists, select
from sqlalchemy.orm import joinedload

from webapp.attendance.models import Invitation, Meeting, MeetingSession, Sheet, SheetState, Site
from webapp.places.rules.scope import current
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere


@dataclass(frozen=True)
class Held:
    """A meeting with one session at one site, and its sheet for those who may see that list.

    `own`: whether the reader has a seat at this site. `alone`: it is the meeting's only one that the reader sees.
    """

    meeting: Meeting
    session: MeetingSession
    site: Site
    sheet: Sheet | None = None
    own: bool = False
    alone: bool = True

    @property
    def stage(self) -> SheetState:
        """How far the sheet has come; a draft for those who do not see it."""
        return self.sheet.stage if self.sheet else SheetState.DRAFT

    @property
    def offset(self) -> int:
        """The zone of the site, in minutes east: its hours are shown in it."""
        return self.site.offset


@dataclass(frozen=True)
class Kept(Held):
    """A session at a site whose list lies in one's own region."""

    sheet: Sheet


def meeting_of(meeting_id: int) -> Held:
    """A meeting of one's region, or to which one is invited, at the session and site that matter most to the reader.

    One's own list comes first, then one's own seat; then what runs, comes next, or was last. Raises `NotThere`.
    """
    return most_wanted(parts_of(meeting_id))


def parts_of(meeting_id: int) -> list[Held]:
    """Each session of such a meeting at each of its sites, with the list where one may see it. Raises `NotThere`."""
    found = _all_of(_held().where(Meeting.id == meeting_id))
    if not found:
        raise NotThere
    return found


def kept_meeting(meeting_id: int) -> Kept:
    """The list of a meeting that one keeps or reviews and that matters now. Raises `NotThere`."""
    lists = sheets_of(meeting_id)
    if not lists:
        raise NotThere
    return most_wanted(lists)


def kept_sheet(sheet_id: int) -> Kept:
    """The list of one session at one site, in one's own region. Raises `NotThere`."""
    lists = lists_among(_all_of(_held().where(Sheet.id == sheet_id)))
    if not lists:
        raise NotThere
    return lists[0]


def led_meeting(meeting_id: int) -> Kept:
    """A meeting of one's own region, not only one that has a site there. Raises `NotThere`."""
    kept = kept_meeting(meeting_id)
    if not current().covers(kept.meeting.region_code):
        raise NotThere
    return kept


def sheets_of(meeting_id: int) -> list[Kept]:
    """Every list of a meeting in one's own region, by session and site. One statement."""
    return lists_among(_all_of(_held().where(Meeting.id == meeting_id)))


Timed = TypeVar("Timed", bound=Any)


def nearest(sessions: Iterable[Timed], at: datetime) -> Timed:
    """Of things with `starts_at` and `ends_at` the one that runs at `at`, comes next or was last; never of none."""
    return min(sessions, key=lambda one: away(one, at))


def away(session: Any, at: datetime) -> tuple[int, timedelta]:
    """Sorts what runs at `at` before what comes, and that before what was."""
    if session.starts_at <= at <= session.ends_at:
        return 0, timedelta()
    return (1, session.starts_at - at) if session.starts_at > at else (2, at - session.ends_at)


Chosen = TypeVar("Chosen", bound=Held)


def most_wanted(found: list[Chosen]) -> Chosen:
    """One's own list, then one's own seat; then what runs, comes next, or was last. Never of none."""
    moment = now()
    return min(
        found, key=lambda one: (one.sheet is None, not one.own, away(one.session, moment), one.site.id)
    )


def lists_among(found: Iterable[Held]) -> list[Kept]:
    """Those whose list one may see: an invitation alone does not open it."""
    mine = [one for one in found if one.sheet and current().covers(one.sheet.region_code)]
    return [
        Kept(one.meeting, one.session, one.site, one.sheet, one.own, len(mine) == 1)
        for one in mine
        if one.sheet
    ]


def _all_of(found: Select[*tuple[Any, ...]]) -> list[Held]:
    rows = db.session.execute(found, {"me": current().person_id or 0}).all()
    return [
        Held(meeting, session, site, sheet, own, len(rows) == 1)
        for meeting, session, site, sheet, own in rows
    ]


@cache
def _held() -> Select[*tuple[Any, ...]]:
    """Made once; whose seat is looked for is told as `me`."""
    own = Invitation.__table__.alias("my_seat")
    seat = exists().where(own.c.site_id == Site.id, own.c.person_id == bindparam("me", type_=Integer))
    return (
        select(Meeting, MeetingSession, Site, Sheet, seat)
        .join(MeetingSession, MeetingSession.meeting_id == Meeting.id)
        .join(Site, Site.meeting_id == Meeting.id)
        .outerjoin(Sheet, and_(Sheet.session_id == MeetingSession.id, Sheet.site_id == Site.id))
        .options(joinedload(Meeting.region))
        .order_by(MeetingSession.starts_at, MeetingSession.id, Site.id)
        .execution_options(populate_existing=True)
    )

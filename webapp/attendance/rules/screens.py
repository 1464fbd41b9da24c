"""Saya hadir by the code of a site's screen: the token says not before, when we hear of it says not after.

A narrow gap counts at once, whatever the phone's clock says; a wide one, of a phone without network or of a picture
that was passed on, waits for somebody to look (`held`). Whoever is invited to another site of the meeting gets a seat
at this one; whoever is not invited at all gets one too, and waits. Nobody is turned away for being late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.models import (
    Invitation,
    Meeting,
    MeetingSession,
    Method,
    RecordKind,
    Sheet,
    Site,
)
from webapp.attendance.rules.positions import beyond, keep_position
from webapp.attendance.rules.recording import SheetClosed, record_of, refuse_early, seat_for
from webapp.attendance.rules.settling import added, facts_of
from webapp.attendance.rules.tokens import Shown
from webapp.attendance.rules.verdicts import Fact, Hours, Outcome, derive, is_said
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions import Stamp

NARROW = timedelta(seconds=120)
SIGNING_IN = timedelta(minutes=15)  # the address that notes a reading can be passed on
WHY = "a screen's code opens its own list, to whoever read it"


class NotOurCode(Refusal):
    """No sheet of ours has signed it."""

    def __init__(self) -> None:
        super().__init__(
            _("Kode layar ini tidak dikenali. Pindai lagi kode yang sedang tampil di layar rapat.")
        )


@dataclass(frozen=True)
class Listed:
    """What the code belongs to."""

    meeting: Meeting
    session: MeetingSession
    site: Site
    sheet: Sheet


def listed_by(shown: Shown, *, lock: bool = False) -> Listed:
    """The list whose screen has shown this. One statement; raises `NotOurCode`."""
    found = (
        select(Meeting, MeetingSession, Site, Sheet)
        .select_from(Sheet)
        .join(Meeting, Meeting.id == Sheet.meeting_id)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .join(Site, Site.id == Sheet.site_id)
        .where(Sheet.id == shown.sheet_id)
        .execution_options(populate_existing=True)
    )
    with everywhere(WHY):
        row = db.session.execute(found.with_for_update(of=Sheet) if lock else found).one_or_none()
    if row is None or not shown.is_of(row[3].secret):
        raise NotOurCode
    return Listed(*row)


def is_stale(shown: Shown, heard: datetime) -> bool:
    """Whether too much time lies between the showing and our hearing of it, in either direction."""
    return abs(heard - shown.at) > NARROW


def heard_at(seen: datetime | None, received: datetime) -> datetime:
    """When we heard of a reading: as its address was opened, as long as one may be signing in, else on arrival."""
    return seen if seen is not None and received - seen <= SIGNING_IN else received


def come(data: Mapping[str, Any], stamp: Stamp) -> Outcome:
    """Record that the sender has read the screen of a site. Raises `NotOurCode` and `SheetClosed`."""
    shown: Shown = data["shown"]
    listed = listed_by(shown, lock=True)
    refuse_early(stamp, listed.session)
    if not listed.sheet.stage.is_open:
        raise SheetClosed
    with everywhere(WHY):
        return _recorded(listed, data, stamp)


def _recorded(listed: Listed, data: Mapping[str, Any], stamp: Stamp) -> Outcome:
    sheet, shown, position = listed.sheet, data["shown"], data["position"]
    seat, invited = _seat(sheet, stamp)
    stale = is_stale(shown, heard_at(data["seen"], stamp.received_at))
    record = record_of(
        stamp,
        seat,
        sheet,
        kind=RecordKind.IN,
        method=Method.SCREEN,
        seen_at=shown.at,
        held=stale or not invited or shown.at > listed.session.ends_at,
        beyond=beyond(listed.site, position),
    )
    record.happened_at = _came_at(shown, stamp, stale=stale)
    facts = facts_of(seat, listed.session.id)
    if is_said(Fact.of(record), facts):
        return derive(facts, Hours.of(listed.session))
    outcome = added(record, listed.session, facts)
    keep_position(record, position)
    return outcome


def _seat(sheet: Sheet, stamp: Stamp) -> tuple[int, bool]:
    """The sender's seat at the site, an own one at the door if need be; and whether others want her at the meeting."""
    own = select(Invitation.id, Invitation.site_id, Invitation.walk_in, Invitation.invited_by).where(
        Invitation.meeting_id == sheet.meeting_id, Invitation.person_id == stamp.sender_id
    )
    seats = db.session.execute(own.with_for_update()).all()
    invited = any(not seat.walk_in or seat.invited_by != stamp.sender_id for seat in seats)
    here = next((seat.id for seat in seats if seat.site_id == sheet.site_id), None)
    who = {"person_id": stamp.sender_id, "walk_in": True, "submission_id": stamp.submission_id}
    return here or seat_for(sheet, stamp, **who), invited


def _came_at(shown: Shown, stamp: Stamp, *, stale: bool) -> datetime:
    """When the code was read: with its showing, if we heard of it soon; never before, whatever the phone says."""
    if not stale:
        return min(shown.at, stamp.received_at)
    return min(max(shown.at, stamp.happened_at), stamp.received_at)

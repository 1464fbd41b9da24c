"""Saya hadir: the invited says so herself, and it waits for the coordinator's tap.

The list lies outside her scope, so the one record and the one verdict that are hers are written beyond it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.models import Invitation, MeetingSession, Method, RecordKind, Sheet, Site
from webapp.attendance.rules.finding import away
from webapp.attendance.rules.positions import beyond, keep_position
from webapp.attendance.rules.recording import SheetClosed, record_of
from webapp.attendance.rules.settling import added, facts_of
from webapp.attendance.rules.verdicts import Fact, Hours, Outcome, derive, is_said
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import hour
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp


def claim(data: Mapping[str, Any], stamp: Stamp) -> Outcome:
    """Record that the sender says to be there; between an hour before the start and the end.

    From too far away, or from nowhere, it is taken too, and flagged. Said again it adds nothing.
    """
    with everywhere("the invited claims her own seat"):
        seat, sheet, session, site = _own_seat(data["rapat"], stamp)
        _refuse_outside_hours(stamp, session)
        if not sheet.stage.is_open:
            raise SheetClosed
        far = beyond(site, data["position"])
        record = record_of(stamp, seat.id, sheet, kind=RecordKind.IN, method=Method.SELF, beyond=far)
        facts = facts_of(seat.id, session.id)
        if is_said(Fact.of(record), facts):
            return derive(facts, Hours.of(session))
        outcome = added(record, session, facts)
        keep_position(record, data["position"])
        return outcome


def _own_seat(meeting_id: int, stamp: Stamp) -> tuple[Invitation, Sheet, MeetingSession, Site]:
    """One's seat at the session nearest to the tap. Whoever hands its list in is waited for before it is read."""
    own = Invitation.meeting_id == meeting_id, Invitation.person_id == stamp.sender_id
    db.session.execute(select(Invitation.id).where(*own).order_by(Invitation.id).with_for_update())
    found = (
        select(Invitation, Sheet, MeetingSession, Site)
        .join(Sheet, Sheet.site_id == Invitation.site_id)
        .join(Site, Site.id == Invitation.site_id)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .where(*own)
        .order_by(Invitation.id, Sheet.id)
        .execution_options(populate_existing=True)
    )
    rows = db.session.execute(found).all()
    if not rows:
        raise NotThere
    row = min(rows, key=lambda one: away(one[2], stamp.happened_at))
    return row[0], row[1], row[2], row[3]


def _refuse_outside_hours(stamp: Stamp, session: MeetingSession) -> None:
    opens = Hours.of(session).opens_at
    if stamp.received_at < opens:
        time = hour(opens, session.offset)
        raise Refusal(_("Belum waktunya. Anda bisa menyatakan hadir mulai pukul %(time)s.", time=time))
    if stamp.happened_at > session.ends_at:
        raise Refusal(_("Rapat sudah selesai. Minta koordinator mencatat kehadiran Anda."))

"""Who was recorded at two sites of one meeting: at the same session, or minutes apart."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.attendance.models import AttendanceRecord, Invitation, Sheet, Site, Status, Verdict, site_name
from webapp.attendance.rules.finding import Kept
from webapp.attendance.rules.verdicts import SAID_ONESELF
from webapp.people.models import DeviceSession
from webapp.places.models import Region
from webapp.plumbing.database import db

APART = timedelta(minutes=30)
CAME = tuple(status for status in Status if status.came)


@dataclass(frozen=True)
class Elsewhere:
    """The same person at another site: where, and when (UTC; None: recorded after the end)."""

    seat: int
    record_id: UUID | None
    place: str
    at: datetime | None


def elsewhere_of(kept: Kept) -> dict[int, Elsewhere]:
    """By seat of this list: where else the person was, of the lists that the reader may see. One statement."""
    mine, theirs, here, there = _pair()
    found = (
        _twice(mine, theirs, here, there)
        .add_columns(mine.id, theirs.id, there.record_id, Site.mode, Site.place, Region.name)
        .add_columns(there.first_in, here.first_in, there.session_id == here.session_id)
        .join(Region, Region.code == Site.region_code)
        .where(mine.site_id == kept.site.id, here.session_id == kept.session.id)
        .order_by(theirs.id)
    )
    return {
        seat: Elsewhere(other, record, site_name(mode, place, region), at)
        for _sheet, seat, other, record, mode, place, region, at, own, same in db.session.execute(found)
        if same or (at and own and abs(at - own) <= APART)
    }


def with_pairs(sheets: Collection[int]) -> set[int]:
    """Which of these lists have somebody who may have been at two sites, or a phone that several used. One statement.

    Rather one too many: their own page says it exactly.
    """
    if not sheets:
        return set()
    mine, theirs, here, there = _pair()
    twice = _twice(mine, theirs, here, there).where(Sheet.id.in_(sheets))
    found = union_all(twice, _shared(sheets))
    return set(db.session.scalars(select(found.subquery().c[0])))


def _pair() -> tuple[Any, Any, Any, Any]:
    return aliased(Invitation), aliased(Invitation), aliased(Verdict), aliased(Verdict)


def _twice(mine: Any, theirs: Any, here: Any, there: Any) -> Select[Any]:
    """Sheets with a seat whose person came here and has come to another site of the same meeting too."""
    same = and_(theirs.meeting_id == mine.meeting_id, theirs.person_id == mine.person_id)
    return (
        select(Sheet.id)
        .join(mine, mine.site_id == Sheet.site_id)
        .join(here, and_(here.invitation_id == mine.id, here.session_id == Sheet.session_id))
        .join(theirs, and_(same, theirs.site_id != mine.site_id))
        .join(there, there.invitation_id == theirs.id)
        .join(Site, Site.id == theirs.site_id)
        .where(here.status.in_(CAME), there.status.in_(CAME))
        .where(or_(there.session_id == here.session_id, there.first_in.is_not(None)))
    )


def _shared(sheets: Collection[int]) -> Select[Any]:
    """Sheets with a browser on which several people recorded themselves."""
    phone = func.coalesce(DeviceSession.handset, AttendanceRecord.device_session_id)
    return (
        select(Sheet.id)
        .join(Invitation, Invitation.site_id == Sheet.site_id)
        .join(
            AttendanceRecord,
            and_(
                AttendanceRecord.invitation_id == Invitation.id,
                AttendanceRecord.session_id == Sheet.session_id,
            ),
        )
        .outerjoin(DeviceSession, DeviceSession.id == AttendanceRecord.device_session_id)
        .where(Sheet.id.in_(sheets), AttendanceRecord.method.in_(SAID_ONESELF), phone.is_not(None))
        .group_by(Sheet.id, phone)
        .having(func.count(func.distinct(Invitation.id)) > literal(1))
    )

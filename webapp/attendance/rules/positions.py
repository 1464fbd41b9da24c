"""Where a self check-in was tapped: judged against the site, kept apart, and forgotten. Nobody is refused for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, false, or_, select

from webapp.attendance.models import AttendancePosition, AttendanceRecord, Mode, Site
from webapp.places.models import Election
from webapp.places.rules.elections import gone_days
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import day_bounds, local_day, now
from webapp.plumbing.database import db, delete_where
from webapp.plumbing.geo import metres_between

WHY = "what is past its date is forgotten everywhere"
UNJUDGED = -1
GIVEN_M = 50  # a phone indoors is granted its own inaccuracy up to here


@dataclass(frozen=True)
class Position:
    """Degrees, and how wrong the phone believes it may be, in metres."""

    latitude: float
    longitude: float
    accuracy: float


def beyond(site: Site, position: Position | None) -> int | None:
    """Metres farther from the site than its radius and the phone's inaccuracy allow: 0 when near, None for nowhere.

    `UNJUDGED` where there is nothing to judge by: of a site without a position, and of one that is joined from afar.
    """
    if site.mode == Mode.ZOOM or site.latitude is None or site.longitude is None:
        return UNJUDGED
    if position is None:
        return None
    allowed = site.radius + min(position.accuracy, GIVEN_M)
    way = metres_between(position.latitude, position.longitude, site.latitude, site.longitude)
    return max(0, round(way - allowed))


def way_words(metres: int) -> str:
    """850 meter, 2 km, 12,5 km."""
    if metres < 1000:
        return _("%(m)s meter", m=metres)
    return _("%(km)s km", km=f"{metres / 1000:.1f}".removesuffix(".0").replace(".", ","))


def keep_position(record: AttendanceRecord, position: Position | None) -> None:
    """Keep the position beside its record, which has been flushed."""
    if position is None:
        return
    told = {"latitude": position.latitude, "longitude": position.longitude, "accuracy": position.accuracy}
    db.session.add(AttendancePosition(record_id=record.id, region_code=record.region_code, **told))


def forget_positions() -> int:
    """Delete the positions of self check-ins that are past their date, as those of check-ins; how many there were."""
    with everywhere(WHY):
        recorded = select(AttendanceRecord.id).where(past_their_date(AttendanceRecord.received_at))
        return delete_where(AttendancePosition, AttendancePosition.record_id.in_(recorded))


def past_their_date(at: Any) -> ColumnElement[bool]:
    """Whether what was received `at` (a column) must be forgotten today. One statement of its own."""
    gone = gone_days(db.session.scalars(select(Election)), local_day(now()))
    past = at < day_bounds(gone.since)[0]
    if gone.last > date.min:
        past = and_(at >= day_bounds(gone.last)[1], past)
    over = false() if gone.until is None else at < day_bounds(gone.until)[1]
    return or_(over, past)

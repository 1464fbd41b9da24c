"""Where a self check-in was tapped: judged against the site, kept apart, and forgotten. Nobody is refused for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

from webapp.attendance.models import AttendancePosition, AttendanceRecord, Mode, Site
from webapp.plumbing.database import db

EARTH_M = 6_371_009
GIVEN_M = 50  # a phone indoors is granted its own inaccuracy up to here
KEEP = timedelta(days=90)


@dataclass(frozen=True)
class Position:
    """Degrees, and how wrong the phone believes it may be, in metres."""

    latitude: float
    longitude: float
    accuracy: float

    def metres_to(self, latitude: float, longitude: float) -> float:
        """The way along the surface, in metres."""
        here, there = radians(self.latitude), radians(latitude)
        across = sin((there - here) / 2) ** 2
        along = cos(here) * cos(there) * sin(radians(longitude - self.longitude) / 2) ** 2
        return 2 * EARTH_M * asin(min(1.0, sqrt(across + along)))


def beyond(site: Site, position: Position | None) -> int | None:
    """Metres farther from the site than its radius and the phone's inaccuracy allow: 0 when near, None for nowhere.

    0 too where nothing can be judged: of a site without a position, and of one that is joined from afar.
    """
    if site.mode == Mode.ZOOM or site.latitude is None or site.longitude is None:
        return 0
    if position is None:
        return None
    allowed = site.radius + min(position.accuracy, GIVEN_M)
    return max(0, round(position.metres_to(site.latitude, site.longitude) - allowed))


def keep_position(record: AttendanceRecord, position: Position | None) -> None:
    """Keep the position beside its record, which has been flushed."""
    if position is None:
        return
    told = {"latitude": position.latitude, "longitude": position.longitude, "accuracy": position.accuracy}
    db.session.add(AttendancePosition(record_id=record.id, region_code=record.region_code, **told))

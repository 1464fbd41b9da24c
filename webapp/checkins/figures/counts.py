"""What the kept counters must say."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, func, select

from webapp.checkins.models import CheckIn


def expected_counts() -> Select[int | None, date, int]:
    """TPS (station id), its local day, and its unvoided check-ins, counted from the rows."""
    return (
        select(CheckIn.station_id, CheckIn.day, func.count().label("checkins"))
        .where(CheckIn.station_id.is_not(None), CheckIn.voided_at.is_(None))
        .group_by(CheckIn.station_id, CheckIn.day)
    )

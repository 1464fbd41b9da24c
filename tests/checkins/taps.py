"""A tap as a phone sends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from tests.cast import KAPUK, station_id

TPS_1 = f"tps-{station_id(KAPUK, 1)}"
AT_TPS = {"jenis": "tps", "tempat": TPS_1}


def tap(
    fields: dict[str, Any] | None = None,
    *,
    at: datetime | None = None,
    off: timedelta | None = None,
    offset: int = 420,
    **more: Any,
) -> dict[str, Any]:
    """The fields of a form with what the script adds: `at` the moment, `off` how far the phone's clock is ahead."""
    wall = timezone(timedelta(minutes=offset))
    sent = datetime.now(UTC) + (off or timedelta())
    moment = (at or datetime.now(UTC)) + (off or timedelta())
    stamp = {
        "id": str(uuid4()),
        "happened_at": moment.astimezone(wall).isoformat(timespec="milliseconds"),
        "offset": str(offset),
        "clock": sent.astimezone(wall).isoformat(timespec="milliseconds"),
    }
    return (AT_TPS if fields is None and not more else fields or {}) | more | stamp

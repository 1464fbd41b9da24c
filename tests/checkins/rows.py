"""Check-ins as they lie in the database, made without a phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from webapp.checkins.models import CheckIn
from webapp.places.rules.scope import everywhere
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import local_day
from webapp.plumbing.database import db

NOON = datetime(2024, 11, 9, 5, 0, tzinfo=UTC)


def check_in(person_id: int, code: str, at: datetime = NOON, **more: Any) -> CheckIn:
    """One row that is not counted anywhere, in the session and flushed."""
    told: dict[str, Any] = {
        "submission_id": uuid4(), "person_id": person_id, "region_code": code, "kind": "posko",
        "day": local_day(at, offset_of(code)), "claimed_at": at, "happened_at": at, "received_at": at,
        "offset": offset_of(code), "drift": 0,
    }  # fmt: skip
    with everywhere("a test prepares"):
        row = CheckIn(**told | more)
        db.session.add(row)
        db.session.flush()
    return row


def many(person_id: int, code: str, number: int, **more: Any) -> None:
    """So many, an hour apart, the last at noon."""
    for n in range(number):
        check_in(person_id, code, NOON - timedelta(hours=number - 1 - n), **more)
    db.session.commit()

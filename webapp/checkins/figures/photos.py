"""How many photos the check-ins of a list have, and how many of them are here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from webapp.checkins.models import CheckIn, CheckInPhoto
from webapp.checkins.rules.photos import with_bytes
from webapp.plumbing.database import db
from webapp.plumbing.files import Blob


def photos_of(rows: Sequence[CheckIn]) -> dict[int, list[str | None]]:
    """For each check-in (by its row number) that names photos, their states in order; None: nothing has come.

    One statement, whatever the number of check-ins.
    """
    if not rows:
        return {}
    query = with_bytes(select(CheckIn.id, Blob.state)).where(
        CheckInPhoto.check_in_id.in_([r.id for r in rows])
    )
    found: dict[int, list[str | None]] = defaultdict(list)
    for check_in_id, state in db.session.execute(query):
        found[check_in_id].append(state)
    return dict(found)

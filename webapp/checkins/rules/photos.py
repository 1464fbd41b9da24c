"""The photos of a check-in: it names them, and their bytes come on their own, before it or after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, insert, select
from sqlalchemy.orm import contains_eager

from webapp.checkins.models import CheckIn, CheckInPhoto
from webapp.plumbing.database import db
from webapp.plumbing.files import Blob
from webapp.plumbing.refusal import NotThere


def name_photos(*taken: tuple[int, Mapping[str, Any]]) -> None:
    """Write down which photos go with new check-ins (their ids, what was told), whether they have come yet or not."""
    rows = [
        {"check_in_id": row, "sha256": sha256, "place": place}
        for row, data in taken
        for place, sha256 in enumerate(data.get("foto") or ())
    ]
    if rows:
        db.session.execute(insert(CheckInPhoto), rows)


def photographed(submission_id: UUID) -> tuple[CheckIn, list[tuple[CheckInPhoto, Blob | None]]]:
    """A check-in within the scope, and its photos with what has come of each. Raises `NotThere`. One statement."""
    query = (
        select(CheckIn, CheckInPhoto, Blob)
        .join(CheckIn.region)
        .outerjoin(CheckIn.station)
        .options(contains_eager(CheckIn.region), contains_eager(CheckIn.station))
    )
    rows = db.session.execute(with_bytes(query).where(CheckIn.submission_id == submission_id)).all()
    if not rows:
        raise NotThere
    return rows[0][0], [(photo, blob) for _row, photo, blob in rows]


def photo_at(submission_id: UUID, place: int) -> Blob:
    """What has come of one photo of a check-in within the scope. Raises `NotThere`."""
    query = with_bytes(select(Blob).select_from(CheckIn))
    wanted = and_(CheckIn.submission_id == submission_id, CheckInPhoto.place == place, Blob.id.is_not(None))
    blob = db.session.scalars(query.where(wanted)).one_or_none()
    if blob is None:
        raise NotThere
    return blob


def with_bytes(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join the photos of check-ins, and what has come of each from the phone of the same person."""
    return (
        query.join(CheckInPhoto, CheckInPhoto.check_in_id == CheckIn.id)
        .outerjoin(Blob, and_(Blob.owner_id == CheckIn.person_id, Blob.sha256 == CheckInPhoto.sha256))
        .order_by(CheckInPhoto.place)
    )

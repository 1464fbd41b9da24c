"""Photos that bear something out on a sheet: named at once, their bytes come on their own, before or after."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, exists, select

from webapp.attendance.models import Sheet, SheetPhoto
from webapp.attendance.rules.positions import WHY, past_their_date
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, delete_where
from webapp.plumbing.files import Blob, named_by
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.submissions import Stamp


def name_photos(sheet: Sheet, photos: Sequence[str], stamp: Stamp, correction_id: int | None = None) -> None:
    """Write down which photos (SHA-256) of the sender go with a correction, or show the signed sheet."""
    for sha256 in photos:
        db.session.add(
            SheetPhoto(
                sheet_id=sheet.id,
                region_code=sheet.region_code,
                correction_id=correction_id,
                owner_id=stamp.sender_id,
                sha256=sha256,
                added_at=stamp.received_at,
            )
        )
    db.session.flush()


def photo_of(sheet_id: int, photo_id: int) -> Blob:
    """What has come of one photo of a sheet in one's own region. Raises `NotThere`."""
    same = and_(Blob.owner_id == SheetPhoto.owner_id, Blob.sha256 == SheetPhoto.sha256)
    found = select(Blob).select_from(SheetPhoto).join(Blob, same)
    this = (SheetPhoto.id == photo_id, SheetPhoto.sheet_id == sheet_id)
    blob = db.session.scalars(found.where(*this)).one_or_none()
    if blob is None:
        raise NotThere
    return blob


def forget_photos() -> int:
    """Forget which photos belong to sheets, when their time has come as that of positions; how many there were."""
    with everywhere(WHY):
        return delete_where(SheetPhoto, past_their_date(SheetPhoto.added_at))


named_by(lambda: exists().where(SheetPhoto.sha256 == Blob.sha256, SheetPhoto.owner_id == Blob.owner_id))

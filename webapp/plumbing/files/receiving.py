"""Taking a file in parts: in any number of tries, from any host, and whole only when its hash says so."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, or_, select

from webapp.plumbing.clock import now
from webapp.plumbing.database import db, upsert
from webapp.plumbing.files.models import REFUSED, UNFINISHED, Blob, BlobPart
from webapp.plumbing.refusal import Refusal

MOST_BYTES = 5 * 1024 * 1024
PART_BYTES = 64 * 1024
MOST_UNFINISHED = 40  # of one person
MOST_A_DAY = 300


class TooMany(Refusal):
    """Nobody fills the disk: an honest phone finishes one photo before it begins the next."""

    status = 429


def find(owner_id: int, sha256: str) -> Blob | None:
    """What has come of this file of this person."""
    return db.session.scalars(_blob(owner_id, sha256)).one_or_none()


def take(owner_id: int, sha256: str, begins_at: int, total: int, part: bytes) -> Blob:
    """Keep the bytes that follow those that are there; anything else changes nothing. In a write transaction.

    A total other than before begins the file anew: one of the two was wrong. Raises `TooMany`.
    """
    blob = _opened(owner_id, sha256, total)
    if blob.state == UNFINISHED and blob.size != total:
        _begin_anew(blob, total)
    if blob.state != UNFINISHED:
        return blob
    if part and begins_at == blob.have and begins_at + len(part) <= blob.size:
        db.session.add(BlobPart(blob_id=blob.id, begins_at=begins_at, bytes=part))
        blob.have += len(part)
        blob.touched_at = now()
    db.session.flush()
    return blob


def is_there(blob: Blob | None) -> bool:
    """Whether all bytes have come, and nobody has judged them yet."""
    return blob is not None and blob.state == UNFINISHED and blob.have == blob.size


def small(key: str) -> str:
    """The key of the small picture that belongs to `key`."""
    return key.replace(".", "s.")


def _opened(owner_id: int, sha256: str, total: int) -> Blob:
    """The row of this file, locked; the unique constraint decides who makes it."""
    found = db.session.scalars(locked(owner_id, sha256)).one_or_none()
    if found is not None:
        return found
    _keep_to_the_limit(owner_id)
    db.session.execute(upsert(Blob).values(_new(owner_id, sha256, total)).on_conflict_do_nothing())
    return db.session.scalars(locked(owner_id, sha256)).one()


def _new(owner_id: int, sha256: str, total: int) -> dict[str, object]:
    moment, name = now(), uuid4().hex
    too_long = total > MOST_BYTES
    return {
        "owner_id": owner_id,
        "sha256": sha256,
        "size": total,
        "have": 0,
        "state": REFUSED if too_long else UNFINISHED,
        "reason": _("Foto ini lebih dari 5 MB. Ambil fotonya lagi dengan ukuran lebih kecil.")
        if too_long
        else None,
        "key": f"foto/{name[:2]}/{name}.jpg",
        "created_at": moment,
        "touched_at": moment,
        "tries": 0,
        "judging_since": None,
    }


def _begin_anew(blob: Blob, total: int) -> None:
    drop_parts(blob)
    fresh = _new(blob.owner_id, blob.sha256, total)
    for name in ("size", "have", "state", "reason", "touched_at", "judging_since"):
        setattr(blob, name, fresh[name])


def _keep_to_the_limit(owner_id: int) -> None:
    today = Blob.created_at > now() - timedelta(days=1)
    unfinished = Blob.state == UNFINISHED
    query = select(func.count().filter(unfinished), func.count().filter(today)).where(
        Blob.owner_id == owner_id, or_(unfinished, today)
    )
    waiting, begun = db.session.execute(query).one()
    if waiting >= MOST_UNFINISHED or begun >= MOST_A_DAY:
        raise TooMany(
            _(
                "Terlalu banyak foto Anda yang belum selesai dikirim. Sisanya dicoba lagi nanti, satu per satu."
            )
        )


def drop_parts(blob: Blob) -> None:
    """Forget what was sent of it."""
    gone = delete(BlobPart).where(BlobPart.blob_id == blob.id)
    db.session.execute(gone, execution_options={"synchronize_session": False})


def _blob(owner_id: int, sha256: str) -> Select[Blob]:
    return select(Blob).where(Blob.owner_id == owner_id, Blob.sha256 == sha256)


def locked(owner_id: int, sha256: str) -> Select[Blob]:
    """The row of this file as it stands now, and nobody else may change it meanwhile."""
    return _blob(owner_id, sha256).with_for_update().execution_options(populate_existing=True)

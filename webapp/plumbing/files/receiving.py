"""Taking a file in parts: in any number of tries, from any host, and whole only when its hash says so."""

from __future__ import annotations

import hashlib
import logging
import threading
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, or_, select

from webapp.plumbing.clock import now
from webapp.plumbing.database import db, upsert
from webapp.plumbing.files.models import COMPLETE, REFUSED, UNFINISHED, Blob, BlobPart
from webapp.plumbing.files.pictures import NotAPicture, Picture, made_anew
from webapp.plumbing.files.stores import store
from webapp.plumbing.refusal import Refusal

MOST_BYTES = 5 * 1024 * 1024
PART_BYTES = 64 * 1024
MOST_UNFINISHED = 40  # of one person
MOST_A_DAY = 300
log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()  # a picture takes up to 160 MB while it is drawn


class TooMany(Refusal):
    """Nobody fills the disk: an honest phone finishes one photo before it begins the next."""

    status = 429


@dataclass(frozen=True)
class Judgement:
    """What became of a file whose bytes are all there: a picture, a reason, or (neither) a broken journey."""

    picture: Picture | None = None
    reason: str | None = None


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


def judge(blob: Blob) -> Judgement | None:
    """Look at what has come, and store the picture drawn from it. Slow: outside of any write transaction.

    None when somebody else was faster. Raises `StoreAway`; the parts stay, so that a later request tries again.
    """
    with _one_at_a_time:
        sent = _whole(blob)
        if len(sent) != blob.size:
            return None
        if hashlib.sha256(sent).hexdigest() != blob.sha256:
            log.warning("a file came with another hash: %d bytes", len(sent))
            return Judgement()
        try:
            picture = made_anew(sent)
        except NotAPicture as fault:
            return Judgement(reason=fault.says)
    store().put(blob.key, picture.large)
    store().put(small(blob.key), picture.small)
    return Judgement(picture)


def settle(owner_id: int, sha256: str, judgement: Judgement | None) -> Blob | None:
    """Write the judgement down and drop the parts; who comes second changes nothing. In a write transaction."""
    blob = db.session.scalars(_locked(owner_id, sha256)).one_or_none()
    if blob is None or judgement is None or not is_there(blob):
        return blob
    if judgement.picture is not None:
        _complete(blob, judgement.picture)
    elif judgement.reason is not None:
        blob.state, blob.reason, blob.have = REFUSED, judgement.reason, 0
    else:
        blob.have = 0
    blob.touched_at = now()
    _drop_parts(blob)
    db.session.flush()
    return blob


def small(key: str) -> str:
    """The key of the small picture that belongs to `key`."""
    return key.replace(".", "s.")


def _complete(blob: Blob, picture: Picture) -> None:
    blob.state, blob.reason, blob.have = COMPLETE, None, blob.size
    blob.width, blob.height = picture.width, picture.height
    blob.stored = len(picture.large) + len(picture.small)
    blob.completed_at = now()


def _opened(owner_id: int, sha256: str, total: int) -> Blob:
    """The row of this file, locked; the unique constraint decides who makes it."""
    found = db.session.scalars(_locked(owner_id, sha256)).one_or_none()
    if found is not None:
        return found
    _keep_to_the_limit(owner_id)
    db.session.execute(upsert(Blob).values(_new(owner_id, sha256, total)).on_conflict_do_nothing())
    return db.session.scalars(_locked(owner_id, sha256)).one()


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
    }


def _begin_anew(blob: Blob, total: int) -> None:
    _drop_parts(blob)
    fresh = _new(blob.owner_id, blob.sha256, total)
    for name in ("size", "have", "state", "reason", "touched_at"):
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


def _whole(blob: Blob) -> bytes:
    """All parts in a row; the session may have been waiting for its turn, so they are read only now."""
    parts = select(BlobPart.bytes).where(BlobPart.blob_id == blob.id).order_by(BlobPart.begins_at)
    return b"".join(db.session.scalars(parts))


def _drop_parts(blob: Blob) -> None:
    gone = delete(BlobPart).where(BlobPart.blob_id == blob.id)
    db.session.execute(gone, execution_options={"synchronize_session": False})


def _blob(owner_id: int, sha256: str) -> Select[Blob]:
    return select(Blob).where(Blob.owner_id == owner_id, Blob.sha256 == sha256)


def _locked(owner_id: int, sha256: str) -> Select[Blob]:
    return _blob(owner_id, sha256).with_for_update().execution_options(populate_existing=True)

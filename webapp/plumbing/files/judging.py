"""Judging a file whose bytes are all there: by one at a time, and twice at most, whatever becomes of who begins."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.files.models import COMPLETE, REFUSED, Blob, BlobPart
from webapp.plumbing.files.pictures import NoHands, NotAPicture, Picture, TooSlow, made_anew, too_heavy
from webapp.plumbing.files.receiving import drop_parts, find, is_there, locked, small
from webapp.plumbing.files.stores import StoreAway, store

MOST_TRIES = 2
GIVEN_UP = timedelta(seconds=60)  # who has not ended by then was killed: nothing that we do takes so long
MOST_WAITING = 4  # threads of one process; the others serve pages meanwhile
PATIENCE = 5.0  # seconds that one of them waits for its turn
Turn = Callable[[], AbstractContextManager[None]]
log = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(MOST_WAITING)
_one_at_a_time = threading.Lock()  # an open picture takes up to 700 MB


class NotYet(Exception):
    """Somebody else is at it, or too many wait for their turn. The phone should come again."""


@dataclass(frozen=True)
class Judgement:
    """What became of a file: a picture, a reason, or (neither) a broken journey."""

    picture: Picture | None = None
    reason: str | None = None


def judge(owner_id: int, sha256: str, turn: Turn) -> Blob | None:
    """Look at what has come in full, store the picture drawn from it, and write down what became of it.

    `turn` opens a write transaction: one before the slow part, so that whoever comes meanwhile, or after we were
    killed, knows of it, and one after. Raises `NotYet`; `StoreAway` and `NoHands`, which do not count as a try.
    """
    if not _is_to_be_judged(find(owner_id, sha256)):
        return find(owner_id, sha256)
    with _a_place():
        with turn():
            blob = _begun(owner_id, sha256)
            sent = _whole(blob)
        if blob is None or blob.judging_since is None:
            return blob
        try:
            judgement = _judged(blob, sent)
        except (StoreAway, NoHands):
            with turn():
                _let_go(owner_id, sha256, tried=False)
            raise
        except TooSlow as late:
            with turn():
                _let_go(owner_id, sha256)
            raise NotYet from late
        with turn():
            return _settled(owner_id, sha256, judgement)


@contextmanager
def _a_place() -> Iterator[None]:
    """One's turn among the threads of this process. Raises `NotYet`."""
    if not _places.acquire(blocking=False):
        raise NotYet
    try:
        if not _one_at_a_time.acquire(timeout=PATIENCE):
            raise NotYet
        try:
            yield
        finally:
            _one_at_a_time.release()
    finally:
        _places.release()


def _is_to_be_judged(blob: Blob | None) -> bool:
    """Whether it is whole and waits for a judgement. Raises `NotYet` while somebody is at it."""
    if blob is None or not is_there(blob):
        return False
    if blob.judging_since is not None and now() - blob.judging_since < GIVEN_UP:
        raise NotYet
    return True


def _begun(owner_id: int, sha256: str) -> Blob | None:
    """The row, marked as being judged by us; without the mark when there is nothing to judge any more."""
    blob = db.session.scalars(locked(owner_id, sha256)).one_or_none()
    if blob is None or not _is_to_be_judged(blob):
        return blob
    if blob.tries >= MOST_TRIES:
        log.warning("a file has ended two who judged it: %d bytes", blob.size)
        return _write(blob, Judgement(reason=too_heavy()))
    blob.tries += 1
    blob.judging_since = now()
    db.session.flush()
    return blob


def _judged(blob: Blob, sent: bytes) -> Judgement:
    """Slow: no transaction is open meanwhile."""
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


def _let_go(owner_id: int, sha256: str, *, tried: bool = True) -> None:
    """Take the mark off, so that the next may try."""
    blob = db.session.scalars(locked(owner_id, sha256)).one_or_none()
    if blob is None or not is_there(blob):
        return
    blob.judging_since = None
    if not tried:
        blob.tries -= 1
    elif blob.tries >= MOST_TRIES:
        _write(blob, Judgement(reason=too_heavy()))
    db.session.flush()


def _settled(owner_id: int, sha256: str, judgement: Judgement) -> Blob | None:
    """The row with the judgement on it; one that was begun anew or forgotten meanwhile stays as it is."""
    blob = db.session.scalars(locked(owner_id, sha256)).one_or_none()
    if blob is None or not is_there(blob):
        return blob
    return _write(blob, judgement)


def _write(blob: Blob, judgement: Judgement) -> Blob:
    if judgement.picture is not None:
        _complete(blob, judgement.picture)
    elif judgement.reason is not None:
        blob.state, blob.reason, blob.have = REFUSED, judgement.reason, 0
    else:
        blob.have = blob.tries = 0
    blob.judging_since = None
    blob.touched_at = now()
    drop_parts(blob)
    db.session.flush()
    return blob


def _complete(blob: Blob, picture: Picture) -> None:
    blob.state, blob.reason, blob.have = COMPLETE, None, blob.size
    blob.width, blob.height = picture.width, picture.height
    blob.stored = len(picture.large) + len(picture.small)
    blob.completed_at = now()


def _whole(blob: Blob | None) -> bytes:
    """All parts in a row; nothing when we are not to judge it."""
    if blob is None or blob.judging_since is None:
        return b""
    parts = select(BlobPart.bytes).where(BlobPart.blob_id == blob.id).order_by(BlobPart.begins_at)
    return b"".join(db.session.scalars(parts))

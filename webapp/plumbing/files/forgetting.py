"""Forgetting files: first what is stored, then the rows, so that nothing is left behind that no row knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select

from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.files.models import UNFINISHED, Blob, BlobPart
from webapp.plumbing.files.receiving import small
from webapp.plumbing.files.stores import store

ABANDONED = timedelta(hours=24)  # a phone that comes later sends from the beginning
UNNAMED = timedelta(days=30)  # no phone keeps longer what names a file
AT_ONCE = 200


def past_their_date(named: ColumnElement[bool]) -> ColumnElement[bool]:
    """Files of which nothing has come for a day, and files that nothing names any more."""
    moment = now()
    abandoned = and_(Blob.state == UNFINISHED, Blob.touched_at < moment - ABANDONED)
    return or_(abandoned, and_(Blob.state != UNFINISHED, Blob.touched_at < moment - UNNAMED, ~named))


def forget(which: ColumnElement[bool]) -> int:
    """Delete these files and their rows, some hundred at a time in a write transaction each; how many there were.

    Outside of any write transaction: a storage may be slow. Raises `StoreAway`; what is done by then stays done.
    """
    wanted = list(db.session.execute(select(Blob.id, Blob.key).where(which)))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for _one, key in some:
            store().delete(key)
            store().delete(small(key))
        with writing():
            _forget_rows([one for one, _key in some])
    return len(wanted)


def _forget_rows(ids: Sequence[int]) -> None:
    for gone in (delete(BlobPart).where(BlobPart.blob_id.in_(ids)), delete(Blob).where(Blob.id.in_(ids))):
        db.session.execute(gone, execution_options={"synchronize_session": False})

"""Forgetting files: first what is stored, then the rows, so that nothing is left behind that no row knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select

from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.files.models import UNFINISHED, Blob, BlobPart
from webapp.plumbing.files.receiving import small
from webapp.plumbing.files.stores import store

ABANDONED = timedelta(hours=24)  # a phone that comes later sends from the beginning
UNNAMED = timedelta(days=30)  # no phone keeps longer what names a file
AT_ONCE = 20  # nobody waits for longer than it takes to delete so many


Names = Callable[[], ColumnElement[bool]]
_namers: list[Names] = []


def named_by(names: Names) -> None:
    """A room says which files rows of its own name: those are kept for as long as the rows are."""
    _namers.append(names)


def past_their_date(named: ColumnElement[bool]) -> ColumnElement[bool]:
    """Files of which nothing has come for a day, and files that nothing names any more, here or in another room."""
    moment = now()
    named = or_(named, *(names() for names in _namers))
    abandoned = and_(Blob.state == UNFINISHED, Blob.touched_at < moment - ABANDONED)
    return or_(abandoned, and_(Blob.state != UNFINISHED, Blob.touched_at < moment - UNNAMED, ~named))


def forget(which: ColumnElement[bool]) -> int:
    """Delete these files and their rows, a few at a time in a write transaction each; how many there were.

    Which they are is asked again in there: a phone may have gone on sending one meanwhile. Raises `StoreAway`; what
    is done by then stays done.
    """
    wanted = list(db.session.scalars(select(Blob.id).where(which)))
    chunks = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
    return sum(_forget_some(and_(Blob.id.in_(some), which)) for some in chunks)


def _forget_some(which: ColumnElement[bool]) -> int:
    with writing():
        rows = db.session.execute(select(Blob.id, Blob.key).where(which).with_for_update()).all()
        for _one, key in rows:
            store().delete(key)
            store().delete(small(key))
        _forget_rows([one for one, _key in rows])
    return len(rows)


def _forget_rows(ids: Sequence[int]) -> None:
    for gone in (delete(BlobPart).where(BlobPart.blob_id.in_(ids)), delete(Blob).where(Blob.id.in_(ids))):
        db.session.execute(gone, execution_options={"synchronize_session": False})

"""A supervisor has looked at what could not be taken: noted once, by whom and when, and taken back by the same hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, update

from webapp.places.rules.scope import Scope
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, within
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.submissions import Submission, SubmissionConflict


@dataclass(frozen=True)
class Settled:
    """Who has looked at it, and when: perhaps somebody else, a moment before."""

    by: int | None
    at: datetime | None


def settle(key: UUID | int, scope: Scope, actor: int) -> Settled:
    """Note that `actor` has looked at this; whoever was first stays. Raises `NotThere` outside `scope` or her own."""
    model, this = _one(key, scope)
    looked = update(model).where(*this, model.settled_at.is_(None))
    _run(looked.values(settled_at=now(), settled_by=actor))
    return _settled(model, this)


def unsettle(key: UUID | int, scope: Scope, actor: int) -> Settled:
    """Take one's own look back; what another has noted stays. Raises `NotThere` outside `scope`."""
    model, this = _one(key, scope)
    looked = update(model).where(*this, model.settled_by == actor)
    _run(looked.values(settled_at=None, settled_by=None))
    return _settled(model, this)


def settle_slips(ids: Collection[UUID], sender: int) -> None:
    """What the sender has read at once needs no look of anybody else. One statement, none for nothing."""
    if ids:
        slips = update(Submission).where(Submission.id.in_(ids), Submission.sender_id == sender)
        _run(slips.where(Submission.settled_at.is_(None)).values(settled_at=now(), settled_by=sender))


def in_scope(column: Any, scope: Scope) -> ColumnElement[bool]:
    """The rows whose region lies in `scope`; none for a scope without regions."""
    return or_(false(), *(within(column, code) for code in scope.codes))


def of_others(model: Any, scope: Scope) -> ColumnElement[bool]:
    """The rows of `scope` that its holder may look at: what she has sent herself waits for somebody else."""
    return and_(in_scope(model.region_code, scope), model.sender_id != scope.person_id)


def _one(key: UUID | int, scope: Scope) -> tuple[Any, list[ColumnElement[bool]]]:
    """The thing of this id, or the copy of this number."""
    if isinstance(key, int):
        return SubmissionConflict, [SubmissionConflict.id == key, of_others(SubmissionConflict, scope)]
    open_one = Submission.id == key, Submission.reason.is_not(None)
    return Submission, [*open_one, of_others(Submission, scope)]


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _settled(model: Any, this: list[ColumnElement[bool]]) -> Settled:
    row = db.session.execute(select(model.settled_by, model.settled_at).where(*this)).one_or_none()
    if row is None:
        raise NotThere
    return Settled(*row)

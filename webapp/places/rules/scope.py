"""Scope: what part of the country this request may see and touch. No view can forget it.

Every ORM read of a `Regional` model is filtered and every write outside is refused. Nothing bound is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Integer, bindparam, event, inspect
from sqlalchemy.orm import LoaderCriteriaOption, Mapper, ORMExecuteState, Session
from sqlalchemy.sql.dml import Insert

from webapp.places.models import NATION, Regional
from webapp.plumbing.database import Code, Model, Subtree, db


class OutOfScope(Exception):
    """Code reached for rows without a scope, or wrote outside of it: a defect, not a user's mistake."""


@dataclass(frozen=True)
class Scope:
    """The subtrees one answers for, and who one is (own rows are always one's own)."""

    codes: tuple[str, ...] = ()
    person_id: int | None = None
    whole: bool = False

    def covers(self, code: str) -> bool:
        """Whether `code` lies at or below one of the subtrees."""
        if self.whole:
            return True
        return any(top == NATION or f"{code}.".startswith(f"{top}.") for top in self.codes)

    def touches(self, code: str) -> bool:
        """Whether anything at, below or above `code` is covered: for walking down to one's own part."""
        return self.covers(code) or code == NATION or any(f"{c}.".startswith(f"{code}.") for c in self.codes)

    @property
    def top(self) -> str | None:
        """Where this scope's pages begin: its widest subtree."""
        return min(self.codes, key=lambda code: (0 if code == NATION else len(code), code), default=None)

    def permits(self, row: Regional) -> bool:
        """Whether `row` may be written."""
        if self.covers(row.region_code):
            return True
        return row.owned_by is not None and getattr(row, row.owned_by) == self.person_id is not None


EVERYWHERE = Scope(whole=True)
_at_work: ContextVar[Scope] = ContextVar("_at_work")
_made: WeakKeyDictionary[Any, dict[tuple[int, bool, bool], Any]] = WeakKeyDictionary()


def bind(scope: Scope) -> None:
    """Bind `scope` to this request's session; once a request."""
    db.session.info["scope"] = scope


def current() -> Scope:
    """The bound scope. Raises `OutOfScope` when none is."""
    scope: Scope | None = db.session.info.get("scope")
    if scope is None:
        raise OutOfScope("no scope is bound")
    return scope


@contextmanager
def narrowed(scope: Scope) -> Iterator[None]:
    """Work under another scope for a while, e.g. that of another permission on the same page."""
    earlier = db.session.info.get("scope")
    bind(scope)
    try:
        yield
        db.session.flush()
    finally:
        db.session.info["scope"] = earlier


@contextmanager
def everywhere(reason: str) -> Iterator[None]:
    """The only way out of the scope. `reason` says why; a house test lists the files that use it."""
    if not reason:
        raise OutOfScope("say why")
    with narrowed(EVERYWHERE):
        yield


@event.listens_for(Session, "do_orm_execute")
def keep_in_scope(query: ORMExecuteState) -> None:
    """Filter every ORM statement that names a Regional model, at any depth, by the bound scope."""
    if query.is_column_load or query.session.info.get("scope") == EVERYWHERE:
        return
    scope: Scope | None = query.session.info.get("scope")
    if scope is None:
        if any(issubclass(mapper.class_, Regional) for mapper in _mappers(query)):
            raise OutOfScope("no scope is bound")
        scope = Scope()
    if query.is_insert:
        _check_insert(query, scope)
        return
    query.statement = _limited(query.statement, scope)


@event.listens_for(Session, "before_flush")
def refuse_writes_outside(session: Session, *_: Any) -> None:
    """Refuse to insert, change or delete a Regional row outside the scope."""
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Regional) and (row in session.new or row in session.deleted or _changed(row)):
            scope = session.info.get("scope") or Scope()
            if not all(scope.covers(code) or scope.permits(row) for code in _codes(row)):
                raise OutOfScope(f"{type(row).__name__} in {row.region_code}")


def insist(model: type[Regional], rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse `rows` outside the bound scope: for an INSERT that goes past the two listeners above."""
    scope = current()
    for row in rows:
        own = model.owned_by is not None and row[model.owned_by] == scope.person_id is not None
        if not own and not scope.covers(row["region_code"]):
            raise OutOfScope(f"{model.__name__} in {row['region_code']}")


def _mappers(query: ORMExecuteState) -> list[Mapper[Any]]:
    return list(query.all_mappers)


def _changed(row: Any) -> bool:
    return bool(inspect(row).modified) and any(a.history.has_changes() for a in inspect(row).attrs)


def _codes(row: Regional) -> set[str]:
    history = inspect(row).attrs.region_code.history
    return {row.region_code, *(code for code in history.deleted or () if code)}


def _check_insert(query: ORMExecuteState, scope: Scope) -> None:
    mapper = query.bind_mapper
    if mapper is None or not issubclass(mapper.class_, Regional):
        return
    for code in _inserted_codes(query):
        if not scope.covers(code):
            raise OutOfScope(f"{mapper.class_.__name__} in {code}")


def _inserted_codes(query: ORMExecuteState) -> list[str]:
    """The region codes that an INSERT carries; an INSERT whose codes cannot be read is refused."""
    rows: list[Any] = []
    parameters = query.parameters
    if parameters:
        rows = list(parameters) if isinstance(parameters, list | tuple) else [parameters]
    elif isinstance(query.statement, Insert):
        values: Any = query.statement.compile().params
        rows = [values]
    codes = [row[key] for row in rows for key in row if key.startswith("region_code")]
    if not codes or None in codes:
        raise OutOfScope("an INSERT that does not say its region")
    return [str(code) for code in codes]


class _Limit(LoaderCriteriaOption):
    """A criterion that follows its model into every alias; SQLAlchemy forgets those that are only joined to."""

    _cache_key_traversal = LoaderCriteriaOption._traverse_internals

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = super()._resolve_where_criteria(ext_info)
        return ext_info._adapter.traverse(criterion) if ext_info.is_aliased_class else criterion


def _limited(statement: Any, scope: Scope) -> Any:
    """`statement` with one criterion per Regional model; their values are read from this scope when it runs.

    Statements that are made once are limited once: SQLAlchemy would measure every new one from top to bottom.
    """
    _at_work.set(scope)
    national = NATION in scope.codes
    shape = (0 if national else len(scope.codes), national, scope.person_id is not None)
    made = _made.setdefault(statement, {})
    if shape not in made:
        made[shape] = statement.options(*_limits_like(*shape))
    return made[shape]


@cache
def _limits_like(subtrees: int, national: bool, personal: bool) -> tuple[LoaderCriteriaOption, ...]:
    """Kept for every shape of scope: making them costs more than a query, and every user has another scope."""
    codes = [NATION] if national else [_subtree(place) for place in range(subtrees)]
    person = _read("scope_person", lambda scope: scope.person_id, Integer()) if personal else None
    return tuple(
        _Limit(model, model.seen_by(codes, person), include_aliases=True) for model in regional_models()
    )


def _subtree(place: int) -> Subtree:
    return Subtree(
        _read("scope_low", lambda scope: Subtree.of(scope.codes[place]).low, Code()),
        _read("scope_high", lambda scope: Subtree.of(scope.codes[place]).high, Code()),
    )


def _read(name: str, value: Callable[[Scope], Any], kind: Any) -> Any:
    return bindparam(name, callable_=lambda: value(_at_work.get()), type_=kind, unique=True)


def regional_models() -> list[type[Any]]:
    """Every mapped model that belongs to a region."""
    return [mapper.class_ for mapper in Model.registry.mappers if issubclass(mapper.class_, Regional)]

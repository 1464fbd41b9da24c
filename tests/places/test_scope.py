"""Scope: nobody reads or writes beyond their region, whichever way the ORM is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, event, exists, func, insert, select, update
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from tests.cast import ANI, CENGKARENG, CITRA, GROGOL, KAPUK, TOMANG
from webapp.people.models import Account, AuditEntry, ContactView, Person
from webapp.places.models import Region
from webapp.places.rules import scope as scopes
from webapp.places.rules.scope import OutOfScope, Scope, bind, everywhere, narrowed
from webapp.plumbing.database import db

MINE = Scope((CENGKARENG,), ANI.id)


@pytest.fixture
def bound(app: Flask) -> Iterator[None]:
    with app.app_context():
        bind(MINE)
        yield
        db.session.remove()


def names(statement: Any) -> set[str]:
    return set(db.session.scalars(statement).all())


def _both(statement: Any) -> set[str]:
    return {name for row in db.session.execute(statement) for name in row if name}


other = aliased(Person)
READS = {
    "entity": lambda: {p.name for p in db.session.scalars(select(Person))},
    "column": lambda: names(select(Person.name)),
    "alias": lambda: names(select(other.name)),
    "join only": lambda: names(select(Person.name).join(Region, Region.code == Person.region_code)),
    "subquery": lambda: names(select(select(Person.name).subquery().c.name)),
    "cte": lambda: names(select(select(Person.name).cte().c.name)),
    "union": lambda: names(select(Person.name).union(select(Person.name))),
    "exists": lambda: names(select(Region.name).where(exists().where(Person.region_code == Region.code))),
    "in": lambda: names(select(Region.name).where(Region.code.in_(select(Person.region_code)))),
    "joined alias beside its model": lambda: _both(
        select(Person.name, other.name).join(other, other.id != Person.id)
    ),
    "outer joined alias": lambda: _both(select(Person.name, other.name).outerjoin(other, other.id != Person.id)),
    "joined alias alone": lambda: _both(select(Region.name, other.name).join(other, other.region_code == Region.code)),
    "cross join": lambda: _both(select(Person.name, other.name).where(other.id != Person.id)),
    "relationship to an alias": lambda: _both(select(other.name, other.name).join(Account.person.of_type(other))),
    "joined load": lambda: {
        a.person.name for a in db.session.scalars(select(Account).options(joinedload(Account.person))) if a.person
    },
    "selectin load": lambda: {
        a.person.name for a in db.session.scalars(select(Account).options(selectinload(Account.person))) if a.person
    },
    "lazy load": lambda: {a.person.name for a in db.session.scalars(select(Account)) if a.person},
}  # fmt: skip


@pytest.mark.parametrize("way", READS)
def test_a_read_stays_inside(bound: None, way: str) -> None:
    seen = READS[way]()
    assert CITRA.name not in seen
    assert "Tomang" not in seen
    assert seen


def test_a_count_and_a_get_stay_inside(bound: None) -> None:
    assert db.session.scalar(select(func.count(Person.id))) == 4
    assert db.session.get(Person, CITRA.id) is None
    assert db.session.get(Person, ANI.id) is not None


def test_own_rows_are_always_ones_own(app: Flask) -> None:
    with app.app_context():
        bind(Scope((), CITRA.id))
        assert names(select(Person.name)) == {CITRA.name}
        db.session.remove()


def test_a_bulk_change_touches_nobody_outside(bound: None) -> None:
    db.session.execute(update(Person).values(birth_year=1990))
    db.session.execute(delete(ContactView))
    with everywhere("to see what was touched"):
        touched = db.session.scalars(select(Person.region_code).where(Person.birth_year == 1990)).all()
    assert all(code.startswith(CENGKARENG) for code in touched)


def entry(code: str) -> AuditEntry:
    return AuditEntry(
        region_code=code, at=datetime.now(UTC), actor_id=ANI.id, act="x", subject="person", subject_id=1
    )


def test_a_row_outside_cannot_be_added(bound: None) -> None:
    db.session.add(entry(TOMANG))
    with pytest.raises(OutOfScope):
        db.session.flush()


def test_a_row_cannot_be_moved_outside(bound: None) -> None:
    row = entry(KAPUK)
    db.session.add(row)
    db.session.flush()
    row.region_code = TOMANG
    with pytest.raises(OutOfScope):
        db.session.flush()


def test_an_insert_statement_is_judged_too(bound: None) -> None:
    told = {"at": datetime.now(UTC), "act": "x", "subject": "person", "subject_id": 1}
    db.session.execute(insert(AuditEntry).values(region_code=KAPUK, **told))
    for way in (
        lambda: db.session.execute(insert(AuditEntry).values(region_code=TOMANG, **told)),
        lambda: db.session.execute(insert(AuditEntry), [{"region_code": TOMANG, **told}]),
        lambda: db.session.execute(insert(AuditEntry).values([{"region_code": TOMANG, **told}])),
        lambda: db.session.execute(insert(AuditEntry).values(**told)),
    ):
        with pytest.raises(OutOfScope):
            way()


def test_nothing_bound_is_an_error(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(OutOfScope):
            db.session.scalars(select(Person)).all()
        db.session.remove()


def test_narrowing_ends_where_it_began(bound: None) -> None:
    with narrowed(Scope((GROGOL,))):
        assert names(select(Person.name)) >= {CITRA.name}
    assert CITRA.name not in names(select(Person.name))


def test_leaving_needs_a_reason(bound: None) -> None:
    with pytest.raises(OutOfScope), everywhere(""):
        pass


def test_with_the_listener_switched_off_the_neighbours_would_be_seen(bound: None) -> None:
    """Proves that it is the listener, and nothing else, that keeps the reads above inside."""
    event.remove(Session, "do_orm_execute", scopes.keep_in_scope)
    try:
        leaks = [way for way, read in READS.items() if {CITRA.name, "Tomang"} & read()]
    finally:
        event.listen(Session, "do_orm_execute", scopes.keep_in_scope)
    assert len(leaks) == len(READS)


@pytest.mark.parametrize(
    ("top", "code", "covered"),
    [
        ("31.73", "31.73", True),
        ("31.73", "31.73.01.1005", True),
        ("31.73", "31.74", False),
        ("31.7", "31.73", False),
        ("31.73.01", "31.73", False),
        ("ID", "94.01", True),
    ],
)
def test_a_subtree_is_what_begins_with_its_code(top: str, code: str, covered: bool) -> None:
    assert Scope((top,)).covers(code) is covered

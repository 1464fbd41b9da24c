"""Filters are made once for every shape of scope; whose they are is read anew at every statement."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from webapp.people.models import Person
from webapp.places.rules.scope import Scope, bind, narrowed
from webapp.plumbing.database import db

CENGKARENG, GROGOL = "31.73.01", "31.73.02"


def seen_from(code: str) -> set[str]:
    with narrowed(Scope((code,), 0)):
        return set(db.session.scalars(select(Person.region_code)))


@pytest.mark.usefixtures("inside")
def test_two_neighbours_in_turn_see_their_own() -> None:
    for _ in range(3):
        for code in (CENGKARENG, GROGOL):
            assert seen_from(code) and all(found.startswith(code) for found in seen_from(code))


def test_two_neighbours_at_once_see_their_own(app: Flask) -> None:
    def look(code: str) -> bool:
        with app.app_context():
            bind(Scope((code,), 0))
            found = set(db.session.scalars(select(Person.region_code)))
            db.session.remove()
            return bool(found) and all(region.startswith(code) for region in found)

    with ThreadPoolExecutor(8) as phones:
        assert all(phones.map(look, [CENGKARENG, GROGOL] * 100))


@pytest.mark.usefixtures("inside")
def test_several_subtrees_are_seen_together_and_none_else() -> None:
    with narrowed(Scope((CENGKARENG, GROGOL), 0)):
        both = set(db.session.scalars(select(Person.region_code)))
    assert both == seen_from(CENGKARENG) | seen_from(GROGOL)

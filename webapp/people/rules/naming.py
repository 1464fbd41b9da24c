"""People by name: those who are named already, and those whose name holds some words."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select

from webapp.people.models import Person
from webapp.places.rules.names import fold
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

MANY = 8  # words of a search that are looked at


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """The names of these people, wherever they live. One statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    with everywhere("names alone, for people that the caller's own rows already name"):
        rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
        return {row.id: row.name for row in rows}


def words_of(typed: str) -> list[str]:
    """The words of a name as they are compared; empty when nothing that was typed can be part of a name."""
    return fold(typed).split()[:MANY]


def holding(words: Iterable[str]) -> list[ColumnElement[bool]]:
    """The people whose name holds all these words, as conditions on `Person`."""
    return [Person.search_name.contains(word, autoescape=True) for word in words]

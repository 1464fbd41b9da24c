"""People by name: those who are named already, and those whose name holds some words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from webapp.people.models import Person
from webapp.people.rules.likeness import DEGREES, spellings, words_of_name
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

MANY = 8  # words of a search that are looked at
JOINED = 5  # letters from which a search may be a name without its blanks
NO_NAME = re.compile("[^aeiou]{2}.*|.{4,}")  # a degree with which hardly a name begins


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
    words = words_of_name(typed)
    while len(words) > 1 and words[-1] in DEGREES and NO_NAME.fullmatch(words[-1]):
        words.pop()
    return words[:MANY]


def holding(words: Iterable[str], name: Any = Person.search_name) -> list[ColumnElement[bool]]:
    """The names that hold all these words, however spelled or parted, as conditions on a column of folded names."""
    wanted = list(words)
    if not wanted:
        return []
    each = and_(*(_holds(name, word) for word in wanted))
    joined = "".join(wanted)
    if len(joined) < JOINED:
        return [each]
    return [or_(each, func.replace(name, " ", "").contains(joined, autoescape=True))]


def _holds(name: Any, word: str) -> ColumnElement[bool]:
    """Whether the name holds what was typed so far, or the whole word in another spelling."""
    apart, ways = literal(" ") + name + literal(" "), spellings(word)[1:]
    short = ("m",) if "muhammad" in (word, *ways) else ()
    others = (apart.contains(f" {way} ", autoescape=True) for way in (*ways, *short))
    return or_(name.contains(word, autoescape=True), *others)

"""Find people by name inside the scope: names and home regions, never a number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from webapp.people.models import Person
from webapp.people.rules.naming import holding, words_of
from webapp.places.models import Region
from webapp.plumbing.database import db

LIMIT = 20


@dataclass(frozen=True)
class Found:
    """Somebody, with the home region in words."""

    id: int
    name: str
    region_code: str
    place: str


def search(query: str, limit: int = LIMIT) -> list[Found]:
    """People of the scope, with consent, whose name has all these words, the likeliest first. One statement."""
    words = words_of(query)
    if not words:
        return []
    found = select(Person, Region.name).join(Region, Region.code == Person.region_code)
    found = found.where(Person.withdrawn_at.is_(None), *holding(words))
    begins = Person.search_name.startswith(words[0], autoescape=True)
    ranked = found.order_by(begins.desc(), Person.search_name, Person.id).limit(limit)
    return [Found(one.id, one.name, one.region_code, place) for one, place in db.session.execute(ranked)]

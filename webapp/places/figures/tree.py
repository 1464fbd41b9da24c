"""The tree of regions in words: names with the parents above them, for lists and for choosing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.places.models import NATION, Election, Region, Station
from webapp.places.rules.codes import is_code, lineage
from webapp.plumbing.database import db

Row = Any
parent, above, top = aliased(Region), aliased(Region), aliased(Region)


@dataclass(frozen=True)
class Described:
    """One region with all that is above it, outermost first."""

    code: str
    name: str
    level: int
    kind: str | None
    retired: bool
    trail: Sequence[tuple[str, str]]

    @property
    def under(self) -> str:
        """The names of the two above it, nearest first; the nation goes without saying."""
        return ", ".join([name for code, name in reversed(self.trail[:-1]) if code != NATION][:2])


def describe(code: str) -> Described | None:
    """The region of this code, retired or not, with its ancestors. One statement."""
    if not is_code(code):
        return None
    found = {
        one.code: one for one in db.session.scalars(select(Region).where(Region.code.in_(lineage(code))))
    }
    here = found.get(code)
    if here is None:
        return None
    trail = [(step, found[step].name) for step in lineage(code) if step in found]
    return Described(here.code, here.name, here.level, here.kind, here.retired, trail)


def names_of(wanted: Iterable[str]) -> dict[str, str]:
    """Code to name, for a list. One statement."""
    found = db.session.execute(select(Region.code, Region.name).where(Region.code.in_(set(wanted))))
    return {row.code: row.name for row in found}


def with_parents() -> Select[*tuple[Any, ...]]:
    """Regions, each with name and code of the two above it; `under_words` reads such a row."""
    return (
        select(Region, parent.name, above.name, parent.code, above.code)
        .select_from(Region)  # SQLAlchemy finds the left side by chance among three
        .outerjoin(parent, parent.code == Region.parent_code)
        .outerjoin(above, above.code == parent.parent_code)
    )


def under_words(row: Row) -> str:
    """The two next above; the nation goes without saying."""
    pairs = ((row[1], row[3]), (row[2], row[4]))
    said = [name for name, code in pairs if name and code != NATION]
    if row[0].retired:
        said.append(_("daftar lama"))
    return ", ".join(said)


def in_use() -> ColumnElement[bool]:
    """A retired region is still offered while the current election has TPS in it."""
    now = select(Election.id).where(Election.current).limit(1).scalar_subquery()
    below = and_(Station.village_code >= Region.code, Station.village_code < Region.code + "/")
    manned = exists().where(Station.election_id == now, below, Station.retired.is_(False))
    return or_(Region.retired.is_(False), manned)

"""The tree of regions in words: names with the parents above them, for lists and for choosing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from webapp.places.models import NATION, Election, Region, Station
from webapp.plumbing.database import db

Row = Any
parent, above, top = aliased(Region), aliased(Region), aliased(Region)


def names_of(wanted: Iterable[str]) -> dict[str, str]:
    """Code to name, for a list. One statement."""
    found = db.session.execute(select(Region.code, Region.name).where(Region.code.in_(set(wanted))))
    return {row.code: row.name for row in found}


def under_of(wanted: Iterable[str]) -> dict[str, str]:
    """Code to the names of its parents, nearest first ("Cengkareng, Jakarta Barat"). One statement."""
    rows = db.session.execute(with_parents().where(Region.code.in_(set(wanted))))
    return {row[0].code: under_words(row) for row in rows}


def with_parents() -> Select[*tuple[Any, ...]]:
    """Regions, each with name and code of the two above it; `under_words` reads such a row."""
    return (
        select(Region, parent.name, above.name, parent.code, above.code)
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

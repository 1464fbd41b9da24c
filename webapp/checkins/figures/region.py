"""The check-ins of a part of the country: a list of 100 in four statements, and the same as a table to take away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from webapp.checkins.models import CheckIn
from webapp.people.models import Person
from webapp.people.rules.naming import holding, words_of
from webapp.places.models import NATION, Region, Station
from webapp.places.rules import codes
from webapp.plumbing.database import db, within
from webapp.plumbing.submissions import Submission

PAGE = 100

kecamatan = aliased(Region)


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for; empty values ask for everything."""

    day: date | None = None
    kind: str = ""
    region: str = ""
    words: str = ""  # of a person's name
    receipt: str = ""
    odd: bool = False


@dataclass(frozen=True)
class Line:
    """One row of the list. `person` is None where the person belongs to a part the reader does not see."""

    row: CheckIn
    region: str
    under: str | None
    station: str | None
    person: str | None
    person_id: int

    @property
    def place(self) -> str:
        """TPS 001 Kapuk, or Kapuk."""
        return f"{self.station} {self.region}" if self.station else self.region


@dataclass(frozen=True)
class Steps:
    """Where the reader stands in the tree: the way down to it, and its parts."""

    trail: list[Region]
    parts: list[Region]


def listed(wanted: Wanted, page: int) -> tuple[list[Line], int]:
    """One page of `PAGE` (the first is 1), the newest first, and how many there are. Two statements."""
    count = _narrow(select(func.count()).select_from(CheckIn), wanted)
    total: int = db.session.execute(count).scalar_one()
    rows = db.session.execute(_lines(wanted).offset((page - 1) * PAGE).limit(PAGE))
    return [_line(row) for row in rows], total


def every(wanted: Wanted) -> Iterator[Line]:
    """All of them, read while they are sent. One statement, constant memory."""
    rows = db.session.execute(_lines(wanted).execution_options(yield_per=500))
    for row in rows:
        yield _line(row)


def steps(code: str) -> Steps:
    """The way from the nation down to `code`, and what lies in it. One statement."""
    line = codes.lineage(code) if codes.is_code(code) else [NATION]
    query = select(Region).where(or_(Region.code.in_(line), Region.parent_code == line[-1]))
    found = list(db.session.scalars(query.order_by(Region.level, Region.name, Region.code)))
    return Steps([r for r in found if r.code in line], [r for r in found if r.code not in line])


def _lines(wanted: Wanted) -> Select[*tuple[Any, ...]]:
    query = (
        select(CheckIn, Region.name, kecamatan.name, Station.number, Person.id, Person.name)
        .join(Region, Region.code == CheckIn.region_code)
        .outerjoin(kecamatan, kecamatan.code == Region.parent_code)
        .outerjoin(Station, Station.id == CheckIn.station_id)
        .outerjoin(Person, Person.id == CheckIn.person_id)
    )
    return _narrow(query, wanted).order_by(CheckIn.happened_at.desc(), CheckIn.id.desc())


def _line(row: Any) -> Line:
    check_in, region, under, number, person_id, person = row
    station = None if number is None else f"TPS {number:03}"
    return Line(check_in, region, under, station, person, person_id or check_in.person_id)


def _narrow(query: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    if wanted.day:
        query = query.where(CheckIn.day == wanted.day)
    if wanted.kind:
        query = query.where(CheckIn.kind == wanted.kind)
    if wanted.region:
        query = query.where(within(CheckIn.region_code, wanted.region))
    if wanted.odd:
        query = query.where(CheckIn.oddities != 0)
    if wanted.receipt:
        sent = select(Submission.id).where(Submission.receipt == wanted.receipt)
        query = query.where(CheckIn.submission_id.in_(sent))
    if wanted.words:
        query = query.where(CheckIn.person_id.in_(_named(wanted.words)))
    return query


def _named(words: str) -> Select[*tuple[Any, ...]]:
    """The persons, of those that the reader may see, whose names hold all these words."""
    return select(Person.id).where(*holding(words_of(words)))

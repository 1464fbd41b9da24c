"""Several check-ins of one person at once: what `check_in` does one by one, in nine statements at most.

They come in the order in which they happened, and each is compared with those before it as if they came alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam, select, update

from webapp.checkins.models import CheckIn, EarlyVoid, Kind
from webapp.checkins.rules.checking_in import (
    NoSuchPlace,
    as_told,
    chosen,
    nowhere,
    own_station,
    refuse_foreign,
)
from webapp.checkins.rules.oddities import WINDOW, Beside, flag_both
from webapp.checkins.rules.photos import name_photos
from webapp.places.figures.tree import in_use
from webapp.places.models import NATION, Election, Region, Station
from webapp.places.rules.counts import Place, count_checkins
from webapp.places.rules.scope import insist
from webapp.plumbing.database import as_many, db, insert_many
from webapp.plumbing.submissions import Stamp

MOST_BESIDE = 2000  # check-ins of one person that new ones are compared with; beyond that each is taken alone
kept: Any = CheckIn.__table__  # the bare tables: one's own rows are in every scope
undos: Any = EarlyVoid.__table__
Told = tuple[Mapping[str, Any], Stamp]
Register = Mapping[int | str, "Found"]


class TooMany(Exception):
    """More stands beside them than is worth reading at once."""


@dataclass(frozen=True)
class Found:
    """A place of the register: its region, the TPS if it is one, and whether that is one's own."""

    code: str
    station: Place | None = None
    mine: bool = False


@dataclass(frozen=True)
class New:
    """A check-in that is taken: what was told, where, and the row that it becomes."""

    data: Mapping[str, Any]
    station: Place | None
    row: dict[str, Any]


def check_in_all(told: Sequence[Told]) -> list[New | NoSuchPlace]:
    """Take several check-ins of one person: for each its row, or the refusal of its place."""
    register = _register(told)
    judged = [_judge(data, stamp, register) for data, stamp in told]
    taken = [one for one in judged if isinstance(one, New)]
    if taken:
        _void_early([one.row for one in taken])
        _compare([one.row for one in taken if not one.row["voided_at"]])
        _insert(taken)
        live = [one for one in taken if not one.row["voided_at"]]
        count_checkins((one.station, one.row["day"]) for one in live if one.station)
    return judged


def _judge(data: Mapping[str, Any], stamp: Stamp, register: Register) -> New | NoSuchPlace:
    try:
        found = register.get(chosen(data))
        if found is None:
            raise nowhere()
        at_station = data["jenis"] == Kind.TPS
        if at_station:
            refuse_foreign(found.code, mine=found.mine)
    except NoSuchPlace as refusal:
        return refusal
    station = found.station if at_station else None
    where = {"station_id": station.station_id if station else None, "voided_at": None, "voided_by": None}
    return New(data, station, as_told(data, stamp, found.code) | where)


def _register(told: Sequence[Told]) -> dict[int | str, Found]:
    """Every place that is named and known, in two statements at most."""
    wanted: set[int | str] = set()
    for data, _stamp in told:
        with suppress(NoSuchPlace):
            wanted.add(chosen(data))
    numbers = [one for one in wanted if isinstance(one, int)]
    codes = [one for one in wanted if isinstance(one, str)]
    found: dict[int | str, Found] = {}
    if numbers:
        asked = {"stations": numbers, "person": told[0][1].sender_id}
        for number, code, election, mine in db.session.execute(_stations(), asked):
            found[number] = Found(code, Place(number, code, election), bool(mine))
    if codes:
        found |= {code: Found(code) for code in db.session.scalars(_regions(), {"regions": codes})}
    return found


@cache
def _stations() -> Select[*tuple[Any, ...]]:
    """Made once, like the others: making such a query costs more than running it."""
    return (
        select(Station.id, Station.village_code, Station.election_id, own_station())
        .join(Election, Election.id == Station.election_id)
        .where(
            Station.id.in_(bindparam("stations", expanding=True)),
            Station.retired.is_(False),
            Election.current,
        )
    )


@cache
def _regions() -> Select[str]:
    wanted = Region.code.in_(bindparam("regions", expanding=True))
    return select(Region.code).where(wanted, Region.code != NATION, in_use())


def _void_early(rows: Sequence[dict[str, Any]]) -> None:
    """Those whose undo has come before them are taken as voided."""
    person = rows[0]["person_id"]
    asked = {"person": person, "named": [row["submission_id"] for row in rows]}
    undone = dict(iter(db.session.execute(_undone(), asked)))
    for row in rows:
        if row["submission_id"] in undone:
            row |= {"voided_at": undone[row["submission_id"]], "voided_by": person}


@cache
def _undone() -> Select[*tuple[Any, ...]]:
    named = undos.c.check_in_id.in_(bindparam("named", expanding=True))
    return select(undos.c.check_in_id, undos.c.happened_at).where(
        undos.c.person_id == bindparam("person"), named
    )


def _compare(rows: Sequence[dict[str, Any]]) -> None:
    """Flag what does not go together: each with those that are kept, and with those before it in this batch."""
    if not rows:
        return
    others = _beside(rows)
    before = {other.id: other.oddities for other in others}
    news = [Beside(*(row[name] for name in COMPARED)) for row in rows]
    for new in news:
        first = bisect_left(others, new.happened_at - WINDOW, key=moment)
        flag_both(new, others[first : bisect_right(others, new.happened_at + WINDOW, key=moment)])
        insort(others, new, key=moment)
    for row, new in zip(rows, news, strict=True):
        row["oddities"] = new.oddities
    odd = [
        {"row": one.id, "found": one.oddities} for one in others if one.id and one.oddities != before[one.id]
    ]
    if odd:
        db.session.execute(_flag(), sorted(odd, key=lambda one: one["row"]))


COMPARED = ("region_code", "happened_at", "lat", "lng", "accuracy", "oddities")
moment = attrgetter("happened_at")


def _beside(rows: Sequence[dict[str, Any]]) -> list[Beside]:
    times = [row["happened_at"] for row in rows]
    asked = {"person": rows[0]["person_id"], "early": min(times) - WINDOW, "late": max(times) + WINDOW}
    found = [Beside(*one) for one in db.session.execute(_others(), asked)]
    if len(found) > MOST_BESIDE:
        raise TooMany
    return found


@cache
def _others() -> Select[*tuple[Any, ...]]:
    columns = [kept.c[name] for name in (*COMPARED, "id")]
    own = (kept.c.person_id == bindparam("person"), kept.c.voided_at.is_(None))
    between = kept.c.happened_at.between(bindparam("early"), bindparam("late"))
    return select(*columns).where(*own, between).order_by(kept.c.happened_at).limit(MOST_BESIDE + 1)


@cache
def _flag() -> Any:
    oddities = kept.c.oddities.bitwise_or(bindparam("found"))
    return update(kept).where(kept.c.id == bindparam("row")).values(oddities=oddities)


def _insert(taken: Sequence[New]) -> None:
    """Write the rows past the session, and then which photos go with them."""
    rows = [one.row for one in taken]
    insist(CheckIn, rows)
    named = any(one.data.get("foto") for one in taken)
    new = db.session.execute(_new(db.engine.dialect.name, named, *rows[0]), as_many(rows))
    if named:
        ids = {row.submission_id: row.id for row in new}
        name_photos(*((ids[one.row["submission_id"]], one.data) for one in taken))


@cache
def _new(_dialect: str, named: bool, *names: str) -> Any:
    new = insert_many(kept, *names)
    return new.returning(kept.c.id, kept.c.submission_id) if named else new

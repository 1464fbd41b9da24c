"""Several check-ins of one person at once: what `check_in` does one by one, in seven statements at most.

They come in the order in which they happened, and each is compared with those before it as if they came alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, cast, false, null, select, union_all, update

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
MOST_NEW = 100  # more than any batch brings
COMPARED = ("region_code", "happened_at", "lat", "lng", "accuracy", "oddities")
moment = attrgetter("happened_at")
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
        others, undone = _known([one.row for one in taken])
        _void_early([one.row for one in taken], undone)
        _compare([one.row for one in taken if not one.row["voided_at"]], others)
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
    """Every place that is named and known."""
    wanted: set[int | str] = set()
    for data, _stamp in told:
        with suppress(NoSuchPlace):
            wanted.add(chosen(data))
    asked = {
        "stations": [one for one in wanted if isinstance(one, int)],
        "regions": [one for one in wanted if isinstance(one, str)],
        "person": told[0][1].sender_id,
    }
    found: dict[int | str, Found] = {}
    for number, code, election, mine in db.session.execute(_places(), asked):
        if number is None:
            found[code] = Found(code)
        else:
            found[number] = Found(code, Place(number, code, election), bool(mine))
    return found


@cache
def _places() -> Any:
    """Made once, like the others: making such a query costs more than running it."""
    stations = (
        select(Station.id, Station.village_code, Station.election_id, own_station())
        .join(Election, Election.id == Station.election_id)
        .where(
            Station.id.in_(bindparam("stations", expanding=True)),
            Station.retired.is_(False),
            Election.current,
        )
    )
    named = Region.code.in_(bindparam("regions", expanding=True))
    regions = select(null(), Region.code, null(), false()).where(named, Region.code != NATION, in_use())
    return union_all(stations, regions)


def _known(rows: Sequence[dict[str, Any]]) -> tuple[list[Beside], dict[UUID, datetime]]:
    """The check-ins of this person around the new ones, oldest first, and the undos that have come before theirs."""
    times = [row["happened_at"] for row in rows]
    asked = {
        "person": rows[0]["person_id"],
        "early": min(times) - WINDOW,
        "late": max(times) + WINDOW,
        "named": [row["submission_id"] for row in rows],
    }
    others, undone = [], {}
    for *told, target in db.session.execute(_told(), asked):
        if target is None:
            others.append(Beside(*told))
        else:
            undone[target] = told[COMPARED.index("happened_at")]
    if len(others) > MOST_BESIDE:
        raise TooMany
    return sorted(others, key=moment), undone


@cache
def _told() -> Any:
    """Both in one question; the last column is the check-in that an undo names."""
    own = (kept.c.person_id == bindparam("person"), kept.c.voided_at.is_(None))
    between = kept.c.happened_at.between(bindparam("early"), bindparam("late"))
    others = select(*(kept.c[name] for name in (*COMPARED, "id")), cast(null(), Uuid))
    named = undos.c.check_in_id.in_(bindparam("named", expanding=True))
    moments = (undos.c.happened_at if name == "happened_at" else null() for name in (*COMPARED, "id"))
    undone = select(*moments, undos.c.check_in_id).where(undos.c.person_id == bindparam("person"), named)
    return union_all(others.where(*own, between), undone).limit(MOST_BESIDE + MOST_NEW)


def _void_early(rows: Sequence[dict[str, Any]], undone: Mapping[UUID, datetime]) -> None:
    """Those whose undo has come before them are taken as voided."""
    for row in rows:
        if row["submission_id"] in undone:
            row |= {"voided_at": undone[row["submission_id"]], "voided_by": row["person_id"]}


def _compare(rows: Sequence[dict[str, Any]], others: list[Beside]) -> None:
    """Flag what does not go together: each with those that are kept, and with those before it in this batch."""
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

"""Counters move with what they count, in the same transaction; only TPS and kelurahan have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, update

from webapp.places.models import Station, StationCount, StationDay, VillageCount, VillageDay
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, upsert

WHY = "a counter follows the row that moved it"
VILLAGE = ("election_id", "region_code")


@dataclass(frozen=True, order=True)
class Place:
    """A TPS as far as counting goes."""

    station_id: int
    village_code: str
    election_id: int


def count_seat(station: Station, target: int, *, witnesses: int, volunteers: int, trained: int = 0) -> None:
    """Add the change of a seat (-1, 0 or 1 of each) at `station`; `target` is the election's volunteers per TPS."""
    with everywhere(WHY):
        now_witnesses, now_volunteers = _move_station(station, witnesses, volunteers, trained)
        if station.retired:  # what it held was taken off its village when it was retired
            return
        before = _classes(now_witnesses - witnesses, now_volunteers - volunteers, target)
        after = _classes(now_witnesses, now_volunteers, target)
        one, two, full = (new - old for new, old in zip(after, before, strict=True))
        village = update(VillageCount).where(
            VillageCount.election_id == station.election_id, VillageCount.region_code == station.village_code
        )
        moved = village.values(
            one_witness=VillageCount.one_witness + one,
            two_witnesses=VillageCount.two_witnesses + two,
            full=VillageCount.full + full,
            volunteers=VillageCount.volunteers + volunteers,
            trained=VillageCount.trained + trained,
            version=VillageCount.version + 1,
        )
        db.session.execute(moved, execution_options={"synchronize_session": False})


def count_trained(moves: Mapping[Place, int], retired: Container[int] = ()) -> None:
    """Add the change of trained seats at each TPS, in two statements whatever their number.

    In the order of their keys, as below. What a TPS of `retired` (ids) holds was taken off its village.
    """
    stations = [
        {
            "station_id": at.station_id,
            "region_code": at.village_code,
            "election_id": at.election_id,
            **_trained(n),
        }
        for at, n in sorted(moves.items())
        if n
    ]
    sums: Counter[tuple[str, int]] = Counter()
    for at, number in moves.items():
        sums[at.village_code, at.election_id] += 0 if at.station_id in retired else number
    villages = [
        {"region_code": code, "election_id": election, **_trained(n)}
        for (code, election), n in sorted(sums.items())
        if n
    ]
    for model, keys, rows in ((StationCount, ("station_id",), stations), (VillageCount, VILLAGE, villages)):
        if rows:
            db.session.execute(_trained_rows(db.engine.dialect.name, model, keys), rows)


def count_checkin(station: Station, day: date, change: int) -> None:
    """Add (1) or take back (-1) one check-in at `station` on its local `day`."""
    with everywhere(WHY):
        checkins = _move_station_day(station, day, change)
        turned = (checkins == 1 and change == 1) - (checkins == 0 and change == -1)
        if turned:
            _move_village_day(station, day, turned)


def count_checkins(arrivals: Iterable[tuple[Place, date]]) -> None:
    """Add one check-in for each (TPS, its local day), in two statements whatever their number.

    Rows are moved in the order of their keys, TPS before kelurahan: who waits for a row holds none that comes later.
    """
    added = Counter(arrivals)
    moved = sorted(added)
    if not moved:
        return
    stations = [
        {"station_id": at.station_id, "region_code": at.village_code, "day": day, "checkins": added[at, day]}
        for at, day in moved
    ]
    days = db.session.execute(_station_days(db.engine.dialect.name), stations)
    sums = {(row.station_id, row.day): row.checkins for row in days}
    turned = Counter(
        (at.village_code, day, at.election_id)
        for at, day in moved
        if sums[at.station_id, day] == added[at, day]
    )
    villages = [
        {"region_code": code, "day": day, "election_id": election, "stations": number, "version": 1}
        for (code, day, election), number in sorted(turned.items())
    ]
    if villages:
        db.session.execute(_village_days(db.engine.dialect.name), villages)


def _move_station(station: Station, witnesses: int, volunteers: int, trained: int) -> tuple[int, int]:
    moved = upsert(StationCount).values(
        station_id=station.id,
        election_id=station.election_id,
        region_code=station.village_code,
        witnesses=witnesses,
        volunteers=volunteers,
        trained=trained,
        version=1,
    )
    moved = moved.on_conflict_do_update(
        index_elements=["station_id"],
        set_={
            "witnesses": StationCount.witnesses + witnesses,
            "volunteers": StationCount.volunteers + volunteers,
            "trained": StationCount.trained + trained,
            "version": StationCount.version + 1,
        },
    ).returning(StationCount.witnesses, StationCount.volunteers)
    row = db.session.execute(moved).one()
    return row.witnesses, row.volunteers


def _classes(witnesses: int, volunteers: int, target: int) -> tuple[int, int, int]:
    return int(witnesses == 1), int(witnesses >= 2), int(volunteers >= target)


def _move_station_day(station: Station, day: date, change: int) -> int:
    where = {"station_id": station.id, "region_code": station.village_code, "day": day}
    checkins: int = db.session.execute(
        _station_day(db.engine.dialect.name), where | {"change": change}
    ).scalar_one()
    return checkins


def _move_village_day(station: Station, day: date, change: int) -> None:
    where = {"election_id": station.election_id, "region_code": station.village_code, "day": day}
    db.session.execute(_village_day(db.engine.dialect.name), where | {"change": change})


@cache
def _station_day(_dialect: str) -> Any:
    """Made once, like the next: making such a statement costs more than running it."""
    table, change = StationDay.__table__, bindparam("change", type_=Integer())
    new = upsert(table).values(checkins=change, **_bound("station_id", "region_code", "day"))
    moved = new.on_conflict_do_update(
        index_elements=["station_id", "day"], set_={"checkins": table.c.checkins + change}
    )
    return moved.returning(table.c.checkins)


@cache
def _village_day(_dialect: str) -> Any:
    table, change = VillageDay.__table__, bindparam("change", type_=Integer())
    new = upsert(table).values(stations=change, version=1, **_bound("election_id", "region_code", "day"))
    return new.on_conflict_do_update(
        index_elements=["election_id", "region_code", "day"],
        set_={"stations": table.c.stations + change, "version": table.c.version + 1},
    )


@cache
def _station_days(_dialect: str) -> Any:
    """The same for several rows."""
    table = StationDay.__table__
    new = upsert(table)
    sums = {"checkins": table.c.checkins + new.excluded.checkins}
    moved = new.on_conflict_do_update(index_elements=["station_id", "day"], set_=sums)
    return moved.returning(table.c.station_id, table.c.day, table.c.checkins)


@cache
def _village_days(_dialect: str) -> Any:
    table = VillageDay.__table__
    new = upsert(table)
    sums = {"stations": table.c.stations + new.excluded.stations, "version": table.c.version + 1}
    return new.on_conflict_do_update(index_elements=["election_id", "region_code", "day"], set_=sums)


def _trained(number: int) -> dict[str, int]:
    return {"trained": number, "version": 1}


@cache
def _trained_rows(_dialect: str, model: Any, keys: tuple[str, ...]) -> Any:
    table = model.__table__
    new = upsert(table)
    moved = {"trained": table.c.trained + new.excluded.trained, "version": table.c.version + 1}
    return new.on_conflict_do_update(index_elements=keys, set_=moved)


def _bound(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}

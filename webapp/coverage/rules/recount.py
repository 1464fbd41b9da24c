"""Counting everything anew from the rows, in bulk, and mending what does not agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, insert, or_, select, update

from webapp.checkins.figures.counts import expected_counts
from webapp.people.models import Seat, Slot
from webapp.people.rules.training import trained_people
from webapp.places.models import Election, Station, StationCount, StationDay, VillageCount, VillageDay
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal

WITNESSES = [slot.value for slot in Slot if slot.is_witness]
Row = Mapping[str, Any]


class CountsWithoutSeats(Refusal):
    """An invented country has counts and no people behind them: counting would empty it."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"{code} is an invented election: its counts have no seats behind them, and counting the seats would set "
            "all of them to zero. Nothing was changed. Name another election with --election."
        )


@dataclass(frozen=True)
class Difference:
    """One counter row that did not say what the rows say."""

    table: str
    key: str
    kept: str
    counted: str


@dataclass(frozen=True)
class _Counter:
    """A table of counters: how it is keyed, what it counts, and what the rows say it should."""

    model: Any
    keys: Sequence[str]
    values: Sequence[str]
    expected: Select[*tuple[Any, ...]]


def rebuild(election_code: str | None = None) -> list[Difference]:
    """Mend every counter of one election, or of all; returns what was wrong. Raises `CountsWithoutSeats`."""
    with everywhere("all counters are counted anew"):
        elections = _elections(election_code)
        return [
            difference
            for election in elections
            for counter in COUNTERS
            for difference in _mend(counter(election), election)
        ]


def set_target(election_code: str, target: int) -> list[Difference]:
    """Say how many volunteers a TPS of this election should have, and count the full ones anew."""
    with everywhere("a target holds for the whole election"):
        for election in _elections(election_code):
            election.volunteer_target = target
        db.session.flush()
    return rebuild(election_code)


def _elections(code: str | None) -> list[Election]:
    wanted = select(Election).order_by(Election.id)
    found = list(db.session.scalars(wanted.where(Election.code == code) if code else wanted))
    if code and not found:
        raise Refusal(f"There is no election {code}.")
    for election in found:
        if election.sample:
            raise CountsWithoutSeats(election.code)
    return found


def _of_stations(election: Election) -> _Counter:
    expected = (
        select(
            Seat.station_id,
            Seat.election_id,
            Seat.region_code,
            func.sum(case((Seat.slot.in_(WITNESSES), 1), else_=0)).label("witnesses"),
            func.count().label("volunteers"),
            func.sum(case((Seat.person_id.in_(trained_people()), 1), else_=0)).label("trained"),
        )
        .where(Seat.election_id == election.id, Seat.ended_at.is_(None))
        .group_by(Seat.station_id, Seat.election_id, Seat.region_code)
    )
    return _Counter(StationCount, ("station_id",), ("witnesses", "volunteers", "trained"), expected)


def _of_villages(election: Election) -> _Counter:
    def stations(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    expected = (
        select(
            Station.election_id,
            Station.village_code.label("region_code"),
            func.count().label("stations"),
            stations(StationCount.witnesses == 1).label("one_witness"),
            stations(StationCount.witnesses >= 2).label("two_witnesses"),
            stations(StationCount.volunteers >= election.volunteer_target).label("full"),
            func.coalesce(func.sum(StationCount.volunteers), 0).label("volunteers"),
            func.coalesce(func.sum(StationCount.trained), 0).label("trained"),
        )
        .outerjoin(StationCount, StationCount.station_id == Station.id)
        .where(Station.election_id == election.id, Station.retired.is_(False))
        .group_by(Station.election_id, Station.village_code)
    )
    values = ("stations", "one_witness", "two_witnesses", "full", "volunteers", "trained")
    return _Counter(VillageCount, ("election_id", "region_code"), values, expected)


def _of_station_days(election: Election) -> _Counter:
    counted = expected_counts().subquery()
    expected = select(
        counted.c.station_id, counted.c.day, Station.village_code.label("region_code"), counted.c.checkins
    ).join(Station, Station.id == counted.c.station_id)
    expected = expected.where(Station.election_id == election.id)
    return _Counter(StationDay, ("station_id", "day"), ("checkins",), expected)


def _of_village_days(election: Election) -> _Counter:
    expected = (
        select(
            Station.election_id,
            Station.village_code.label("region_code"),
            StationDay.day,
            func.count().label("stations"),
        )
        .join(Station, Station.id == StationDay.station_id)
        .where(Station.election_id == election.id, StationDay.checkins > 0)
        .group_by(Station.election_id, Station.village_code, StationDay.day)
    )
    return _Counter(VillageDay, ("election_id", "region_code", "day"), ("stations",), expected)


COUNTERS = (_of_stations, _of_villages, _of_station_days, _of_village_days)


def _mend(counter: _Counter, election: Election) -> list[Difference]:
    wrong = [*_wrong(counter), *_left_over(counter, election)]
    missing = [row for row in wrong if not row["known"]]
    if missing:
        names = counter.expected.subquery().c.keys()
        new = [{name: row[name] for name in names} for row in missing]
        if hasattr(counter.model, "version"):
            new = [row | {"version": 1} for row in new]
        db.session.execute(insert(counter.model), new)
    for row in wrong:
        if row["known"]:
            _set(counter, row)
    return [_said(counter, row) for row in wrong]


def _wrong(counter: _Counter) -> list[Row]:
    """Counted rows whose counter is missing or says something else."""
    counted, model = counter.expected.subquery(), counter.model
    same = and_(*(getattr(model, key) == counted.c[key] for key in counter.keys))
    first = getattr(model, counter.keys[0])
    kept = [getattr(model, value).label(f"kept_{value}") for value in counter.values]
    differs = or_(*(getattr(model, value) != counted.c[value] for value in counter.values))
    found = select(counted, first.is_not(None).label("known"), *kept).outerjoin(model, same)
    return [dict(row._mapping) for row in db.session.execute(found.where(or_(first.is_(None), differs)))]


def _left_over(counter: _Counter, election: Election) -> list[Row]:
    """Counters that say something of which nothing is there."""
    counted, model = counter.expected.subquery(), counter.model
    same = and_(*(getattr(model, key) == counted.c[key] for key in counter.keys))
    kept = [getattr(model, value).label(f"kept_{value}") for value in counter.values]
    found = select(*(getattr(model, key) for key in counter.keys), *kept)
    found = found.where(~select(counted.c[counter.keys[0]]).where(same).exists(), _is_of(model, election))
    found = found.where(or_(*(getattr(model, value) != 0 for value in counter.values)))
    nothing = dict.fromkeys(counter.values, 0) | {"known": True}
    return [{**row._mapping, **nothing} for row in db.session.execute(found)]


def _is_of(model: Any, election: Election) -> Any:
    if hasattr(model, "election_id"):
        return model.election_id == election.id
    return model.station_id.in_(select(Station.id).where(Station.election_id == election.id))


def _set(counter: _Counter, row: Row) -> None:
    model = counter.model
    values = {value: row[value] for value in counter.values}
    if hasattr(model, "version"):
        values["version"] = model.version + 1
    mended = update(model).where(*(getattr(model, key) == row[key] for key in counter.keys)).values(values)
    db.session.execute(mended, execution_options={"synchronize_session": False})


def _said(counter: _Counter, row: Row) -> Difference:
    key = " ".join(str(row[key]) for key in counter.keys)
    kept = " ".join(f"{value}={row[f'kept_{value}'] or 0}" for value in counter.values)
    counted = " ".join(f"{value}={row[value]}" for value in counter.values)
    return Difference(counter.model.__tablename__, key, kept, counted)

"""TPS where something is missing, and whom to call about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from webapp.coverage.figures.national import day_at, today
from webapp.coverage.figures.regions import Overview
from webapp.coverage.rules.measures import Measure
from webapp.people.figures.people import coordinators_of
from webapp.people.figures.training import Untrained, untrained_seats
from webapp.places.models import Election, Region, Station, StationCount, StationDay, VillageCount
from webapp.places.rules.scope import current
from webapp.plumbing.database import db, within
from webapp.plumbing.refusal import NotThere

PAGE = 50
kecamatan = aliased(Region)


@dataclass(frozen=True)
class EmptyStation:
    """One TPS of the list, with who is there."""

    id: int
    number: int
    witnesses: int
    volunteers: int

    @property
    def label(self) -> str:
        """TPS 001"""
        return f"TPS {self.number:03}"


@dataclass(frozen=True)
class EmptyVillage:
    """The TPS of the list in one kelurahan, and the nearest coordinator (person, name) above them."""

    code: str
    name: str
    district: str
    stations: Sequence[EmptyStation]
    coordinator: tuple[int, str] | None


@dataclass(frozen=True)
class UntrainedVillage:
    """Seats of the list in one kelurahan, and the nearest coordinator (person, name) above them."""

    code: str
    name: str
    seats: Sequence[Untrained]
    coordinator: tuple[int, str] | None


@dataclass(frozen=True)
class Uncovered:
    """How many TPS of a region have no witness, the kelurahan where most of them are, and when polling day is."""

    empty: int
    stations: int
    worst_code: str | None = None
    worst_name: str | None = None
    worst_empty: int = 0
    polling_day: date | None = None


def uncovered(code: str) -> Uncovered:
    """Of the current election, at and below `code`. One statement."""
    if not current().covers(code):
        raise NotThere
    empty = VillageCount.stations - VillageCount.one_witness - VillageCount.two_witnesses
    found = (
        select(
            VillageCount.region_code,
            Region.name,
            empty.label("empty"),
            func.sum(empty).over().label("all_empty"),
            func.sum(VillageCount.stations).over().label("all_stations"),
            Election.date,
        )
        .join(Region, Region.code == VillageCount.region_code)
        .join(Election, and_(Election.id == VillageCount.election_id, Election.current))
        .where(within(VillageCount.region_code, code))
        .order_by(empty.desc(), VillageCount.region_code)
        .limit(1)
    )
    row = db.session.execute(found).first()
    if row is None:
        return Uncovered(0, 0)
    all_of_it = Uncovered(int(row.all_empty), int(row.all_stations), polling_day=row.date)
    if row.empty <= 0:
        return all_of_it
    return replace(all_of_it, worst_code=row.region_code, worst_name=row.name, worst_empty=row.empty)


def lacking_stations(seen: Overview, page: int) -> list[EmptyVillage]:
    """One page of fifty, by kelurahan and number, each kelurahan with whom to call. Two statements."""
    rows = db.session.execute(_missing(seen).limit(PAGE).offset((page - 1) * PAGE)).all()
    coordinators = coordinators_of({row.village_code for row in rows})
    villages = []
    for (code, name, district), of in groupby(rows, lambda row: (row.village_code, row.name, row.district)):
        stations = [EmptyStation(row.id, row.number, row.witnesses, row.volunteers) for row in of]
        villages.append(EmptyVillage(code, name, district or "", stations, coordinators.get(code)))
    return villages


def untrained_villages(seen: Overview, page: int) -> list[UntrainedVillage]:
    """One page of fifty seats, by kelurahan and TPS, each kelurahan with whom to call. Two statements."""
    seats = untrained_seats(seen.election.id, seen.code, (page - 1) * PAGE, PAGE)
    coordinators = coordinators_of({seat.village_code for seat in seats})
    return [
        UntrainedVillage(code, name, list(of), coordinators.get(code))
        for (code, name), of in groupby(seats, lambda seat: (seat.village_code, seat.village))
    ]


def _missing(seen: Overview) -> Select[*tuple[Any, ...]]:
    witnesses = func.coalesce(StationCount.witnesses, 0)
    volunteers = func.coalesce(StationCount.volunteers, 0)
    found: Any = (
        select(
            Station.id,
            Station.number,
            Station.village_code,
            Region.name,
            kecamatan.name.label("district"),
            witnesses.label("witnesses"),
            volunteers.label("volunteers"),
        )
        .join(Region, Region.code == Station.village_code)
        .outerjoin(kecamatan, kecamatan.code == Region.parent_code)
        .outerjoin(StationCount, StationCount.station_id == Station.id)
        .where(Station.election_id == seen.election.id, Station.retired.is_(False))
        .where(within(Station.village_code, seen.code))
        .order_by(Station.village_code, Station.number)
    )
    if seen.measure is Measure.WITNESSES:
        return found.where(witnesses == 0)
    if seen.measure is Measure.VOLUNTEERS:
        return found.where(volunteers < seen.election.volunteer_target)
    here_today = select(StationDay.station_id).where(
        StationDay.station_id == Station.id,
        StationDay.day == day_at(Station.village_code, today()),
        StationDay.checkins > 0,
    )
    return found.where(~here_today.exists())

"""Who sits at a TPS, who sat there before, and who might sit there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import joinedload

from webapp.people.figures.training import Known, known_of
from webapp.people.models import Person, Seat, Slot
from webapp.people.rules.naming import holding, words_of
from webapp.people.rules.phones import BadPhone, phone_of
from webapp.people.rules.registering import alike_with
from webapp.places.models import Election, Region, Station
from webapp.places.rules.scope import Scope, current
from webapp.plumbing.database import db

LIMIT = 20
HISTORY = 10


@dataclass(frozen=True)
class Sitter:
    """One seat with its person's name. `near`: the person lives where the viewer answers, and may be called."""

    seat_id: int
    person_id: int
    name: str
    slot: str
    since: datetime
    near: bool
    trained: bool = False
    ended_at: datetime | None = None
    end_reason: str | None = None
    assigned_by: int | None = None


@dataclass(frozen=True)
class AtStation:
    """The seats of one TPS."""

    main: Sitter | None
    reserve: Sitter | None
    outside: Sequence[Sitter]
    before: Sequence[Sitter]

    @property
    def witnesses(self) -> int:
        """How many of the two that the law allows."""
        return (self.main is not None) + (self.reserve is not None)

    @property
    def volunteers(self) -> int:
        """Everybody who stands there, outside too."""
        return self.witnesses + len(self.outside)

    @property
    def free(self) -> Slot:
        """The next slot to fill."""
        if self.main is None:
            return Slot.MAIN
        return Slot.RESERVE if self.reserve is None else Slot.OUTSIDE

    def sitter(self, seat_id: int | None) -> Sitter | None:
        """The one who sits in this seat now."""
        now = [self.main, self.reserve, *self.outside]
        return next((one for one in now if one is not None and one.seat_id == seat_id), None)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be given a seat; `sits` says where they already do, `trained` that they may stand at a TPS."""

    person_id: int
    name: str
    home: str
    sits: Sequence[tuple[str, str, str]] = ()  # slot, TPS, kelurahan
    trained: bool = False


def at_station(station: Station) -> AtStation:
    """Who sits there now, and the last ten who did. Three statements."""
    of_it = select(Seat).where(Seat.station_id == station.id)
    active = list(db.session.scalars(of_it.where(Seat.ended_at.is_(None)).order_by(Seat.since, Seat.id)))
    ended = of_it.where(Seat.ended_at.is_not(None)).order_by(Seat.ended_at.desc(), Seat.id.desc())
    sitters = _named([*active, *db.session.scalars(ended.limit(HISTORY))])
    now = sitters[: len(active)]
    by_slot = {one.slot: one for one in now}
    return AtStation(
        main=by_slot.get(Slot.MAIN),
        reserve=by_slot.get(Slot.RESERVE),
        outside=[one for one in now if one.slot == Slot.OUTSIDE],
        before=sitters[len(active) :],
    )


def duties_of(person_id: int) -> list[tuple[str, str, str]]:
    """Slot, TPS and kelurahan of one's seats in the current election. One statement."""
    rows = db.session.execute(
        select(Seat.slot, Station, Region.name)
        .join(Station, Station.id == Seat.station_id)
        .join(Region, Region.code == Seat.region_code)
        .join(Election, Election.id == Seat.election_id)
        .where(Seat.person_id == person_id, Election.current, Seat.ended_at.is_(None))
        .order_by(Seat.since, Seat.id)
    )
    return [(slot, station.label, village) for slot, station, village in rows]


def stations_of(person_id: int) -> list[tuple[int, str]]:
    """The TPS of one's seats in the current election, each with its kelurahan's code. One statement."""
    rows = db.session.execute(
        select(Seat.station_id, Seat.region_code)
        .join(Election, Election.id == Seat.election_id)
        .where(Seat.person_id == person_id, Election.current, Seat.ended_at.is_(None))
        .order_by(Seat.since, Seat.id)
    )
    return [(row.station_id, row.region_code) for row in rows]


def candidates(station: Station, words: str) -> list[Candidate]:
    """At most twenty people within the scope, those without a seat first; without words, those of the kelurahan."""
    found = select(Person).where(Person.withdrawn_at.is_(None)).options(joinedload(Person.home))
    here = case((Person.region_code == station.village_code, 0), else_=1)
    wanted = words_of(words)
    if words.strip() and not wanted:
        return []
    if wanted:
        found = found.where(*holding(wanted))
    else:
        found = found.where(Person.region_code == station.village_code, ~_seated(station))
    free = case((_seated(station), 1), else_=0)
    ordered = found.order_by(free, here, Person.search_name, Person.id)
    return _as_candidates(station, db.session.scalars(ordered.limit(LIMIT)).all())


def maybe_known(station: Station, name: str, phone: str) -> list[Candidate]:
    """Those of the scope who have this number and much the same name. Three statements."""
    try:
        number = phone_of(phone)
    except BadPhone:
        return []
    return _as_candidates(station, [one for one in alike_with(number, name) if one.withdrawn_at is None])


def _as_candidates(station: Station, people: Sequence[Person]) -> list[Candidate]:
    ids = [person.id for person in people]
    seats, known = _seats_of(ids, station.election_id), known_of(ids)
    return [
        Candidate(p.id, p.name, p.home.name, seats.get(p.id, ()), trained=known[p.id].trained) for p in people
    ]


def _named(seats: Sequence[Seat]) -> list[Sitter]:
    scope = current()
    known = known_of({seat.person_id for seat in seats})
    return [_sitter(seat, known[seat.person_id], scope) for seat in seats]


def _sitter(seat: Seat, person: Known, scope: Scope) -> Sitter:
    return Sitter(
        seat_id=seat.id,
        person_id=seat.person_id,
        name=person.name,
        slot=seat.slot,
        since=seat.since,
        near=scope.covers(person.home) and seat.person_id != scope.person_id,
        trained=person.trained,
        ended_at=seat.ended_at,
        end_reason=seat.end_reason,
        assigned_by=seat.assigned_by,
    )


def _seated(station: Station) -> ColumnElement[bool]:
    seats = select(Seat.id).where(
        Seat.person_id == Person.id, Seat.election_id == station.election_id, Seat.ended_at.is_(None)
    )
    return seats.exists()


def _seats_of(person_ids: Sequence[int], election_id: int) -> dict[int, list[tuple[str, str, str]]]:
    if not person_ids:
        return {}
    rows = db.session.execute(
        select(Seat.person_id, Seat.slot, Station, Region.name)
        .join(Station, Station.id == Seat.station_id)
        .join(Region, Region.code == Seat.region_code)
        .where(Seat.person_id.in_(person_ids), Seat.election_id == election_id, Seat.ended_at.is_(None))
        .order_by(Seat.since)
    )
    seats: dict[int, list[tuple[str, str, str]]] = {}
    for person_id, slot, station, village in rows:
        seats.setdefault(person_id, []).append((slot, station.label, village))
    return seats

"""Certificates as they are shown, and the seats whose holder has not been trained yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from webapp.people.models import Person, Seat, Training
from webapp.people.rules.training import trained_people
from webapp.places.models import Region, Station
from webapp.places.rules.scope import current, everywhere
from webapp.plumbing.database import db, within
from webapp.plumbing.refusal import NotThere


@dataclass(frozen=True)
class Certificate:
    """One training of one person. Not `valid`: taken back, or the person took the consent back."""

    code: UUID
    meeting_id: int
    person_id: int
    name: str
    title: str
    held_on: date
    valid: bool


@dataclass(frozen=True)
class Known:
    """What is said of whoever sits at a TPS. `home`: the code of the region."""

    name: str
    home: str
    trained: bool


@dataclass(frozen=True)
class Untrained:
    """A seat whose holder has completed no training for witnesses. `near`: lives where the viewer may call."""

    person_id: int
    name: str
    slot: str
    station_id: int
    label: str
    village_code: str
    village: str
    near: bool


def certificate(code: UUID) -> Certificate | None:
    """The one with this code, whoever asks. One statement."""
    with everywhere("whoever was shown a certificate may ask whether it holds"):
        row = db.session.execute(_certificates().where(Training.code == code)).one_or_none()
    return _shown(row) if row else None


def certificates_of(meeting_id: int) -> dict[int, Certificate]:
    """Everybody's of one meeting, by person. The caller shows those that it may. One statement."""
    with everywhere("who keeps a list knows which of those on it completed the training"):
        rows = db.session.execute(_certificates().where(Training.meeting_id == meeting_id)).all()
    return {row.person_id: _shown(row) for row in rows}


def own_certificates(person_id: int) -> list[Certificate]:
    """Those of one person, the latest first. One statement."""
    with everywhere("one's own trainings are one's own, wherever they were held"):
        found = _certificates().where(Training.person_id == person_id)
        rows = db.session.execute(found.order_by(Training.held_on.desc(), Training.id.desc())).all()
    return [_shown(row) for row in rows]


def untrained_seats(election_id: int, code: str, first: int, number: int) -> list[Untrained]:
    """Taken seats at and below `code` whose holder is not trained, by TPS, from place `first` on. One statement."""
    if not current().covers(code):
        raise NotThere
    scope = current()
    with everywhere("who sits at a TPS of one's own region is named, wherever she lives and was trained"):
        rows = db.session.execute(_untrained(election_id, code).offset(first).limit(number)).all()
    return [
        Untrained(
            person_id=row.person_id,
            name=row.name,
            slot=row.slot,
            station_id=row.Station.id,
            label=row.Station.label,
            village_code=row.village_code,
            village=row.village,
            near=scope.covers(row.home) and row.person_id != scope.person_id,
        )
        for row in rows
    ]


def known_of(person_ids: Collection[int]) -> dict[int, Known]:
    """Those people, whom rows of the caller's own name already. One statement."""
    if not person_ids:
        return {}
    trained = Person.id.in_(trained_people()).label("trained")
    with everywhere("who sits at a TPS of one's own region is named, and whether she is trained"):
        found = select(Person.id, Person.name, Person.region_code, trained).where(Person.id.in_(person_ids))
        return {row.id: Known(row.name, row.region_code, row.trained) for row in db.session.execute(found)}


def _certificates() -> Select[*tuple[Any, ...]]:
    return select(
        Training.code,
        Training.meeting_id,
        Training.person_id,
        Training.title,
        Training.held_on,
        Training.revoked_at,
        Person.name,
        Person.withdrawn_at,
    ).join(Person, Person.id == Training.person_id)


def _shown(row: Row[*tuple[Any, ...]]) -> Certificate:
    valid = row.revoked_at is None and row.withdrawn_at is None
    return Certificate(row.code, row.meeting_id, row.person_id, row.name, row.title, row.held_on, valid)


def _untrained(election_id: int, code: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Seat.person_id,
            Seat.slot,
            Seat.region_code.label("village_code"),
            Station,
            Region.name.label("village"),
            Person.name.label("name"),
            Person.region_code.label("home"),
        )
        .join(Station, Station.id == Seat.station_id)
        .join(Region, Region.code == Seat.region_code)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.election_id == election_id, Seat.ended_at.is_(None), within(Seat.region_code, code))
        .where(Station.retired.is_(False), Seat.person_id.not_in(trained_people()))
        .order_by(Seat.region_code, Station.number, Seat.id)
    )

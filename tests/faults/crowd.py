"""More people than the cast: witnesses of some kota, made in bulk, each with a phone, a TPS of their own and a mandate
there; and understudies of the cast, since nobody leaves more here in an hour than a person does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, select

from tests.cast import LONG_AGO, Actor, join
from webapp.people.models import CONSENT_VERSION, Account, DeviceSession, Mandate, Person
from webapp.people.rules.permissions import Role
from webapp.places.models import Election, Region, Station, VillageCount
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

FIRST = 100_000  # the id of the first person, and of the first TPS
CITIES = ("31.74", "31.75")
DISTRICTS, VILLAGES = 5, 4  # of each kota, of each kecamatan
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Witness:
    """One of the crowd; looks like an actor of the cast where a cookie is made."""

    id: int
    village: str

    @property
    def device(self) -> UUID:
        """The device session they are signed in with."""
        return UUID(int=self.id)

    @property
    def places(self) -> tuple[str, ...]:
        """Where they check in: their TPS, their posko, the field."""
        return (f"tps:tps-{self.id}", f"posko:{self.village}", f"lapangan:{self.village}")


def gather(app: Flask, size: int, cities: Sequence[str] = CITIES) -> list[Witness]:
    """Put `size` witnesses into the database, in turn in each of the 20 kelurahan of these kota; each in one call."""
    villages = _villages(cities)
    crowd = [Witness(FIRST + number, villages[number % len(villages)]) for number in range(size)]
    with app.app_context(), everywhere("the crowd is made"):
        election = db.session.scalars(select(Election.id).where(Election.current)).one()
        for model, rows in (*_places(election, villages, crowd), *_people(crowd)):
            db.session.execute(insert(model), rows)
        db.session.commit()
    return crowd


def understudies(app: Flask, actor: Actor, count: int) -> list[Actor]:
    """`actor`, and so many more people with the same mandate: made anew, so once a test for each of the cast."""
    numbers = [FIRST + 1000 * actor.id + number for number in range(count)]
    more = [
        replace(actor, id=number, name=f"{actor.name} {number}", phone=f"+6284{number:08}")
        for number in numbers
    ]
    with app.app_context(), everywhere("understudies join the cast"):
        join(*more)
        db.session.remove()
    return [actor, *more]


def _villages(cities: Sequence[str]) -> list[str]:
    numbers = range(1, DISTRICTS + 1), range(1001, 1001 + VILLAGES)
    return [f"{city}.{one:02}.{two}" for one in numbers[0] for two in numbers[1] for city in cities]


def _places(election: int, villages: list[str], crowd: list[Witness]) -> list[tuple[type, Rows]]:
    above = {village[:signs] for village in villages for signs in (2, 5, 8)} - {"31"}  # that one is there
    regions = [_region(code) for code in (*sorted(above, key=len), *villages)]
    stations = [
        {"id": one.id, "election_id": election, "village_code": one.village, "number": one.id - FIRST + 1}
        for one in crowd
    ]
    counts = [
        {"election_id": election, "region_code": code, "stations": sum(one.village == code for one in crowd)}
        for code in villages
    ]
    return [(Region, regions), (Station, stations), (VillageCount, counts)]


def _region(code: str) -> dict[str, Any]:
    name = f"Wilayah {code}"
    return {
        "code": code, "name": name, "search_name": name.lower(), "level": code.count(".") + 1,
        "parent_code": code.rpartition(".")[0] or "ID", "lat": -6.2, "lng": 106.8,
    }  # fmt: skip


def _people(crowd: list[Witness]) -> list[tuple[type, Rows]]:
    moment = now()
    persons = [
        {"id": one.id, "name": f"Saksi {one.id}", "search_name": f"saksi {one.id}",
         "phone": f"+62850{one.id}", "region_code": one.village, "station_id": one.id, "created_at": LONG_AGO}
        for one in crowd
    ]  # fmt: skip
    accounts = [
        {"id": one.id, "person_id": one.id, "phone": f"+62850{one.id}", "temporary": False,
         "consent_version": CONSENT_VERSION, "created_at": LONG_AGO}
        for one in crowd
    ]  # fmt: skip
    mandates = [
        {"id": one.id, "person_id": one.id, "role": Role.WITNESS, "region_code": one.village,
         "since": LONG_AGO.date()}
        for one in crowd
    ]  # fmt: skip
    devices = [
        {"id": one.device, "account_id": one.id, "label": "HP uji", "created_at": LONG_AGO, "last_seen_at": moment}
        for one in crowd
    ]  # fmt: skip
    return [(Person, persons), (Account, accounts), (Mandate, mandates), (DeviceSession, devices)]

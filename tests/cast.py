"""The cast: six people and the small part of West Jakarta where every test plays.

Ani leads the kecamatan Cengkareng, Kartika the kota, Budi is witness at TPS 001 of Kapuk, Citra leads the
kecamatan next door and must see nothing, Dewi is admin of everything, Eko supervises the kota.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text

from webapp.people.models import CONSENT_VERSION, Account, DeviceSession, Mandate, Person
from webapp.people.rules.permissions import Role
from webapp.places.models import Election, Region, Station, VillageCount
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
KOTA, CENGKARENG, GROGOL = "31.73", "31.73.01", "31.73.02"
KAPUK, CENGKARENG_BARAT, TOMANG = "31.73.01.1005", "31.73.01.1001", "31.73.02.1003"
CANARY = "Zzcanary"  # in the name of whoever lives next door: no page of Ani's may show it


@dataclass(frozen=True)
class Actor:
    """One of the cast: ids are fixed, so that tests may name them."""

    id: int
    name: str
    phone: str
    role: Role
    region_code: str
    home: str

    @property
    def device(self) -> UUID:
        """The device session this actor is signed in with."""
        return UUID(int=self.id)


ANI = Actor(1, "Ani Lestari", "+628400000001", Role.COORDINATOR, CENGKARENG, KAPUK)
KARTIKA = Actor(2, "Kartika Sari", "+628400000002", Role.COORDINATOR, KOTA, CENGKARENG_BARAT)
BUDI = Actor(3, "Budi Santoso", "+628400000003", Role.WITNESS, KAPUK, KAPUK)
CITRA = Actor(4, f"Citra {CANARY}", "+628400000004", Role.COORDINATOR, GROGOL, TOMANG)
DEWI = Actor(5, "Dewi Anggraini", "+628400000005", Role.ADMIN, "ID", CENGKARENG_BARAT)
EKO = Actor(6, "Eko Prasetya", "+628400000006", Role.SUPERVISOR, KOTA, TOMANG)
ACTORS = (ANI, KARTIKA, BUDI, CITRA, DEWI, EKO)

PLACES = (
    ("ID", "Indonesia", None),
    ("31", "DKI Jakarta", None),
    (KOTA, "Jakarta Barat", "kota"),
    (CENGKARENG, "Cengkareng", None),
    (CENGKARENG_BARAT, "Cengkareng Barat", "kelurahan"),
    (KAPUK, "Kapuk", "kelurahan"),
    (GROGOL, "Grogol Petamburan", None),
    (TOMANG, "Tomang", "kelurahan"),
)
REGISTER = {CENGKARENG_BARAT: (1, 2, 3), KAPUK: (1, 2, 3, 4, 5, 901), TOMANG: (1, 2, 3)}


def load_cast() -> None:
    """Fill an empty, migrated database. TPS ids count up from 1 in the order of `REGISTER`."""
    with everywhere("the cast is made"):
        _places()
        join(*ACTORS)


def join(*actors: Actor) -> None:
    """Give each an account, a mandate and a phone that is signed in, and commit. Inside `everywhere`."""
    for actor in actors:
        _person(actor)
    _count_on()
    db.session.commit()


def station_id(village: str, number: int) -> int:
    """The fixed id of a TPS of the register above."""
    keys = [(code, n) for code, numbers in REGISTER.items() for n in numbers]
    return keys.index((village, number)) + 1


def _count_on() -> None:
    """PostgreSQL's own counters know nothing of ids that were given."""
    if db.engine.dialect.name == "postgresql":
        for table in ("person", "account"):
            db.session.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))


def _places() -> None:
    for code, name, kind in PLACES:
        level = 0 if code == "ID" else code.count(".") + 1
        parent = None if code == "ID" else code.rpartition(".")[0] or "ID"
        row = Region(
            code=code, name=name, search_name=name.lower(), level=level, parent_code=parent, kind=kind,
            lat=-6.14, lng=106.73,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
    election = Election(
        code="pilkada-2024", name="Pilkada 2024", date=date(2024, 11, 27), current=True, volunteer_target=3
    )
    db.session.add(election)
    db.session.flush()
    for code, numbers in REGISTER.items():
        db.session.add(VillageCount(election_id=election.id, region_code=code, stations=len(numbers)))
        for number in numbers:
            db.session.add(Station(election_id=election.id, village_code=code, number=number))
            db.session.flush()


def _person(actor: Actor) -> None:
    person = Person(
        id=actor.id, name=actor.name, search_name=actor.name.lower(), phone=actor.phone,
        region_code=actor.home, created_at=LONG_AGO,
        station_id=station_id(KAPUK, 1) if actor.role is Role.WITNESS else None,
    )  # fmt: skip
    db.session.add(person)
    db.session.flush()
    account = Account(
        id=actor.id, person_id=actor.id, phone=actor.phone, temporary=False, created_at=LONG_AGO,
        consent_version=CONSENT_VERSION, password_hash="x" if actor.role.is_staff else None,
    )  # fmt: skip
    db.session.add_all([account, Mandate(
        person_id=actor.id, role=actor.role, region_code=actor.region_code, since=date(2024, 1, 1)
    )])  # fmt: skip
    db.session.flush()
    db.session.add(DeviceSession(
        id=actor.device, account_id=actor.id, by_password=actor.role.is_staff, label="HP uji",
        created_at=LONG_AGO, last_seen_at=now(),
    ))  # fmt: skip

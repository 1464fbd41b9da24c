"""The people of the demo: staff, 63 coordinators, and witnesses in unequal parts, so that the map has a tale."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import insert

from webapp.home.rules.demo.people import Invented, invent
from webapp.home.rules.demo.places import KOTA, stations_of
from webapp.people.models import BY_DEMO, CONSENT_VERSION, Account, Consent, Mandate, Person, Seat, Slot
from webapp.people.rules.permissions import Role
from webapp.people.rules.secrets import DEMO_PASSWORD as PASSWORD
from webapp.people.rules.secrets import DEMO_PIN as PIN
from webapp.people.rules.secrets import hash_password, hash_pin
from webapp.places.models import NATION, Election
from webapp.places.rules.names import fold
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db

KAPUK, CENGKARENG = "31.73.01.1005", "31.73.01"
EMPTY = ("31.73.06.1001", "31.73.08.1003", "31.73.03.1006")  # kelurahan that nobody leads yet
SHARES = {"31.73.03": 0.96, "31.73.07": 0.82, "31.73.02": 0.66, "31.73.04": 0.52, KAPUK: 0.6}
ELSEWHERE = 0.05


@dataclass(frozen=True)
class Login:
    """How one role of the demo signs in."""

    role: Role
    name: str
    phone: str
    secret: str
    region_code: str
    home: str


LOGINS = (
    Login(Role.ADMIN, "Dewi Anggraini", "+6284000000001", PASSWORD, NATION, "31.73.05.1001"),
    Login(Role.SUPERVISOR, "Eko Prasetya", "+6284000000002", PASSWORD, KOTA, "31.73.07.1001"),
    Login(Role.COORDINATOR, "Kartika Sari", "+6284000000003", PIN, KOTA, "31.73.02.1003"),
    Login(Role.WITNESS, "Budi Santoso", "+6284000000004", PIN, KAPUK, KAPUK),
)


@dataclass
class People:
    """Who the demo made: ids by what they are."""

    keeper: int = 0
    supervisor: int = 0
    budi: int = 0
    coordinators: dict[str, list[int]] = field(default_factory=dict)
    seated: list[tuple[int, int, str]] = field(default_factory=list)  # person, station, kelurahan


def add_people(election: Election, seed: int, pepper: str) -> People:
    """Staff, coordinators and witnesses with their accounts, mandates and seats."""
    chance = random.Random(seed)  # noqa: S311 - a demo, not a secret
    crowd = iter(invent(1200, seed))
    stations = stations_of(election)
    people = People()
    pin = hash_pin(PIN, pepper)
    for login in LOGINS:
        _add_login(people, login, pin, stations)
    _add_coordinators(people, crowd, sorted(stations), pin)
    _seat_witnesses(people, crowd, stations, election, chance)
    return people


def _add_login(people: People, login: Login, pin: str, stations: dict[str, list[int]]) -> None:
    person = _person(Invented(login.name, login.phone, 1985), login.home)
    match login.role:
        case Role.SUPERVISOR:
            people.supervisor = person
        case Role.COORDINATOR:
            people.keeper = person
            people.coordinators[KOTA] = [person]
        case Role.WITNESS:
            people.budi = person
            people.seated.append((person, stations[KAPUK][0], KAPUK))
            db.session.get_one(Person, person).station_id = stations[KAPUK][0]
    secret = hash_password(login.secret) if login.role.is_staff else None
    _account(person, login.phone, pin_hash=None if secret else pin, password_hash=secret)
    _mandate(person, login.role, login.region_code)


def _add_coordinators(people: People, crowd: Iterator[Invented], villages: list[str], pin: str) -> None:
    """63 in all: three of the kota, eight kecamatan, and the kelurahan that somebody leads."""
    districts = sorted({code[:8] for code in villages})
    led = [KOTA, KOTA, *districts, *(code for code in villages if code not in EMPTY)][:62]
    for place in led:
        one = _named_ani(next(crowd)) if place == CENGKARENG else next(crowd)
        person = _person(one, place if place.count(".") == 3 else _a_village_of(place, villages))
        people.coordinators.setdefault(place, []).append(person)
        _account(person, one.phone, pin_hash=pin, password_hash=None)
        _mandate(person, Role.COORDINATOR, place)


def _seat_witnesses(
    people: People,
    crowd: Iterator[Invented],
    stations: dict[str, list[int]],
    election: Election,
    chance: random.Random,
) -> None:
    for village, ids in sorted(stations.items(), key=lambda pair: -_share(pair[0])):
        wanted = _share(village) * chance.uniform(0.75, 1.1)
        for station in chance.sample(ids, min(len(ids), round(len(ids) * wanted))):
            slots = (Slot.MAIN, Slot.RESERVE) if chance.random() < 0.12 else (Slot.MAIN,)
            _take_seats(people, crowd, station, village, slots)
    db.session.execute(insert(Seat), list(_seats(people, election, chance)))


def _seats(people: People, election: Election, chance: random.Random) -> Iterator[dict[str, object]]:
    """One seat for each of them: the first at a TPS is its witness, the second the reserve."""
    moment = now()
    taken: set[tuple[int, Slot]] = set()
    for person, station, village in people.seated:
        slot = Slot.RESERVE if (station, Slot.MAIN) in taken else Slot.MAIN
        if (station, slot) in taken:
            continue
        taken.add((station, slot))
        yield {
            "election_id": election.id,
            "station_id": station,
            "region_code": village,
            "person_id": person,
            "slot": slot,
            "since": moment - timedelta(days=chance.randint(1, 40)),
            "assigned_by": people.keeper,
        }


def _take_seats(
    people: People, crowd: Iterator[Invented], station: int, village: str, slots: Iterable[Slot]
) -> None:
    for _slot in slots:
        one = next(crowd, None)
        if one is None:
            return
        people.seated.append((_person(one, village, station), station, village))


def _share(village: str) -> float:
    return SHARES.get(village, SHARES.get(village[:8], ELSEWHERE))


def _person(one: Invented, home: str, station: int | None = None) -> int:
    person = Person(
        name=one.name,
        search_name=fold(one.name),
        phone=one.phone,
        region_code=home,
        station_id=station,
        birth_year=one.birth_year,
        created_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    return person.id


def _account(person: int, phone: str, *, pin_hash: str | None, password_hash: str | None) -> None:
    """An account whose holder has agreed already: the demo opens at the first tap."""
    db.session.add(
        Account(
            person_id=person,
            phone=phone,
            pin_hash=pin_hash,
            password_hash=password_hash,
            temporary=False,
            consent_version=CONSENT_VERSION,
            created_at=now() - timedelta(days=60),
            last_sign_in_at=now() - timedelta(hours=7 * (person % 40)) if person % 6 else None,
        )
    )
    db.session.add(Consent(person_id=person, version=CONSENT_VERSION, at=now(), channel=BY_DEMO))


def _mandate(person: int, role: Role, code: str) -> None:
    since = local_day(now()) - timedelta(days=60)  # the day the accounts were made
    db.session.add(Mandate(person_id=person, role=role, region_code=code, since=since))


def _named_ani(one: Invented) -> Invented:
    return Invented("Ani Lestari", one.phone, one.birth_year)


def _a_village_of(place: str, villages: list[str]) -> str:
    return next(code for code in villages if code.startswith(place))

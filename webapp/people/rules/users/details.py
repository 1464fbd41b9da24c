"""A new user, and what is kept of one: name, number, home, birth year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from webapp.people.models import Person
from webapp.people.rules import secrets
from webapp.people.rules.permissions import Permission, Role
from webapp.people.rules.phones import phone_of
from webapp.people.rules.registering import check_year, clean_name, refuse_alike, register_person
from webapp.people.rules.trail import note
from webapp.people.rules.users.accounts import Secret, make_account, refuse_taken
from webapp.people.rules.users.mandates import give
from webapp.people.rules.users.reach import (
    NotYours,
    above,
    account_of,
    check_grant,
    is_region,
    managed,
    mandates_of,
    may_manage,
    refuse_withdrawn,
)
from webapp.people.rules.viewer import Viewer
from webapp.places.models import NATION, Region, Station
from webapp.places.rules.names import fold
from webapp.places.rules.scope import current, everywhere
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


class Overtaken(Refusal):
    """Somebody else changed the person while this form was open."""

    status = 409


@dataclass(frozen=True)
class Details:
    """What is kept of a person. `phone` as it was typed; empty leaves the number as it is."""

    name: str
    phone: str
    region_code: str
    birth_year: int | None = None
    shared: bool = False  # somebody has said that others have this number too


def create_user(who: Viewer, details: Details, role: Role, region_code: str, secret: Secret) -> Person:
    """A person with an account and a first mandate. Raises `Repeated` when the number already signs that person in."""
    check_grant(who, role, region_code)
    phone, name = phone_of(details.phone), clean_name(details.name)
    check_year(details.birth_year)
    if not current().covers(details.region_code) or not is_region(details.region_code):
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    refuse_taken(phone, name)  # last of all: whoever sends a form that fails anyhow learns nothing by it
    person = register_person(
        name, phone, details.region_code, birth_year=details.birth_year, shared=details.shared
    )
    if not may_manage(who, person, mandates_of(person.id)):
        raise NotYours(above())
    if account_of(person.id) is not None:
        raise Refusal(
            _("Orang ini sudah punya akun dengan nomor lain. Cari namanya di daftar."), field="phone"
        )
    make_account(person, phone, secret)
    give(who.person_id, person, role, region_code, None, None)
    return person


def change_person(who: Viewer, person_id: int, details: Details, seen: str = "", pepper: str = "") -> None:
    """New name, number, home or birth year; only what really changed stands in the trail.

    `seen` is the mark of what the form showed; when it is another by now: raises `Overtaken`. A number that somebody
    of much the same name has raises `MaybeKnown`, unless it is said to be `shared`.
    """
    person = managed(who, person_id)
    refuse_withdrawn(person)
    check_year(details.birth_year)
    if not who.may_at(Permission.MANAGE_USERS, details.region_code) or not is_region(details.region_code):
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    wanted = {
        "name": clean_name(details.name),
        "phone": phone_of(details.phone) if details.phone.strip() else person.phone,
        "region_code": details.region_code,
        "birth_year": details.birth_year,
    }
    after = {field: value for field, value in wanted.items() if getattr(person, field) != value}
    if not after:
        return
    if seen and seen != mark_of(person, pepper):
        raise Overtaken(
            _("Data orang ini baru saja diubah orang lain. Periksa lagi, lalu simpan sekali lagi.")
        )
    before, lived_in = {field: getattr(person, field) for field in after}, person.region_code
    _set(person, after, shared=details.shared)
    note("person.change", "person", person.id, lived_in, before, after)


def mark_of(person: Person, pepper: str) -> str:
    """Names what is kept of a person now without telling it."""
    told = f"{person.name}|{person.phone}|{person.region_code}|{person.birth_year}"
    return secrets.key_of(told, "details", pepper)[:16]


def _set(person: Person, values: Mapping[str, Any], *, shared: bool) -> None:
    """What follows from a new name, number or home changes with it."""
    if values.get("phone"):
        _change_phone(person, values["phone"])
    number = values.get("phone", person.phone)
    if number and not shared and values.keys() & {"name", "phone"}:
        refuse_alike(number, values.get("name", person.name), person.id)
    for field, value in values.items():
        setattr(person, field, value)
    person.search_name = fold(person.name)
    _leave_station_outside(person)
    db.session.flush()


def _change_phone(person: Person, phone: str) -> None:
    account = account_of(person.id)
    if account is None or account.phone == phone:
        return
    refuse_taken(phone, None)
    account.phone = phone


def _leave_station_outside(person: Person) -> None:
    """Somebody who moved away has no home TPS until one is chosen anew."""
    if person.station_id is None:
        return
    station = db.session.get(Station, person.station_id)
    if station is None or station.village_code != person.region_code:
        person.station_id = None


def found_organisation(details: Details, role: Role, secret: Secret, *, temporary: bool) -> Person:
    """The first admin, made from the server itself: nobody stands above. The nation is made if there is none.

    Raises `Refusal` when the number or the region cannot be taken.
    """
    with everywhere("made from the command line, by whoever runs the server"):
        _nation()
        phone = phone_of(details.phone)
        refuse_taken(phone, None)
        person = register_person(details.name, phone, details.region_code, birth_year=details.birth_year)
        if account_of(person.id) is not None:
            raise Refusal(_("Orang ini sudah punya akun dengan nomor lain."))
        make_account(person, phone, secret)
        account = account_of(person.id)
        if account is not None:
            account.temporary = temporary
        give(None, person, role, details.region_code, None, None)
        return person


def _nation() -> None:
    if db.session.get(Region, NATION) is None:
        row = Region(code=NATION, name="Indonesia", search_name="indonesia", level=0)
        db.session.add(row)
        db.session.flush()

"""Taking somebody into the register of people, once."""

from __future__ import annotations

import unicodedata

from flask_babel import gettext as _
from sqlalchemy import func, select

from webapp.people.models import Person
from webapp.people.rules.phones import phone_of
from webapp.people.rules.trail import note
from webapp.places.models import Region
from webapp.places.rules.names import fold
from webapp.places.rules.scope import current
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.written import visible

MOST_NAME = 80
OLDEST, YOUNGEST = 110, 12  # years: a slip of the thumb, not a rule about who may help


class BadName(Refusal):
    """The text cannot be a person's name."""

    field = "name"


class BadYear(Refusal):
    """Nobody of the organisation was born in that year."""

    field = "birth_year"


def register_person(
    name: str,
    phone: str | None,
    region_code: str,
    *,
    station_id: int | None = None,
    birth_year: int | None = None,
) -> Person:
    """The person of that name and number, new or known already; flushed, so that it has its id.

    Two with the same number and the same name, within the scope, are one; without a number nobody can tell, so it is
    somebody new. Raises `BadName`, `BadPhone` or `NotThere` for a region that is none of the actor's.
    """
    name, number = clean_name(name), phone_of(phone) if phone and phone.strip() else None
    check_year(birth_year)
    if not current().covers(region_code) or db.session.get(Region, region_code) is None:
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    known = _known(name, number) if number else None
    return known or _new(name, number, region_code, station_id, birth_year)


def clean_name(name: str) -> str:
    """The name with single spaces and no control signs; raises `BadName`."""
    told = visible(unicodedata.normalize("NFC", name))
    tidy = " ".join("".join(sign for sign in told if sign.isprintable() or sign.isspace()).split())
    if len(tidy) < 2 or not any(sign.isalpha() for sign in tidy):
        raise BadName(_("Isi nama orangnya."))
    if len(tidy) > MOST_NAME:
        raise BadName(_("Nama ini terlalu panjang, paling banyak 80 huruf."))
    return tidy


def check_year(year: int | None) -> None:
    """Raise `BadYear` unless it can be the birth year of somebody who helps."""
    if year is None:
        return
    this = now().year
    if not this - OLDEST <= year <= this - YOUNGEST:
        raise BadYear(_("Tahun lahir ini tidak mungkin. Periksa lagi, atau kosongkan."))


def one_at_a_time(what: str) -> None:
    """SQLite has one writer anyhow; elsewhere two who are after the same thing, as a number, wait for each other."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(what))))


def _known(name: str, number: str) -> Person | None:
    one_at_a_time(number)
    same = select(Person).where(Person.phone == number, Person.search_name == fold(name))
    return db.session.scalars(same.order_by(Person.id).limit(1)).one_or_none()


def _new(
    name: str, number: str | None, region_code: str, station_id: int | None, birth_year: int | None
) -> Person:
    person = Person(
        name=name,
        search_name=fold(name),
        phone=number,
        region_code=region_code,
        station_id=station_id,
        birth_year=birth_year,
        created_at=now(),
    )
    db.session.add(person)
    db.session.flush()
    note("person.register", "person", person.id, region_code, after={"region_code": region_code})
    return person

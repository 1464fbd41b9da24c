"""Taking somebody into the register of people, once."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.people.models import Person
from webapp.people.rules.likeness import alike, same
from webapp.people.rules.phones import phone_of
from webapp.people.rules.trail import note
from webapp.places.models import Region
from webapp.places.rules.names import fold
from webapp.places.rules.scope import current
from webapp.plumbing.clock import now
from webapp.plumbing.database import advisory_lock, db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.written import visible

MOST_NAME = 80
FAMILY = 50  # so many may have one number
OLDEST, YOUNGEST = 110, 12  # years: a slip of the thumb, not a rule about who may help


class BadName(Refusal):
    """The text cannot be a person's name."""

    field = "name"


@dataclass(frozen=True)
class Known:
    """Somebody who is registered already."""

    id: int
    name: str
    home: str


class MaybeKnown(Refusal):
    """The number belongs to somebody whose name is much the same: a person has to say whether it is one."""

    status = 409
    for_a_person = True

    def __init__(self, people: Sequence[Person]) -> None:
        self.known = [Known(one.id, one.name, one.home.name) for one in people]
        said = ", ".join(f"{one.name} ({one.home})" for one in self.known)
        super().__init__(
            _(
                "Nomor ini sudah tercatat untuk %(people)s. Orang yang sama? Pilih namanya. Orang lain? Centang "
                "“Nomor dipakai bersama”, lalu simpan lagi.",
                people=said,
            )
        )


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
    shared: bool = False,
) -> Person:
    """The person of that name and number, new or known already; flushed, so that it has its id.

    Two with the same number and the same name, within the scope, are one; without a number nobody can tell, so it is
    somebody new. `shared`: somebody has said that it is another person with a number that others have too.
    Raises `BadName`, `BadPhone`, `MaybeKnown`, or `NotThere` for a region that is none of the actor's.
    """
    name, number = clean_name(name), phone_of(phone) if phone and phone.strip() else None
    check_year(birth_year)
    if not current().covers(region_code) or db.session.get(Region, region_code) is None:
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    known = _known(name, number, shared=shared) if number else None
    return known or _new(name, number, region_code, station_id, birth_year)


def alike_with(number: str, name: str) -> list[Person]:
    """Those of the scope who have this number and much the same name, the first to come first. One statement."""
    having = select(Person).where(Person.phone == number).options(joinedload(Person.home))
    people = db.session.scalars(having.order_by(Person.withdrawn_at.is_not(None), Person.id).limit(FAMILY))
    return [person for person in people if alike(person.name, name) or same(person.name, name)]


def refuse_alike(number: str, name: str, person_id: int) -> None:
    """Raise `MaybeKnown` when somebody else than this person has the number and much the same name."""
    advisory_lock(number)
    others = [person for person in alike_with(number, name) if person.id != person_id]
    if others:
        raise MaybeKnown(others)


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


def _known(name: str, number: str, *, shared: bool) -> Person | None:
    advisory_lock(number)
    people = alike_with(number, name)
    known = next((person for person in people if same(person.name, name)), None)
    if known is None and people and not shared:
        raise MaybeKnown(people)
    return known


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

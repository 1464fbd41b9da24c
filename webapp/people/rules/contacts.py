"""Asking for somebody's number: one person at a time, on record, and not a whole list in an hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.people.models import AuditEntry, ContactView, Person
from webapp.people.rules.permissions import Permission
from webapp.people.rules.phones import readable
from webapp.people.rules.trail import note
from webapp.people.rules.viewer import Viewer
from webapp.places.rules.scope import everywhere, narrowed
from webapp.plumbing.clock import now
from webapp.plumbing.database import advisory_lock, db
from webapp.plumbing.refusal import NotThere, Refusal

MOST_AN_HOUR = 30
HOUR = timedelta(hours=1)
REFUSED = "contact.refused"


class TooManyContacts(Refusal):
    """One reader asked for too many different numbers within the hour."""

    status = 429


@dataclass(frozen=True)
class Contact:
    """How to reach one person. `phone` is empty when no number is known."""

    person_id: int
    name: str
    phone: str

    @property
    def readable(self) -> str:
        """0812-3456-0017"""
        return readable(self.phone) if self.phone else ""

    @property
    def whatsapp(self) -> str:
        """The number as wa.me wants it."""
        return self.phone.removeprefix("+")


def look_up(who: Viewer, person_id: int, upward: frozenset[int]) -> Person:
    """The person, if in scope or on one's own line upward (`upward` holds their ids). Raises `NotThere`."""
    with narrowed(who.scope(Permission.CONTACT)):
        person = db.session.scalars(select(Person).where(Person.id == person_id)).one_or_none()
    if person is None and person_id in upward:
        with everywhere("the number of somebody on one's own line upward"):
            person = db.session.get(Person, person_id)
    if person is None or person.withdrawn_at is not None:
        raise NotThere
    return person


def contact(who: Viewer, person: Person) -> Contact:
    """The number, and the reading of it on record. Raises `TooManyContacts`; the caller must commit its note."""
    if person.id != who.person_id:
        advisory_lock(f"readings of {who.person_id}")
        _refuse_harvest(who, person)
        _record(who, person)
    return Contact(person.id, person.name, person.phone or "")


def _refuse_harvest(who: Viewer, person: Person) -> None:
    others = (
        select(ContactView.person_id)
        .where(ContactView.reader_id == who.person_id, ContactView.at > now() - HOUR)
        .where(ContactView.person_id != person.id)
        .distinct()
        .limit(MOST_AN_HOUR)
    )
    with everywhere("one's own readings, wherever the people live"):
        many = len(db.session.scalars(others).all()) >= MOST_AN_HOUR
    if many:
        _record_refusal(who, person)
        raise TooManyContacts(
            _(
                "Anda sudah membuka 30 nomor dalam satu jam. Tunggu sebentar, atau minta bantuan pengawas Anda."
            )
        )


def _record_refusal(who: Viewer, person: Person) -> None:
    """The first of an hour tells that somebody asks for a whole list; a thousand more would only fill the trail."""
    told = select(AuditEntry.id).where(
        AuditEntry.actor_id == who.person_id, AuditEntry.act == REFUSED, AuditEntry.at > now() - HOUR
    )
    with everywhere("one's own refusals, wherever the people live"):
        known = db.session.scalar(told.limit(1)) is not None
    if not known:
        note(REFUSED, "person", person.id, person.region_code, by=who)


def _record(who: Viewer, person: Person) -> None:
    with everywhere("a reading is kept wherever the person lives"):
        seen = ContactView(
            at=now(), reader_id=who.person_id, person_id=person.id, region_code=person.region_code
        )
        db.session.add(seen)
    note("contact.read", "person", person.id, person.region_code, by=who)

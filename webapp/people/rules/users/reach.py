"""Who may touch whom: only those all of whose offices stand below one's own, inside one's own subtree."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.people.models import Account, Mandate, Person
from webapp.people.rules.permissions import Permission, Role
from webapp.people.rules.viewer import Viewer
from webapp.places.models import Region
from webapp.places.rules.scope import Scope
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


class NotYours(Refusal):
    """The person, or the office to grant, stands at or above the actor's own, or outside the actor's part."""


class Repeated(Refusal):
    """The same form came a second time: it was done, and nothing is done again."""

    status = 409


class Withdrawn(Refusal):
    """The person took the consent back: nothing of theirs is changed before they agree anew."""


def may_grant(who: Viewer, role: Role, region_code: str) -> bool:
    """Whether some office of `who` that manages users stands above `role` and covers the region."""
    return any(
        role in held.role.below and Scope((held.region_code,)).covers(region_code)
        for held in who.granting(Permission.MANAGE_USERS)
    )


def may_manage(who: Viewer, person: Person, mandates: list[Mandate]) -> bool:
    """Whether `who` may change this person: not oneself, and every office still to hold could be granted by `who`."""
    if person.id == who.person_id or not who.may_at(Permission.MANAGE_USERS, person.region_code):
        return False
    return all(may_grant(who, Role(m.role), m.region_code) for m in mandates if not is_over(m))


def is_over(mandate: Mandate) -> bool:
    """Whether it ended before today, by its region's calendar."""
    return mandate.until is not None and mandate.until < today_at(mandate.region_code)


def today_at(region_code: str) -> date:
    """The calendar day of a region."""
    return local_day(now(), offset_of(region_code))


def person_within_reach(person_id: int, *, hold: bool = False) -> Person:
    """The person, if the bound scope shows them; raises `NotThere`. `hold`: two administrators take turns."""
    wanted = select(Person).where(Person.id == person_id)
    if hold:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    person = db.session.scalars(wanted).one_or_none()
    if person is None:
        raise NotThere
    return person


def account_of(person_id: int) -> Account | None:
    """The account of a person, held until the commit on PostgreSQL."""
    mine = select(Account).where(Account.person_id == person_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def mandates_of(person_id: int) -> list[Mandate]:
    """All offices of a person, past ones too, the latest first."""
    held = (
        select(Mandate)
        .where(Mandate.person_id == person_id)
        .order_by(Mandate.since.desc(), Mandate.id.desc())
    )
    return list(db.session.scalars(held.execution_options(populate_existing=True)))


def managed(who: Viewer, person_id: int) -> Person:
    """The person, if `who` may change them; raises `NotThere` or `NotYours`."""
    person = person_within_reach(person_id, hold=True)
    if not may_manage(who, person, mandates_of(person.id)):
        raise NotYours(above())
    return person


def refuse_withdrawn(person: Person) -> None:
    """Raise `Withdrawn` for somebody whose data must not be processed any more."""
    if person.withdrawn_at is not None:
        raise Withdrawn(
            _("Orang ini sudah menarik persetujuannya. Datanya tidak diubah sebelum ia sendiri setuju lagi.")
        )


def kind_for(mandates: list[Mandate]) -> Role:
    """The role by which a first secret is chosen: the highest still to hold, witness if there is none."""
    order = tuple(Role)
    return min((Role(m.role) for m in mandates if not is_over(m)), key=order.index, default=Role.WITNESS)


def check_grant(who: Viewer, role: Role, region_code: str) -> None:
    """Raise `NotThere` for a region that is none of the actor's, `NotYours` for a role at or above the own."""
    if not who.may_at(Permission.MANAGE_USERS, region_code) or not is_region(region_code):
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    if not may_grant(who, role, region_code):
        raise NotYours(_("Anda hanya bisa memberi peran di bawah peran Anda sendiri."))


def is_region(code: str) -> bool:
    """Whether the register knows it."""
    return db.session.get(Region, code) is not None


def above() -> str:
    """What is said about somebody who may only be looked at."""
    return _("Orang ini setingkat atau di atas Anda, atau bertugas di luar wilayah Anda.")

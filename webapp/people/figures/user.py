"""One user, as an administrator sees them: offices, state, devices and what was done to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from webapp.people.figures.trail import Entry, about_person
from webapp.people.figures.users import State, account_of, state_of
from webapp.people.models import DeviceSession, Mandate
from webapp.people.rules import users as rules
from webapp.people.rules.permissions import Role
from webapp.people.rules.phones import masked
from webapp.people.rules.viewer import Viewer
from webapp.plumbing.database import db


@dataclass(frozen=True)
class Office:
    """One mandate; `change` says whether the viewer may end or open it."""

    id: int
    role: Role
    region_name: str
    since: date
    until: date | None
    over: bool
    asleep: bool
    change: bool


@dataclass(frozen=True)
class User:
    """What the page shows. Without an account the fields about it are empty."""

    id: int
    name: str
    phone: str
    place: str
    region_code: str
    birth_year: int | None
    mark: str
    state: State | None
    last_sign_in_at: datetime | None
    has_password: bool
    seal: str
    devices: int
    offices: Sequence[Office]
    trail: Sequence[Entry]
    manageable: bool
    gets_password: bool
    withdrawn: bool


def user(who: Viewer, person_id: int, pepper: str) -> User:
    """Raises `NotThere` outside the scope."""
    person = rules.person_within_reach(person_id)
    account, locked = account_of(person_id)
    mandates = list(db.session.scalars(_mandates(person_id)))
    manageable = rules.may_manage(who, person, mandates)
    has_password = account is not None and account.password_hash is not None
    return User(
        id=person.id,
        name=person.name,
        phone=masked(account.phone if account else person.phone),
        place=person.home.name,
        region_code=person.region_code,
        birth_year=person.birth_year,
        mark=rules.mark_of(person, pepper),
        state=state_of(account, locked) if account else None,
        last_sign_in_at=account.last_sign_in_at if account else None,
        has_password=has_password,
        seal=rules.seal_of(account, pepper) if account else "",
        devices=_devices(account.id) if account else 0,
        offices=[_office(who, m, manageable, has_password) for m in mandates],
        trail=about_person(person_id),
        manageable=manageable,
        gets_password=rules.kind_for(mandates).is_staff,
        withdrawn=person.withdrawn_at is not None,
    )


def _mandates(person_id: int) -> Select[Mandate]:
    held = select(Mandate).where(Mandate.person_id == person_id).options(joinedload(Mandate.region))
    return held.order_by(Mandate.until.is_not(None), Mandate.since.desc(), Mandate.id.desc())


def _office(who: Viewer, mandate: Mandate, manageable: bool, has_password: bool) -> Office:
    role = Role(mandate.role)
    return Office(
        id=mandate.id,
        role=role,
        region_name=mandate.region.name,
        since=mandate.since,
        until=mandate.until,
        over=rules.is_over(mandate),
        asleep=role.is_staff and not has_password,
        change=manageable and rules.may_grant(who, role, mandate.region_code),
    )


def _devices(account_id: int) -> int:
    signed_in = select(func.count()).where(
        DeviceSession.account_id == account_id, DeviceSession.revoked_at.is_(None)
    )
    return db.session.scalar(signed_in) or 0

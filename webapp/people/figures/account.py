"""What a person is told about the own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.people.models import Account, Mandate
from webapp.people.rules.permissions import Role
from webapp.people.rules.phones import masked
from webapp.people.rules.viewer import Viewer, in_force
from webapp.plumbing.database import db


@dataclass(frozen=True)
class Line:
    """One mandate; `asleep` when it waits for a password."""

    role: Role
    region: str
    until: date | None
    asleep: bool


@dataclass(frozen=True)
class MyAccount:
    """Number (masked) and mandates in force."""

    phone: str
    lines: tuple[Line, ...]
    has_pin: bool
    has_password: bool

    @property
    def asleep(self) -> bool:
        """Whether a mandate waits for a password."""
        return any(line.asleep for line in self.lines)


def my_account(who: Viewer) -> MyAccount:
    """Two statements."""
    account = db.session.get_one(Account, who.account_id)
    held = select(Mandate).where(Mandate.person_id == who.person_id).options(joinedload(Mandate.region))
    awake = {mandate.id for mandate in who.mandates}
    lines = tuple(
        Line(Role(m.role), m.region.name, m.until, m.id not in awake)
        for m in in_force(db.session.scalars(held.order_by(Mandate.id)).all())
    )
    has_pin, has_password = account.pin_hash is not None, account.password_hash is not None
    return MyAccount(masked(account.phone), lines, has_pin, has_password)

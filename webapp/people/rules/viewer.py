"""The viewer: who looks, by which mandates, from which device; read anew at every request."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.exc import OperationalError

from webapp.people.models import Account, DeviceSession, Mandate, Person
from webapp.people.rules.permissions import GRANTS, Permission, Role
from webapp.places.models import Region
from webapp.places.rules.scope import Scope, everywhere
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import Busy, db, writing

SEEN_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Held:
    """One mandate in force."""

    id: int
    role: Role
    region_code: str
    region_name: str


@dataclass(frozen=True)
class Viewer:
    """Who is signed in. Plain values: it outlives the transaction that read it.

    `served`: whether there is, or ever was, a mandate; `serves`: whether one is in force, be it that of staff who came
    without their password.
    """

    device_session_id: UUID
    account_id: int
    person_id: int
    name: str
    region_code: str
    station_id: int | None
    mandates: tuple[Held, ...]
    consent_version: str | None
    temporary: bool
    by_password: bool
    has_password: bool
    last_seen_at: datetime
    served: bool = False
    serves: bool = False

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie carries: the device session, so that it can be revoked."""
        return str(self.device_session_id)

    def granting(self, permission: Permission) -> tuple[Held, ...]:
        """The mandates that grant `permission`."""
        return tuple(held for held in self.mandates if permission in GRANTS[held.role])

    def may(self, permission: Permission) -> bool:
        """Whether any mandate grants it, somewhere. Whoever is signed in has the own account, with or without one."""
        return permission is Permission.SIGNED_IN or bool(self.granting(permission))

    def may_at(self, permission: Permission, code: str) -> bool:
        """Whether a mandate grants it for the region `code`."""
        return self.may(permission) and self.scope(permission).covers(code)

    def scope(self, permission: Permission) -> Scope:
        """The regions of the mandates that grant `permission`; a witness has only own rows, no region."""
        leading = {held.region_code for held in self.granting(permission) if held.role is not Role.WITNESS}
        return Scope(tuple(sorted(leading)), self.person_id)

    @property
    def codes(self) -> frozenset[str]:
        """The home region and those of all mandates, also a witness's: where the own line upward begins."""
        return frozenset({self.region_code, *(held.region_code for held in self.mandates)})

    @property
    def offset(self) -> int:
        """Minutes east of UTC where the viewer lives."""
        return offset_of(self.region_code)

    @property
    def highest(self) -> Held | None:
        """The mandate that names this person on the screen."""
        order = tuple(Role)
        return min(
            self.mandates, key=lambda held: (order.index(held.role), len(held.region_code)), default=None
        )

    @property
    def version(self) -> str:
        """Changes whenever what this viewer may do changes. Digits only."""
        held = "|".join(f"{m.id}:{m.role}:{m.region_code}" for m in self.mandates)
        named = hashlib.blake2s(f"{self.person_id}|{held}".encode(), digest_size=8).digest()
        return str(int.from_bytes(named))


def load_viewer(device_session_id: str) -> Viewer | None:
    """Who this device session belongs to: None when revoked, switched off or unknown. One statement."""
    try:
        wanted = UUID(device_session_id)
    except ValueError:
        return None
    with everywhere("the viewer is read before the scope is known"):
        rows = db.session.execute(_device(), {"wanted": wanted}).all()
        return _viewer(rows) if rows else None


def note_seen(viewer: Viewer) -> None:
    """Remember that this device was here, at most once an hour, in a short transaction of its own.

    A page opens also while somebody else holds the write lock: then it is not remembered this time.
    """
    moment = now()
    if moment - viewer.last_seen_at < SEEN_EVERY:
        return
    with suppress(Busy, OperationalError), writing(patience=0):
        device = db.session.get(DeviceSession, viewer.device_session_id)
        if device is not None:
            device.last_seen_at = moment


def in_force(mandates: Iterable[Mandate]) -> list[Mandate]:
    """Those that hold today, each by the calendar of its own region."""
    moment = now()
    return [m for m in mandates if m.holds_on(local_day(moment, offset_of(m.region_code)))]


@cache
def _device() -> Select[*tuple[Any, ...]]:
    """Made once: every request asks this, and making it costs as much as asking. A row for each mandate, or one.

    Columns with the names of the viewer's, because rows with all their relations cost three times as much.
    """
    return (
        select(*_told(), Mandate, Region.name.label("region_name"))
        .select_from(DeviceSession)
        .join(DeviceSession.account)
        .join(Account.person)
        .outerjoin(Mandate, Mandate.person_id == Person.id)
        .outerjoin(Region, Region.code == Mandate.region_code)
        .where(DeviceSession.id == bindparam("wanted"), DeviceSession.revoked_at.is_(None), Account.active)
        .order_by(Mandate.id)
        .execution_options(populate_existing=True)
    )


def _told() -> tuple[Any, ...]:
    return (
        DeviceSession.id.label("device_session_id"),
        DeviceSession.by_password,
        DeviceSession.last_seen_at,
        Account.id.label("account_id"),
        Account.consent_version,
        Account.temporary,
        Account.password_hash.is_not(None).label("has_password"),
        Person.id.label("person_id"),
        Person.name,
        Person.region_code,
        Person.station_id,
    )


def _viewer(rows: Sequence[Any]) -> Viewer:
    device = {name: value for name, value in rows[0]._mapping.items() if name in Viewer.__dataclass_fields__}  # noqa: SLF001
    staff = device["by_password"] and device["has_password"]
    names = {row.Mandate.id: row.region_name for row in rows if row.Mandate is not None}
    held = [
        Held(m.id, Role(m.role), m.region_code, names[m.id])
        for m in in_force(row.Mandate for row in rows if row.Mandate is not None)
    ]
    mandates = tuple(one for one in held if staff or not one.role.is_staff)
    return Viewer(**device, mandates=mandates, served=_has_served(rows), serves=bool(held))


def _has_served(rows: Sequence[Any]) -> bool:
    """Whether any mandate has begun by now; one that is still to begin is none."""
    today = local_day(now())
    return any(row.Mandate is not None and row.Mandate.since <= today for row in rows)

"""Signed-in devices: what they are called, and how they are signed out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Update, bindparam, select, update

from webapp.people.models import DeviceSession
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

devices: Any = DeviceSession.__table__
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("OPR/", "Opera"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def label_of(user_agent: str) -> str:
    """A short name for a device, so that its owner knows it again: Android · Chrome."""
    found = [
        next((name for sign, name in table if sign in user_agent), None) for table in (SYSTEMS, BROWSERS)
    ]
    return " · ".join(name for name in found if name) or _("Perangkat lain")


def handset_of(told: str | None) -> UUID:
    """The name of a browser by its cookie; a new one for a browser that tells none."""
    try:
        return UUID(told or "")
    except ValueError:
        return uuid4()


def own_devices(account_id: int) -> Sequence[DeviceSession]:
    """The devices that are signed in now, the latest first."""
    signed_in = select(DeviceSession).where(
        DeviceSession.account_id == account_id, DeviceSession.revoked_at.is_(None)
    )
    return db.session.scalars(signed_in.order_by(DeviceSession.last_seen_at.desc())).all()


def note_contact(device_id: UUID, held: int | None = None, oldest: datetime | None = None) -> None:
    """This device has sent something just now; with `held`, so many things it says it cannot send yet."""
    moment = now()
    told: dict[str, Any] = {"device": device_id, "last_seen_at": moment}
    if held is not None:
        told |= {"held": held, "held_oldest_at": oldest, "held_at": moment}
    db.session.execute(_seen(held is not None), told)


@cache
def _seen(holds: bool) -> Update:
    """Made once, and of the bare table: every batch says this, and it belongs to no region."""
    names = ("last_seen_at", "held", "held_oldest_at", "held_at") if holds else ("last_seen_at",)
    seen = update(devices).where(devices.c.id == bindparam("device"))
    return seen.values({name: bindparam(name) for name in names})


def revoke(account_id: int, device_id: UUID) -> bool:
    """Sign one device of this account out at its next request; False when there was none to sign out."""
    return _revoke(account_id, DeviceSession.id == device_id) > 0


def revoke_all(account_id: int, *, but: UUID | None = None) -> int:
    """Sign every device of this account out, perhaps all `but` one; returns how many."""
    return _revoke(account_id, *(() if but is None else (DeviceSession.id != but,)))


def _revoke(account_id: int, *which: ColumnElement[bool]) -> int:
    signed_in = update(DeviceSession).where(
        DeviceSession.account_id == account_id, DeviceSession.revoked_at.is_(None), *which
    )
    revoked = db.session.execute(signed_in.values(revoked_at=now()).returning(DeviceSession.id))
    return len(revoked.all())

"""The trail of administration, for reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from webapp.people.figures import acts
from webapp.people.models import AuditEntry, DeviceSession
from webapp.plumbing.database import db

PAGE = 50
LATEST = 20


@dataclass(frozen=True)
class Entry:
    """One act, in words (see `acts`).

    `device` is what the actor's device was called; empty when it is forgotten by now, or for the server itself.
    """

    at: datetime
    says: str
    subject: str
    actor: str
    device: str
    place: str
    changes: Sequence[str]


def about_person(person_id: int, limit: int = LATEST) -> list[Entry]:
    """What was done to one person, the latest first; not who read the number. Five statements."""
    mine = select(AuditEntry).where(AuditEntry.subject == "person", AuditEntry.subject_id == person_id)
    return _told(db.session.scalars(mine.order_by(AuditEntry.id.desc()).limit(limit)))


def trail(page: int = 1) -> tuple[list[Entry], int]:
    """One page of the whole trail of the scope, the latest first, and how many entries there are. Six statements."""
    total = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    start = (max(1, page) - 1) * PAGE
    rows = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE).offset(start)
    return _told(db.session.scalars(rows)), total


def _told(rows: Iterable[AuditEntry]) -> list[Entry]:
    entries = list(rows)
    names = acts.names_in(entries)
    devices = _labels({row.device_session_id for row in entries if row.device_session_id is not None})
    return [_entry(row, names, devices) for row in entries]


def _labels(ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    found = select(DeviceSession.id, DeviceSession.label).where(DeviceSession.id.in_(ids))
    return {row.id: row.label for row in db.session.execute(found)}


def _entry(row: AuditEntry, names: acts.Names, devices: dict[UUID, str]) -> Entry:
    return Entry(
        at=row.at,
        says=acts.sentence(row, names),
        subject=acts.subject(row, names),
        actor=names.people.get(row.actor_id, "") if row.actor_id is not None else "",
        device=devices.get(row.device_session_id, "") if row.device_session_id is not None else "",
        place=names.regions.get(row.region_code, ""),
        changes=list(acts.changes(row, names)),
    )

"""The trail of administration, for reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from webapp.people.models import AuditEntry, DeviceSession
from webapp.people.rules.naming import names_of
from webapp.plumbing.database import db

PAGE = 50
LATEST = 20


@dataclass(frozen=True)
class Entry:
    """One act. `subject` names a person where the act was about one, else kind and number.

    `device` is what the actor's device was called; empty when it is forgotten by now, or for the server itself.
    """

    at: datetime
    act: str
    actor: str
    device: str
    subject: str
    subject_id: int
    is_person: bool
    region_code: str
    changes: Sequence[tuple[str, Any, Any]]


def about_person(person_id: int, limit: int = LATEST) -> list[Entry]:
    """What was done to one person, the latest first; not who read the number. Three statements."""
    mine = select(AuditEntry).where(AuditEntry.subject == "person", AuditEntry.subject_id == person_id)
    return _told(db.session.scalars(mine.order_by(AuditEntry.id.desc()).limit(limit)))


def trail(page: int = 1) -> tuple[list[Entry], int]:
    """One page of the whole trail of the scope, the latest first, and how many entries there are. Four statements."""
    total = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    start = (max(1, page) - 1) * PAGE
    rows = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(PAGE).offset(start)
    return _told(db.session.scalars(rows)), total


def _told(rows: Iterable[AuditEntry]) -> list[Entry]:
    entries = list(rows)
    people = {row.subject_id for row in entries if row.subject == "person"}
    known = names_of(people | {row.actor_id for row in entries if row.actor_id is not None})
    devices = _labels({row.device_session_id for row in entries if row.device_session_id is not None})
    return [_entry(row, known, devices) for row in entries]


def _labels(ids: set[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    found = select(DeviceSession.id, DeviceSession.label).where(DeviceSession.id.in_(ids))
    return {row.id: row.label for row in db.session.execute(found)}


def _entry(row: AuditEntry, known: dict[int, str], devices: dict[UUID, str]) -> Entry:
    is_person = row.subject == "person"
    fallback = f"{row.subject} {row.subject_id}"
    return Entry(
        at=row.at,
        act=row.act,
        actor=known.get(row.actor_id, "") if row.actor_id is not None else "",
        device=devices.get(row.device_session_id, "") if row.device_session_id is not None else "",
        subject=known.get(row.subject_id, fallback) if is_person else fallback,
        subject_id=row.subject_id,
        is_person=is_person,
        region_code=row.region_code,
        changes=_changes(row.before or {}, row.after or {}),
    )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    fields = list(dict.fromkeys([*before, *after]))
    return [
        (field, before.get(field), after.get(field))
        for field in fields
        if before.get(field) != after.get(field)
    ]

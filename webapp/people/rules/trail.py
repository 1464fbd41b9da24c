"""The trail of administration: who did what to whom, before and after. Only ever added to.

It holds ids, codes and field names, never a name or a number, so that a person can be erased from everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from webapp.people.models import AuditEntry
from webapp.people.rules.viewer import Viewer
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

SILENT = frozenset({"name", "search_name", "phone", "birth_year", "pin_hash", "password_hash"})
CHANGED = "•"


@dataclass(frozen=True)
class Doer:
    """Who acts: a person and the device; both None on the command line."""

    person_id: int | None = None
    device_session_id: UUID | None = None


def note(
    act: str,
    subject: str,
    subject_id: int,
    region_code: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    *,
    by: Doer | Viewer | None = None,
) -> None:
    """Add one entry in the transaction of what it tells of; without `by`, the signed-in actor of this request.

    Values of fields that tell who somebody is are replaced by a dot: that they changed is kept, what they were is not.
    """
    doer = by or acting()
    entry = AuditEntry(
        at=now(),
        actor_id=doer.person_id,
        device_session_id=doer.device_session_id,
        act=act,
        subject=subject,
        subject_id=subject_id,
        region_code=region_code,
        before=_told(before),
        after=_told(after),
    )
    with everywhere("the trail is kept wherever the subject lives"):
        db.session.add(entry)
        db.session.flush()


def note_own(who: Viewer, act: str) -> None:
    """An entry about the actor's own account."""
    note(act, "person", who.person_id, who.region_code, by=who)


def act_as(doer: Doer | Viewer | None) -> None:
    """Say who acts from here on in this session of the database; the door does it at every request."""
    db.session.info["doer"] = doer


def acting() -> Doer | Viewer:
    """Who acts now: nobody on the command line."""
    return db.session.info.get("doer") or Doer()


def _told(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {key: _value(key, value) for key, value in values.items()}


def _value(key: str, value: Any) -> Any:
    if key in SILENT:
        return CHANGED if value is not None else None
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)

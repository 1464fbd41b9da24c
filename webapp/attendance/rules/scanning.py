"""A card at the door: who shows it is marked, whether invited to this site or not.

The card is the proof that the person is one of ours; she may live outside the keeper's region. Whoever has no seat at
the site gets one at the door, like a guest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from webapp.attendance.models import Invitation, Method, RecordKind, Sheet
from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.recording import (
    let_in,
    open_sheet,
    record_of,
    refuse_early,
    said_when_late,
    seat_for,
)
from webapp.people.models import Person
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.submissions import Stamp

named = Person.__table__


def scan(data: Mapping[str, Any], stamp: Stamp) -> Line:
    """One card that was read, or typed. Raises `NotThere`, `SheetClosed` and `AskWhen`."""
    sheet, session = open_sheet(data["lembar"], lock=True)
    refuse_early(stamp, session)
    said = said_when_late(data, stamp, session)
    seat = _seat_at(sheet, data["orang"]) or _seat_at_the_door(sheet, data["orang"], stamp)
    record = record_of(stamp, seat, sheet, kind=RecordKind.IN, status=said, method=Method(data["cara"]))
    return let_in(record, sheet, session)


def _seat_at(sheet: Sheet, person_id: int) -> int | None:
    """The seat that a person has at the site of a sheet."""
    own = select(Invitation.id).where(Invitation.site_id == sheet.site_id, Invitation.person_id == person_id)
    return db.session.scalars(own.with_for_update()).one_or_none()


def _seat_at_the_door(sheet: Sheet, person_id: int, stamp: Stamp) -> int:
    willing = select(named.c.id).where(named.c.id == person_id, named.c.withdrawn_at.is_(None))
    if db.session.scalar(willing) is None:
        raise NotThere
    return seat_for(sheet, stamp, person_id=person_id, walk_in=True, submission_id=stamp.submission_id)

"""What a keeper confirmed of the list becomes records, each once; her own marks stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid5

from flask_babel import gettext as _

from webapp.attendance.models import Invitation, MeetingSession, Method, RecordKind, Sheet, Status
from webapp.attendance.rules.guests import same_guest
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.paper import guests_for
from webapp.attendance.rules.recording import as_told, open_sheet, refuse_early
from webapp.attendance.rules.together import lock_seats, write
from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.rules.vouching import unknown
from webapp.attendance.rules.zoom.gathering import Shown
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions import Stamp


@dataclass(frozen=True)
class Confirmed:
    """One screen name and whose it is: a seat, or (None) a guest."""

    shown: Shown
    seat: int | None


@dataclass(frozen=True)
class Taken:
    """New records, names that were recorded already, and new guests."""

    new: int
    known: int
    guests: int


def take(sheet_id: int, confirmed: Sequence[Confirmed], stamp: Stamp) -> Taken:
    """Record those who were confirmed, from their first hour on; a seat with any word on it already stays.

    The stamp bears the id of the upload: sent again, it brings back nothing that was undone meanwhile.
    Raises `NotThere`, `SheetClosed`, and a refusal when a seat has left the list.
    """
    sheet, session = open_sheet(sheet_id, lock=True)
    refuse_early(stamp, session)
    seats = _first_of_each(confirmed)
    lock_seats(set(seats))
    lines = {line.seat: line for line in lines_of(sheet)}
    if not seats.keys() <= lines.keys():
        raise Refusal(_("Ada nama yang sudah tidak di daftar ini. Unggah berkasnya lagi, lalu cocokkan."))
    silent = {seat: at for seat, at in seats.items() if lines[seat].status is Status.BELUM}
    names = [one.shown for one in confirmed if one.seat is None]
    guests = guests_for(sheet, [one.name for one in names], lines.values(), stamp)
    hours = _hours_of_guests(guests, names)
    rows = unknown([_record(seat, at, sheet, session, stamp) for seat, at in [*silent.items(), *hours]])
    if rows:
        write(rows, {session.id: Hours.of(session)})
    new = len(rows) - len(guests)
    return Taken(new, len(seats) - new, len(guests))


def _first_of_each(confirmed: Sequence[Confirmed]) -> dict[int, datetime | None]:
    """Two screens of one person count once, from the first on."""
    first: dict[int, datetime | None] = {}
    for one in confirmed:
        if one.seat is None:
            continue
        times = [at for at in (first.get(one.seat), one.shown.join) if at]
        first[one.seat] = min(times, default=None)
    return first


def _hours_of_guests(seats: Sequence[int], names: Sequence[Shown]) -> list[tuple[int, datetime | None]]:
    """Each new guest's first hour. Of several with one name, those who were on the list already stand first."""
    joins: dict[str, list[datetime | None]] = {}
    for one in names:
        joins.setdefault(same_guest(one.name), []).append(one.join)
    found = []
    for seat in reversed(seats):
        name = db.session.get_one(Invitation, seat).guest_name or ""
        found.append((seat, joins[same_guest(name)].pop()))
    return found[::-1]


def _record(
    seat: int, at: datetime | None, sheet: Sheet, session: MeetingSession, stamp: Stamp
) -> dict[str, Any]:
    own = as_told(stamp, seat, sheet) | {"kind": RecordKind.IN, "method": Method.ZOOM}
    own["id"] = uuid5(stamp.submission_id, f"{seat}.{at}")
    if at is None:
        return own | {"status": Status.HADIR}
    late = Status.TERLAMBAT if at > session.late_after else Status.HADIR
    return own | {"status": late, "claimed_at": at, "happened_at": at}

"""Several marks at once: what `mark` does one by one, in four statements and one for each meeting.

They come in the order in which they happened. Each gets the verdict that its seat has after it; the last one is kept.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, and_, bindparam, insert, select, update

from webapp.attendance.models import AttendanceRecord, Invitation, MeetingSession, Sheet, Verdict
from webapp.attendance.rules.recording import SheetClosed, as_told, marked
from webapp.attendance.rules.settling import TooOften
from webapp.attendance.rules.verdicts import MOST_RECORDS, Fact, Hours, Outcome, derive
from webapp.places.rules.scope import current
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

kept: Any = Verdict.__table__
Told = tuple[Mapping[str, Any], Stamp]
Held = tuple[Sheet, MeetingSession]
Seat = tuple[int, int]  # invitation, session
FACT = (
    "id kind status method happened_at received_at drift device_session_id recorder_id voids held beyond untimed"
).split()
UNSAID = {"voids": None, "held": False, "beyond": None}


def mark_all(told: Sequence[Told]) -> list[Outcome | Refusal]:
    """Take several taps on names: for each the verdict after it, or why it was refused."""
    seats = lock_seats({data["kursi"] for data, _stamp in told})
    lists = _lists({seat.meeting for seat in seats.values()})
    judged = [_judge(data, stamp, seats, lists) for data, stamp in told]
    known = _facts([one for one in judged if not isinstance(one, Refusal)])
    judged = _without_floods(judged, known)
    rows = [one for one in judged if not isinstance(one, Refusal)]
    hours = {session.id: Hours.of(session) for held in lists.values() for _sheet, session in held}
    outcomes = iter(_written(rows, hours, known) if rows else ())
    return [one if isinstance(one, Refusal) else next(outcomes) for one in judged]


@dataclass(frozen=True)
class Locked:
    """Of which meeting and site a seat is, and whether it is that of a guest on her own account."""

    meeting: int
    site: int
    guest: bool


def lock_seats(seats: set[int]) -> dict[int, Locked]:
    """Each of these seats that there is; other taps on them wait, and none for two in another order."""
    found = db.session.execute(_seats(), {"seats": list(seats)})
    return {seat: Locked(meeting, site, guest) for seat, meeting, site, guest in found}


@cache
def _seats() -> Select[int, int, int, bool]:
    """Made once, like the others: making such a query costs more than running it."""
    guest = and_(Invitation.walk_in, Invitation.stands_for.is_(None))
    return (
        select(Invitation.id, Invitation.meeting_id, Invitation.site_id, guest)
        .where(Invitation.id.in_(bindparam("seats", expanding=True)))
        .order_by(Invitation.id)
        .with_for_update(of=Invitation)
    )


def _lists(meetings: set[int]) -> dict[int, list[Held]]:
    """The lists of these meetings that one keeps, by their site."""
    found: dict[int, list[Held]] = defaultdict(list)
    for sheet, session in db.session.execute(_kept_lists(), {"meetings": sorted(meetings)}):
        if current().covers(sheet.region_code):
            found[sheet.site_id].append((sheet, session))
    return found


@cache
def _kept_lists() -> Select[Sheet, MeetingSession]:
    return (
        select(Sheet, MeetingSession)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .where(Sheet.meeting_id.in_(bindparam("meetings", expanding=True)))
        .order_by(Sheet.id)
        .execution_options(populate_existing=True)
    )


def _judge(
    data: Mapping[str, Any],
    stamp: Stamp,
    seats: Mapping[int, Locked],
    lists: Mapping[int, list[Held]],
) -> dict[str, Any] | Refusal:
    """The record that one tap makes, or why it makes none."""
    seat = seats.get(data["kursi"])
    if seat is None or seat.meeting != data["rapat"]:
        return NotThere()
    meant = [held for held in lists.get(seat.site, ()) if data.get("lembar") in (None, held[0].id)]
    if not meant:
        return NotThere()
    sheet, session = min(meant, key=lambda held: held[0].id)  # as `place_of`
    if not sheet.stage.is_open:
        return SheetClosed()
    try:
        return as_told(stamp, data["kursi"], sheet) | marked(data, stamp, session, guest=seat.guest)
    except Refusal as refusal:
        return refusal


def _without_floods(
    judged: Sequence[dict[str, Any] | Refusal], known: Mapping[Seat, list[Fact]]
) -> list[dict[str, Any] | Refusal]:
    """The same, with a refusal in place of each record that is too many of one recorder on one seat."""
    said = Counter((seat, fact.recorder) for seat, facts in known.items() for fact in facts)

    def fits(row: dict[str, Any]) -> bool:
        key = (row["invitation_id"], row["session_id"]), row["recorder_id"]
        said[key] += 1
        return said[key] <= MOST_RECORDS

    return [one if isinstance(one, Refusal) or fits(one) else TooOften() for one in judged]


def write(rows: Sequence[dict[str, Any]], hours: Mapping[int, Hours]) -> list[Outcome]:
    """Add the records, and keep on each seat what then follows from all of its own. Raises `TooOften` and adds none."""
    known = _facts(rows)
    if any(isinstance(one, Refusal) for one in _without_floods(rows, known)):
        raise TooOften
    return _written(rows, hours, known)


def _written(
    rows: Sequence[dict[str, Any]], hours: Mapping[int, Hours], known: dict[Seat, list[Fact]]
) -> list[Outcome]:
    db.session.execute(insert(AttendanceRecord), rows)
    outcomes, last = [], {}
    for row in rows:
        seat = row["invitation_id"], row["session_id"]
        record: Any = SimpleNamespace(**UNSAID | row)
        known[seat].append(Fact.of(record))
        last[seat] = derive(known[seat], hours[seat[1]])
        outcomes.append(last[seat])
    told = [{"seat": seat, "session": session, **vars(last[seat, session])} for seat, session in sorted(last)]
    db.session.execute(_settle(), told)
    return outcomes


def _facts(rows: Sequence[dict[str, Any]]) -> dict[Seat, list[Fact]]:
    """What was recorded before on the seats of these rows."""
    if not rows:
        return {}
    asked = {name: list({row[f"{name}_id"] for row in rows}) for name in ("invitation", "session")}
    found: dict[Seat, list[Fact]] = defaultdict(list)
    for record in db.session.execute(_records(), asked):
        found[record.invitation_id, record.session_id].append(Fact.of(record))  # type: ignore[arg-type]
    return found


@cache
def _records() -> Select[*tuple[Any, ...]]:
    columns = [getattr(AttendanceRecord, name) for name in (*FACT, "invitation_id", "session_id")]
    return select(*columns).where(
        AttendanceRecord.invitation_id.in_(bindparam("invitation", expanding=True)),
        AttendanceRecord.session_id.in_(bindparam("session", expanding=True)),
    )


@cache
def _settle() -> Any:
    seat = (kept.c.invitation_id == bindparam("seat"), kept.c.session_id == bindparam("session"))
    return update(kept).where(*seat).values({name: bindparam(name) for name in OUTCOME})


OUTCOME = tuple(Outcome.__dataclass_fields__)

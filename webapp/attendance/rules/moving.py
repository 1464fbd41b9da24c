"""Seats follow the mandates until a list is handed in: at the write that changes a mandate, when a keeper looks, and
by a command for mandates that begin or end with a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, or_, select, update
from sqlalchemy.exc import OperationalError

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    InvitationRule,
    Meeting,
    MeetingSession,
    Sheet,
    Verdict,
)
from webapp.attendance.rules.laying import OPEN, lay
from webapp.attendance.rules.seating import (
    WHY,
    Change,
    Given,
    Place,
    Seat,
    change_of,
    free_sites,
    open_sites,
    places_of,
)
from webapp.people.rules.offices import Office
from webapp.places.rules.codes import level_of, lineage
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import Busy, db, upsert, writing


def follow(meeting_id: int, *, asked: bool = False) -> int:
    """Make the seats of a meeting agree with its rules; returns how many changed. Doing it twice changes nothing.

    `asked` by whoever invites now: new seats are given wherever a list is open, also when the meeting is over.
    """
    open_now = open_sites(meeting_id, lock=True)
    free = free_sites(meeting_id) if asked else set()
    if not open_now | free:
        return 0
    change = change_of(meeting_id, places_of(meeting_id), open_now, free)
    if not change:
        return 0
    with everywhere(WHY):
        return _make(meeting_id, change)


def kept_up(meeting_id: int) -> list[Place]:
    """What the rules give by now, with seats that agree. One statement without rules, three when nothing differs.

    The page opens also while somebody else holds the lock: then the seats follow the next time.
    """
    places = places_of(meeting_id)
    if places and change_of(meeting_id, places, open_sites(meeting_id)):
        with suppress(Busy, OperationalError), writing(patience=0):
            follow(meeting_id)
    return places


def offices_changed(offices: Iterable[Office]) -> None:
    """Follow at once, in the transaction that gave these offices other holders."""
    touched = or_(*(_seats_it(office) for office in offices))
    for meeting_id in _meetings(touched):
        follow(meeting_id)


def to_follow() -> list[int]:
    """Every meeting ahead that has rules."""
    return _meetings(InvitationRule.id.is_not(None))


def _meetings(touched: Any) -> list[int]:
    ahead = exists().where(MeetingSession.meeting_id == Meeting.id, MeetingSession.ends_at >= now())
    found = (
        select(Meeting.id)
        .join(InvitationRule, InvitationRule.meeting_id == Meeting.id)
        .where(touched, ahead, Meeting.cancelled_at.is_(None))
        .distinct()
        .order_by(Meeting.id)
    )
    with everywhere(WHY):
        return list(db.session.scalars(found))


def _seats_it(office: Office) -> Any:
    return and_(
        InvitationRule.role == office.role,
        InvitationRule.level == level_of(office.region_code),
        InvitationRule.under.in_(lineage(office.region_code)),
    )


def _make(meeting_id: int, change: Change) -> int:
    moment = now()
    taken = _unrecorded([seat.id for seat in change.gone] + [seat.id for seat, _given in change.other])
    gone = [seat.id for seat in change.gone if seat.id in taken]
    _take(gone)
    for seat, given in change.other:
        _alter(seat, given, movable=seat.id in taken)
    if change.new:
        _add([_row(meeting_id, given, moment) for given in change.new])
    lay(meeting_id)
    return len(gone) + len(change.other) + len(change.new)


def remove(seats: Iterable[int]) -> None:
    """Take these seats away for good, and those of who was to stand for them.

    Of none of them something was recorded, and none stands on a list that is handed in.
    """
    _take(sorted(_unrecorded(seats)))


def _unrecorded(seats: Iterable[int]) -> set[int]:
    """Those of which nothing is recorded or handed in, nor of who stands for them; whoever taps on one has to wait."""
    ids = sorted(set(seats))
    if not ids:
        return set()
    rows = select(Invitation.id, Invitation.stands_for).where(
        or_(Invitation.id.in_(ids), Invitation.stands_for.in_(ids))
    )
    locked = db.session.execute(rows.order_by(Invitation.id).with_for_update(of=Invitation)).all()
    touched = set(db.session.scalars(_touched([row.id for row in locked])))
    stay = {key for row in locked if row.id in touched for key in (row.id, row.stands_for)}
    return {row.id for row in locked if row.id in set(ids)} - stay


def _touched(seats: Sequence[int]) -> Any:
    """Those of these seats that have a record, or stand on a list that is handed in. One statement."""
    recorded = select(AttendanceRecord.invitation_id).where(AttendanceRecord.invitation_id.in_(seats))
    listed = and_(Sheet.session_id == Verdict.session_id, Sheet.site_id == Invitation.site_id)
    handed_in = (
        select(Verdict.invitation_id)
        .join(Invitation, Invitation.id == Verdict.invitation_id)
        .join(Sheet, listed)
        .where(Verdict.invitation_id.in_(seats), Sheet.state.not_in(OPEN))
    )
    return recorded.union(handed_in)


def _take(seats: Sequence[int]) -> None:
    if not seats:
        return
    delegates = _ids(select(Invitation.id).where(Invitation.stands_for.in_(seats)))
    for some in (delegates, seats):
        db.session.execute(delete(Verdict).where(Verdict.invitation_id.in_(some)))
        db.session.execute(delete(Invitation).where(Invitation.id.in_(some)))


def _ids(found: Select[int]) -> list[int]:
    return list(db.session.scalars(found))


def _alter(seat: Seat, given: Given, *, movable: bool) -> None:
    """The same person under another rule, or at the site of her own region; nobody recorded there moves."""
    moves = seat.site_id != given.site.id
    if moves and not movable:
        return
    values = {"rule_id": given.rule.id, "role": given.rule.role, "seat_code": given.region_code}
    if seat.gone:
        values |= {"walk_in": False, "stands_for": None, "submission_id": None, "invited_at": now()}
    if moves:
        there = {"region_code": given.site.region_code}
        values |= {"site_id": given.site.id, **there}
        db.session.execute(update(Verdict).where(Verdict.invitation_id == seat.id).values(there))
        _take(_ids(select(Invitation.id).where(Invitation.stands_for == seat.id)))
    db.session.execute(update(Invitation).where(Invitation.id == seat.id).values(values))


def _add(rows: list[dict[str, Any]]) -> None:
    """Somebody who got a seat there meanwhile at the door keeps that one."""
    db.session.execute(upsert(Invitation).on_conflict_do_nothing(), rows)


def _row(meeting_id: int, given: Given, moment: datetime) -> dict[str, Any]:
    return {
        "meeting_id": meeting_id,
        "site_id": given.site.id,
        "region_code": given.site.region_code,
        "person_id": given.person_id,
        "rule_id": given.rule.id,
        "role": given.rule.role,
        "seat_code": given.region_code,
        "walk_in": False,
        "invited_by": given.rule.added_by,
        "invited_at": moment,
    }

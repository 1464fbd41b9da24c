"""Whom the invitation rules of a meeting seat by today's mandates, and what is to change so that the seats agree.

A seat never goes over to another person: a successor gets a new one, so that a tap which waited on a phone can only
mean whoever was named when it was made. What was recorded on a seat keeps it for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, exists, literal, select
from sqlalchemy.orm import aliased

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    InvitationRule,
    Meeting,
    MeetingSession,
    Sheet,
    SheetState,
    Site,
)
from webapp.attendance.models.guests import is_gone
from webapp.people.models import Account, Mandate, Person
from webapp.people.rules.viewer import in_force
from webapp.places.models import NATION, Region
from webapp.places.rules.scope import Scope, everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

WHY = "seats follow the mandates at every site of a meeting, wherever the holders live"


@dataclass(frozen=True)
class Place:
    """One region that a rule seats, and who holds the office there today: nobody, one, or several.

    `under` names the region that the rule is for.
    """

    rule: InvitationRule
    region_code: str
    region_name: str
    under: str
    holders: tuple[int, ...]


@dataclass(frozen=True)
class Seat:
    """One seat of a meeting, as far as rules care. `recorded`: something was recorded on it.

    `gone`: a guest's who was taken back at the door.
    """

    id: int
    site_id: int
    person_id: int | None
    rule_id: int | None
    role: str | None
    seat_code: str | None
    walk_in: bool
    stands_for: int | None
    recorded: bool
    gone: bool = False


@dataclass(frozen=True)
class Given:
    """Where and why somebody sits by a rule."""

    person_id: int
    rule: InvitationRule
    site: Site
    region_code: str

    def fits(self, seat: Seat) -> bool:
        """Whether this is that seat already."""
        return (seat.rule_id, seat.site_id, seat.seat_code) == (self.rule.id, self.site.id, self.region_code)

    def is_office_of(self, seat: Seat) -> bool:
        """Whether a seat without a rule was given for the same office."""
        return (seat.role, seat.seat_code) == (self.rule.role, self.region_code)


@dataclass(frozen=True)
class Change:
    """What is missing, which seats change what they are for, and which ones go."""

    new: Sequence[Given] = ()
    other: Sequence[tuple[Seat, Given]] = ()
    gone: Sequence[Seat] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.other or self.gone)


def places_of(meeting_id: int) -> list[Place]:
    """Every region that a rule of this meeting seats, by rule and code. One statement; empty without rules."""
    with everywhere(WHY):
        rows = db.session.execute(_places().where(InvitationRule.meeting_id == meeting_id)).all()
    holding = {m.id: m.person_id for m in in_force(row[3] for row in rows if row[3] is not None and row[4])}
    found: dict[tuple[int, str], Place] = {}
    for rule, code, name, mandate, _can, under in rows:
        earlier = found.get((rule.id, code))
        who = holding.get(mandate.id) if mandate is not None else None
        held = (*(earlier.holders if earlier else ()), *([who] if who else []))
        found[rule.id, code] = Place(rule, code, name, under, held)
    return list(found.values())


def open_sites(meeting_id: int, *, lock: bool = False) -> set[int]:
    """Sites whose lists are all still open, while the meeting is neither over nor cancelled. One statement.

    `lock`: nobody hands a list in, and nobody else follows, before this transaction ends (PostgreSQL).
    """
    return _still_open(_lists(meeting_id, lock=lock))


def free_sites(meeting_id: int) -> set[int]:
    """Sites with a list that may still be marked, also when the meeting is over: last night's paper is typed in today.

    There people may be seated who were asked for; nothing follows the mandates any more. One statement.
    """
    return {site for site, stage, _ends in _lists(meeting_id) if stage.is_open}


def _lists(meeting_id: int, *, lock: bool = False) -> list[tuple[int, SheetState, datetime]]:
    """Site, state and end of each list of a meeting that is not cancelled."""
    found = (
        select(Sheet, MeetingSession.ends_at)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .join(Meeting, Meeting.id == Sheet.meeting_id)
        .where(Sheet.meeting_id == meeting_id, Meeting.cancelled_at.is_(None))
        .order_by(Sheet.id)
        .execution_options(populate_existing=True)
    )
    with everywhere(WHY):
        rows = db.session.execute(found.with_for_update(of=Sheet) if lock else found).all()
    return [(sheet.site_id, sheet.stage, ends_at) for sheet, ends_at in rows]


def change_of(
    meeting_id: int, places: Sequence[Place], open_now: set[int], free: set[int] | None = None
) -> Change:
    """What differs between the seats and what the rules give, at sites that are open. One statement.

    New seats are given at the sites that are `free` too.
    """
    with everywhere(WHY):
        rows = db.session.execute(_seats(meeting_id)).all()
    sites = {site.id: site for site, *_seat in rows}
    seats = [Seat(*told) for _site, *told in rows if told[0] is not None]
    return plan(places, seats, [sites[key] for key in sorted(sites)], open_now, free)


def plan(
    places: Iterable[Place],
    seats: Sequence[Seat],
    sites: Sequence[Site],
    open_now: set[int],
    free: set[int] | None = None,
) -> Change:
    """The same of what was read. Pure. Whoever is invited already, however, gets no second seat."""
    given = _given(places, sites)
    own = _own_seats(seats)
    new, other, kept = [], [], set()
    for person, reasons in given.items():
        seat = own.get(person)
        if seat is None or (seat.gone and seat.site_id != reasons[0].site.id):
            new += reasons[:1]
            continue
        kept.add(seat.id)
        reason = _reason(seat, reasons)
        if reason is not None and not reason.fits(seat):
            other.append((seat, reason))
    gone = [seat for seat in seats if seat.rule_id is not None and seat.id not in kept]
    stay, taking = _recorded(seats), open_now | (free or set())
    return Change(
        [one for one in new if one.site.id in taking],
        [
            (seat, one)
            for seat, one in other
            if {seat.site_id, one.site.id} <= (taking if seat.gone else open_now)
            and (seat.site_id == one.site.id or seat.id not in stay)
        ],
        [seat for seat in gone if seat.site_id in open_now and seat.id not in stay],
    )


def site_for(rule: InvitationRule, region_code: str, sites: Sequence[Site]) -> Site:
    """Where a seat of this region is: at the nearest site above it if the rule spreads, else at the rule's own."""
    own = next(site for site in sites if site.id == rule.site_id)
    if not rule.spread:
        return own
    near = [site for site in sites if Scope((site.region_code,)).covers(region_code)]
    return max(near, key=lambda site: (_depth(site), site is own, -site.id), default=own)


def _depth(site: Site) -> int:
    return 0 if site.region_code == NATION else len(site.region_code)


def _given(places: Iterable[Place], sites: Sequence[Site]) -> dict[int, list[Given]]:
    """By person, every reason to sit, the oldest rule first."""
    found: dict[int, list[Given]] = {}
    for place in places:
        site = site_for(place.rule, place.region_code, sites)
        for person in place.holders:
            found.setdefault(person, []).append(Given(person, place.rule, site, place.region_code))
    return found


def _own_seats(seats: Iterable[Seat]) -> dict[int, Seat]:
    """Each person's seat: the one of a rule before one by name, and that before one from the door."""
    found: dict[int, Seat] = {}
    for seat in sorted(seats, key=lambda one: (one.rule_id is None, one.walk_in, one.id)):
        if seat.person_id is not None:
            found.setdefault(seat.person_id, seat)
    return found


def _reason(seat: Seat, reasons: Sequence[Given]) -> Given | None:
    """Why somebody who has this seat keeps it; None for one who was invited by name or came to the door.

    Whoever was taken back at the door is invited like everybody else.
    """
    if seat.gone:
        return reasons[0]
    if seat.rule_id is None:
        return next((one for one in reasons if not seat.walk_in and one.is_office_of(seat)), None)
    return next((one for one in reasons if one.fits(seat)), reasons[0])


def _recorded(seats: Sequence[Seat]) -> set[int]:
    """Seats that stay: something was recorded on them, or on that of who stands for them."""
    return {key for seat in seats if seat.recorded for key in (seat.id, seat.stands_for) if key is not None}


def _still_open(rows: Iterable[tuple[int, SheetState, datetime]]) -> set[int]:
    lists: dict[int, list[tuple[SheetState, datetime]]] = {}
    for site, stage, ends_at in rows:
        lists.setdefault(site, []).append((stage, ends_at))
    moment = now()
    return {
        site
        for site, told in lists.items()
        if all(stage.is_open for stage, _ends in told) and moment <= max(ends for _stage, ends in told)
    }


def _places() -> Select[*tuple[Any, ...]]:
    """A row for each region and holder; the nation is the range of all codes, for one index serves both."""
    under, top = InvitationRule.under, aliased(Region)
    low = case((under == NATION, literal("")), else_=under)
    high = case((under == NATION, literal(":")), else_=under.concat("/"))
    below = and_(Region.level == InvitationRule.level, Region.code >= low, Region.code < high)
    held = and_(Mandate.region_code == Region.code, Mandate.role == InvitationRule.role)
    reachable = and_(Person.id == Mandate.person_id, Person.withdrawn_at.is_(None))
    usable = case((Account.active.is_(False), False), else_=Person.id.is_not(None))
    return (
        select(InvitationRule, Region.code, Region.name, Mandate, usable, top.name)
        .join(Region, below)
        .join(top, top.code == InvitationRule.under)
        .outerjoin(Mandate, held)
        .outerjoin(Person, reachable)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Region.retired.is_(False))
        .order_by(InvitationRule.id, Region.code, Mandate.id)
        .execution_options(populate_existing=True)
    )


def _seats(meeting_id: int) -> Select[*tuple[Any, ...]]:
    recorded = exists().where(AttendanceRecord.invitation_id == Invitation.id)
    columns = [getattr(Invitation, name) for name in list(Seat.__dataclass_fields__)[:-2]]
    return (
        select(Site, *columns, recorded, is_gone(Invitation))
        .outerjoin(Invitation, Invitation.site_id == Site.id)
        .where(Site.meeting_id == meeting_id)
        .order_by(Site.id, Invitation.id)
    )

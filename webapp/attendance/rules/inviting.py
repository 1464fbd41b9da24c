"""Who is invited to a meeting: somebody by name, or whoever holds an office by then."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from webapp.attendance.models import Invitation, InvitationRule, MeetingSession
from webapp.attendance.models.guests import is_gone
from webapp.attendance.rules.finding import Kept, most_wanted, sheets_of
from webapp.attendance.rules.laying import MOST_ROWS, lay, pay_for, rows_of
from webapp.attendance.rules.moving import follow, remove
from webapp.attendance.rules.recording import SheetClosed, open_sheet
from webapp.attendance.rules.seating import Place, change_of, free_sites, open_sites, places_of
from webapp.people.models import Person
from webapp.people.rules.permissions import Role
from webapp.places.rules.scope import current, everywhere
from webapp.plumbing.clock import now, number
from webapp.plumbing.database import db, upsert
from webapp.plumbing.refusal import NotThere, Refusal

MOST_RULES = 20
MOST_PLACES = 3_000  # regions of one meeting's rules; more would make every page of it slow
WHY = "the seats of a rule may be at sites of other regions"


@dataclass(frozen=True)
class Guest:
    """Whom to invite, and for which office if it is a rule that names them."""

    person_id: int
    role: str | None = None
    seat_code: str | None = None


@dataclass(frozen=True)
class Wish:
    """Everybody who holds `role` at this level, at one site (0: the one that one keeps), or `spread` over all."""

    role: Role
    level: int
    site_id: int = 0
    spread: bool = False


@dataclass(frozen=True)
class Seated:
    """What came of a rule in the keeper's part: `new` seats of the meeting, and its `holders` of whom `left` have none.

    `vacant` counts regions in which nobody holds the office; `stayed` those whom the rule gives another site, and who
    keep theirs, as nobody is moved once a meeting is over or a list of it handed in.
    """

    new: int
    holders: int
    left: int
    vacant: int
    stayed: int


def invite(meeting_id: int, guests: Iterable[Guest], by: int, site_id: int = 0) -> int:
    """Give each of them a seat at the site, or the one that one keeps, and nobody two; returns how many are new."""
    held = open_site(meeting_id, site_id)
    invited = select(Invitation.person_id).where(Invitation.meeting_id == meeting_id, ~is_gone(Invitation))
    known = set(db.session.scalars(invited).all())
    wanted = {guest.person_id: guest for guest in guests if guest.person_id not in known}
    free = _left_at_the_door(held.site.id, wanted)
    for person, guest in wanted.items():
        seat = free.get(person) or Invitation(
            meeting_id=meeting_id,
            site_id=held.site.id,
            region_code=held.site.region_code,
            person_id=person,
        )
        seat.role, seat.seat_code = guest.role, guest.seat_code
        seat.walk_in, seat.stands_for, seat.submission_id = False, None, None
        seat.invited_by, seat.invited_at = by, now()
        db.session.add(seat)
    lay(meeting_id)
    return len(wanted)


def _left_at_the_door(site_id: int, people: Iterable[int]) -> dict[int, Invitation]:
    """By person: the seat at this site of whoever was let in and taken back. Her records stay with it."""
    asked = list(people)
    if not asked:
        return {}
    found = select(Invitation).where(
        Invitation.site_id == site_id, Invitation.person_id.in_(asked), is_gone(Invitation)
    )
    return {seat.person_id: seat for seat in db.session.scalars(found) if seat.person_id is not None}


def invite_person(meeting_id: int, person_id: int, by: int, site_id: int = 0) -> int:
    """A seat for one person of one's own region; 0 when there is one already."""
    willing = select(Person.id).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    if db.session.scalars(willing).one_or_none() is None:
        raise NotThere
    return invite(meeting_id, [Guest(person_id)], by, site_id)


def invite_office(meeting_id: int, wish: Wish, by: int) -> Seated:
    """Keep the rule, and seat whoever holds the office today. The same rule once more is the one that stands."""
    open_sites(
        meeting_id, lock=True
    )  # all lists in their order: keepers of two sites must not wait for each other
    held = open_site(meeting_id, wish.site_id)
    under = held.meeting.region_code if wish.spread else held.site.region_code
    if not current().covers(under):
        raise NotThere
    rule = _kept_rule(held, wish, under, by)
    db.session.flush()
    places = _refuse_useless(meeting_id, rule)
    before = _people_with_seats(meeting_id)
    _pay_for_seats(meeting_id, {person for one in places for person in one.holders} - before, by)
    follow(meeting_id, asked=True)
    after = _people_with_seats(meeting_id)
    own = [one for one in places if one.rule.id == rule.id and current().covers(one.region_code)]
    holders = {person for one in own for person in one.holders}
    vacant = sum(not one.holders for one in own)
    stayed = _who_stayed(meeting_id, rule, places)
    return Seated(len(after - before), len(holders), len(holders - after), vacant, stayed)


def _who_stayed(meeting_id: int, rule: InvitationRule, places: Sequence[Place]) -> int:
    """How many would sit at another site by this rule, on lists that may be marked. Two statements at most."""
    if not rule.spread:
        return 0
    apart = change_of(meeting_id, places, free_sites(meeting_id)).other
    return sum(one.rule.id == rule.id and seat.site_id != one.site.id for seat, one in apart)


def _pay_for_seats(meeting_id: int, people: Collection[int | None], by: int) -> None:
    """Count their verdicts. Raises `OverBudget`, and a refusal when they are too many for one form."""
    counted = select(func.count(MeetingSession.id)).where(MeetingSession.meeting_id == meeting_id)
    rows = rows_of(db.session.execute(counted).scalar_one(), 0, len(people))
    if rows > MOST_ROWS:
        raise Refusal(
            _(
                "Ini %(n)s orang, terlalu banyak untuk diundang sekaligus ke semua sesi. Pilih tingkat yang lebih "
                "sempit, atau bagi menjadi beberapa rapat.",
                n=number(len(people)),
            )
        )
    pay_for(rows, by)


def _people_with_seats(meeting_id: int) -> set[int | None]:
    """Everybody of ours who has a seat at the meeting, at whichever site. One statement."""
    found = select(Invitation.person_id).where(Invitation.meeting_id == meeting_id, ~is_gone(Invitation))
    with everywhere(WHY):
        return set(db.session.scalars(found))


def drop_rule(meeting_id: int, rule_id: int) -> InvitationRule | None:
    """Take a rule back with its seats; who has answered, or was recorded, stays invited. None when it is gone."""
    found = select(InvitationRule).where(
        InvitationRule.id == rule_id, InvitationRule.meeting_id == meeting_id
    )
    rule = db.session.scalars(found).one_or_none()
    if rule is None:
        return None
    open_sites(meeting_id, lock=True)
    open_site(meeting_id, rule.site_id)
    with everywhere(WHY):
        mine = Invitation.rule_id == rule.id
        remove(db.session.scalars(select(Invitation.id).where(mine, Invitation.rsvp.is_(None))).all())
        db.session.execute(update(Invitation).where(mine).values(rule_id=None))
        db.session.execute(delete(InvitationRule).where(InvitationRule.id == rule.id))
    follow(meeting_id)
    return rule


def uninvite(meeting_id: int, seat: int) -> None:
    """Take a seat back that was given by name, as long as nothing was recorded for it."""
    found = select(Invitation.site_id, Invitation.rule_id).where(
        Invitation.id == seat, Invitation.meeting_id == meeting_id
    )
    row = db.session.execute(found).one_or_none()
    if row is None:
        raise NotThere
    if row.rule_id is not None:
        raise Refusal(
            _("Undangan ini mengikuti peran, jadi akan kembali sendiri. Hapus undangan perannya di atas.")
        )
    open_site(meeting_id, row.site_id)
    remove([seat])
    if db.session.execute(found).first():
        raise Refusal(
            _("Undangan ini tidak bisa dihapus: namanya sudah ada di daftar yang dicatat atau diajukan.")
        )


def open_site(meeting_id: int, site_id: int = 0) -> Kept:
    """A list that this viewer keeps and that may be marked, at this site or at the one that matters now.

    Nobody hands it in meanwhile (PostgreSQL). Raises `NotThere`, and `SheetClosed` when all are handed in.
    """
    lists = [one for one in sheets_of(meeting_id) if site_id in (0, one.site.id)]
    if not lists:
        raise NotThere
    still = [one for one in lists if one.stage.is_open]
    if not still:
        raise SheetClosed
    if still[0].meeting.cancelled_at is not None:
        raise Refusal(_("Rapat ini dibatalkan, jadi undangannya tidak bisa diubah lagi."))
    chosen = most_wanted(still)
    open_sheet(chosen.sheet.id, lock=True)
    return chosen


def _kept_rule(held: Kept, wish: Wish, under: str, by: int) -> InvitationRule:
    key = {"site_id": held.site.id, "role": wish.role.value, "level": wish.level, "under": under}
    new = upsert(InvitationRule).values(
        **key,
        meeting_id=held.meeting.id,
        region_code=held.site.region_code,
        spread=wish.spread,
        added_by=by,
        added_at=now(),
    )
    db.session.execute(new.on_conflict_do_nothing())
    found = select(InvitationRule).filter_by(**key)
    rule = db.session.scalars(found.execution_options(populate_existing=True)).one()
    rule.spread = wish.spread
    return rule


def _refuse_useless(meeting_id: int, rule: InvitationRule) -> list[Place]:
    """The places of all rules. Raises a refusal for a rule without any, and for too many of them."""
    places = places_of(meeting_id)
    if not any(place.rule.id == rule.id for place in places):
        raise Refusal(
            _("Belum ada pemegang peran itu di tingkat tersebut. Pilih tingkat lain, atau undang per orang.")
        )
    rules = select(func.count(InvitationRule.id)).where(InvitationRule.meeting_id == meeting_id)
    if len(places) > MOST_PLACES or db.session.execute(rules).scalar_one() > MOST_RULES:
        raise Refusal(_("Undangan ini terlalu banyak untuk satu rapat. Pilih tingkat yang lebih sempit."))
    return places

"""Whoever stands for an invited person has a seat of her own, which counts for the other one only once she came.

One delegate a seat; who is invited herself, or stands for somebody, at any site of the meeting that the keeper sees,
cannot be sent for another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, func, select, update

from webapp.attendance.models import Invitation, Sheet
from webapp.attendance.models.guests import is_gone
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.lines import named
from webapp.attendance.rules.moving import remove
from webapp.people.models import Person
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


@dataclass(frozen=True)
class Sent:
    """Who comes instead: a person of ours, or somebody of whom only the name is known."""

    person_id: int | None
    name: str = ""


def stand(seat_id: int, for_seat: int, sheet: Sheet) -> None:
    """Let the guest of one seat stand for the invited of another on the same list. Twice is once."""
    _free_those_gone(sheet.meeting_id)
    guest, other = _pair(seat_id, for_seat, sheet.site_id)
    if guest.stands_for == other.id:
        return
    _refuse_second(other, guest.id)
    _refuse_busy([guest, *_held_by(guest.person_id, guest.meeting_id)])
    guest.stands_for = other.id
    db.session.flush()


def send(for_seat: int, sent: Sent, sheet: Sheet, by: int, submission_id: UUID | None = None) -> int:
    """Give whoever is to come, or came, instead a seat of her own; returns its id."""
    _free_those_gone(sheet.meeting_id)
    other = _represented(for_seat, sheet.site_id)
    known = _seat_of(sent, other)
    if known is not None:
        stand(known, for_seat, sheet)
        return known
    _refuse_second(other)
    _refuse_busy(_held_by(sent.person_id, sheet.meeting_id))
    seat = Invitation(
        meeting_id=sheet.meeting_id,
        site_id=sheet.site_id,
        region_code=sheet.region_code,
        person_id=_willing(sent.person_id) if sent.person_id else None,
        guest_name=None if sent.person_id else sent.name,
        stands_for=for_seat,
        walk_in=True,
        invited_by=by,
        invited_at=now(),
        submission_id=submission_id,
    )
    db.session.add(seat)
    lay(sheet.meeting_id)
    return seat.id


def recall(for_seat: int, sheet: Sheet) -> None:
    """She stands for nobody any more: her seat goes, or is a guest's if something was recorded on it."""
    _represented(for_seat, sheet.site_id)
    guest = db.session.scalars(_of(Invitation.stands_for == for_seat)).one_or_none()
    if guest is None:
        return
    remove([guest.id])
    still = db.session.scalars(_of(Invitation.id == guest.id)).one_or_none()
    if still is not None:
        still.stands_for = None
        db.session.flush()


def _free_those_gone(meeting_id: int) -> None:
    """Whoever was taken back at the door stands for nobody any more: another may come in her stead."""
    gone = update(Invitation).where(
        Invitation.meeting_id == meeting_id, Invitation.stands_for.is_not(None), is_gone(Invitation)
    )
    db.session.execute(gone.values(stands_for=None), execution_options={"synchronize_session": False})


def _pair(seat_id: int, for_seat: int, site_id: int) -> tuple[Invitation, Invitation]:
    found = _of(Invitation.id.in_((seat_id, for_seat)), Invitation.site_id == site_id)
    seats = {seat.id: seat for seat in db.session.scalars(found)}
    if seats.keys() != {seat_id, for_seat} or seats[for_seat].walk_in:
        raise NotThere
    return seats[seat_id], seats[for_seat]


def _represented(seat: int, site_id: int) -> Invitation:
    found = _of(Invitation.id == seat, Invitation.site_id == site_id, Invitation.walk_in.is_(False))
    other = db.session.scalars(found).one_or_none()
    if other is None:
        raise NotThere
    return other


def _seat_of(sent: Sent, other: Invitation) -> int | None:
    """The seat at this site that the person, or a guest of this name who was sent already, has."""
    found = select(Invitation.id).where(Invitation.site_id == other.site_id)
    if sent.person_id:
        return db.session.scalars(found.where(Invitation.person_id == sent.person_id)).one_or_none()
    same = (Invitation.stands_for == other.id, Invitation.guest_name == sent.name)
    return db.session.scalars(found.where(*same)).one_or_none()


def _refuse_second(other: Invitation, guest: int = 0) -> None:
    found = select(func.coalesce(named.c.name, Invitation.guest_name)).select_from(Invitation)
    found = found.outerjoin(named, named.c.id == Invitation.person_id)
    taken = found.where(Invitation.stands_for == other.id, Invitation.id != guest)
    name = db.session.scalars(taken).one_or_none()
    if name is not None:
        raise Refusal(_("Undangan ini sudah diwakili %(name)s. Batalkan dulu yang itu.", name=name))


def _held_by(person_id: int | None, meeting_id: int) -> Sequence[Invitation]:
    """The seats of a person at the sites that the viewer keeps; none of a guest of whom only the name is known."""
    if person_id is None:
        return ()
    held = select(Invitation).where(Invitation.meeting_id == meeting_id, Invitation.person_id == person_id)
    return db.session.scalars(held).all()


def _refuse_busy(seats: Iterable[Invitation]) -> None:
    for seat in seats:
        if not seat.walk_in:
            raise Refusal(
                _("%(name)s diundang sendiri, jadi tidak bisa mewakili orang lain.", name=_name_of(seat))
            )
        if seat.stands_for is not None:
            raise Refusal(_("%(name)s sudah mewakili orang lain.", name=_name_of(seat)))


def _willing(person_id: int) -> int:
    found = select(Person.id).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    person = db.session.scalars(found).one_or_none()
    if person is None:
        raise NotThere
    return person


def _name_of(seat: Invitation) -> str:
    name = db.session.scalars(select(named.c.name).where(named.c.id == seat.person_id)).one_or_none()
    return name or seat.guest_name or ""


def _of(*which: object) -> Select[Invitation]:
    """In the order of their numbers, and nobody else touches them meanwhile (PostgreSQL)."""
    found = select(Invitation).where(*which).order_by(Invitation.id)  # type: ignore[arg-type]
    return found.with_for_update(of=Invitation).execution_options(populate_existing=True)

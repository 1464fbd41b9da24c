"""Who is invited to a meeting: somebody by name, or whoever holds an office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select

from webapp.attendance.models import AttendanceRecord, Invitation, Verdict
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.recording import open_meeting
from webapp.people.models import Person
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


@dataclass(frozen=True)
class Guest:
    """Whom to invite, and for which office if it is a rule that names them."""

    person_id: int
    role: str | None = None
    seat_code: str | None = None


def invite(meeting_id: int, guests: Iterable[Guest], by: int) -> int:
    """Give each of them a seat at the site that one keeps, and nobody two; returns how many are new."""
    held = open_meeting(meeting_id)
    known = set(
        db.session.scalars(select(Invitation.person_id).where(Invitation.meeting_id == meeting_id)).all()
    )
    moment = now()
    new: dict[int, Invitation] = {}
    for guest in guests:
        if guest.person_id not in known and guest.person_id not in new:
            new[guest.person_id] = Invitation(
                meeting_id=meeting_id,
                site_id=held.site.id,
                region_code=held.site.region_code,
                person_id=guest.person_id,
                role=guest.role,
                seat_code=guest.seat_code,
                invited_by=by,
                invited_at=moment,
            )
    db.session.add_all(new.values())
    lay(meeting_id)
    return len(new)


def invite_person(meeting_id: int, person_id: int, by: int) -> int:
    """A seat for one person of one's own region; 0 when there is one already."""
    willing = select(Person.id).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    if db.session.scalars(willing).one_or_none() is None:
        raise NotThere
    return invite(meeting_id, [Guest(person_id)], by)


def uninvite(meeting_id: int, seat: int) -> None:
    """Take a seat back, as long as nothing was recorded for it."""
    open_meeting(meeting_id)
    found = select(Invitation.id).where(Invitation.id == seat, Invitation.meeting_id == meeting_id)
    if db.session.scalars(found.with_for_update()).one_or_none() is None:
        raise NotThere
    recorded = select(AttendanceRecord.id).where(AttendanceRecord.invitation_id == seat).limit(1)
    if db.session.execute(recorded).first():
        raise Refusal(_("Undangan ini tidak bisa dihapus: kehadirannya sudah dicatat."))
    db.session.execute(delete(Verdict).where(Verdict.invitation_id == seat))
    db.session.execute(delete(Invitation).where(Invitation.id == seat))

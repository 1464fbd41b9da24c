"""Who completed a bimtek and who has not yet, and where one is required for witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select

from webapp.attendance.models import Invitation, Meeting, MeetingKind
from webapp.attendance.models.guests import is_gone
from webapp.attendance.rules.lines import named
from webapp.attendance.rules.training import progress_of
from webapp.people.figures.training import certificates_of
from webapp.people.rules.permissions import Role
from webapp.places.rules.codes import lineage
from webapp.places.rules.scope import current, everywhere
from webapp.plumbing.database import db, within


@dataclass(frozen=True)
class Trainee:
    """One person on the lists of a bimtek: at how many sessions, and the certificate's code once there is one.

    `settled`: sessions approved on a list with this name. `revoked`: there was a certificate, and it holds no more.
    """

    person_id: int
    name: str
    came: int
    settled: int
    code: UUID | None
    revoked: bool

    @property
    def completed(self) -> bool:
        """Whether the training is hers."""
        return self.code is not None


def trainees_of(meeting_id: int) -> list[Trainee]:
    """Everybody with a seat on a list in the bound scope, those still missing first, then by name. Three statements."""
    names = _names(meeting_id)
    with everywhere("who keeps one list is told how far its people are over all sites"):
        progress = progress_of(meeting_id)
    certificates = certificates_of(meeting_id)
    found = []
    for person_id, name in names.items():
        so_far, held = progress[person_id], certificates.get(person_id)
        code = held.code if held and held.valid else None
        found.append(
            Trainee(person_id, name, so_far.came, so_far.settled, code, held is not None and not held.valid)
        )
    return sorted(found, key=lambda one: (one.completed, one.name.casefold(), one.person_id))


def keeps_seat(meeting_id: int, person_id: int) -> bool:
    """Whether this person stands on a list of the bound scope's regions; an own seat alone is none. One statement."""
    seats = select(Invitation.region_code).where(
        Invitation.meeting_id == meeting_id, Invitation.person_id == person_id, ~is_gone(Invitation)
    )
    return any(current().covers(code) for code in db.session.scalars(seats))


def asks_training(code: str) -> ColumnElement[bool]:
    """Whether a bimtek is required for witnesses at `code`: called at, above or below it, and not cancelled.

    The bare table, because what is required of all is no secret, whoever called it.
    """
    bimtek = Meeting.__table__.alias("required")
    near = or_(bimtek.c.region_code.in_(lineage(code)), within(bimtek.c.region_code, code))
    required = bimtek.c.required_for == Role.WITNESS.value, bimtek.c.kind == MeetingKind.BIMTEK.value
    return exists().where(*required, bimtek.c.cancelled_at.is_(None), near)


def is_training_asked(code: str) -> bool:
    """The same as an answer. One statement."""
    return bool(db.session.scalar(select(asks_training(code))))


def _names(meeting_id: int) -> dict[int, str]:
    """People with a seat in the bound scope, wherever they live."""
    seats = (
        select(Invitation.person_id, func.max(named.c.name).label("name"))
        .join(named, named.c.id == Invitation.person_id)
        .where(Invitation.meeting_id == meeting_id, ~is_gone(Invitation))
        .group_by(Invitation.person_id)
    )
    return {row.person_id: row.name for row in db.session.execute(seats)}


def split(trainees: Sequence[Trainee]) -> tuple[list[Trainee], list[Trainee]]:
    """Those who have not completed it yet, and those who have."""
    return [one for one in trainees if not one.completed], [one for one in trainees if one.completed]

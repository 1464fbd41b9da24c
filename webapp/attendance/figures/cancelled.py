"""A meeting that is off, as its people are told: the words to paste, and whom to tell one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.models import Invitation, Meeting, MeetingSession
from webapp.people.models import Person
from webapp.people.rules.naming import names_of
from webapp.places.rules.scope import current
from webapp.places.rules.zones import word
from webapp.plumbing.clock import date_words, hour
from webapp.plumbing.database import db

MOST = 300


@dataclass(frozen=True)
class Told:
    """Somebody to tell; `reachable` by a number that one may ask for."""

    person_id: int
    name: str
    reachable: bool


def words_for(meeting: Meeting, sessions: Sequence[MeetingSession]) -> str:
    """Short enough to be pasted into a chat: what is off, when it would have been, why."""
    first = sessions[0]
    when = f"{date_words(first.starts_at, first.offset)}, {hour(first.starts_at, first.offset)} {word(first.offset)}"
    lines = [
        _("*Rapat dibatalkan*"),
        meeting.title,
        when,
        _("Alasan: %(why)s", why=meeting.cancel_reason or ""),
        _("Mohon kabari yang lain. Terima kasih."),
    ]
    return "\n".join(lines)


def share_link(text: str) -> str:
    """Opens WhatsApp with the words in it."""
    return f"https://wa.me/?text={quote(text)}"


def whom_to_tell(meeting_id: int) -> tuple[list[Told], int]:
    """The invited by name, the first of them at most, and how many there are. Two statements."""
    own = select(Invitation.person_id).where(
        Invitation.meeting_id == meeting_id, Invitation.person_id.is_not(None), Invitation.walk_in.is_(False)
    )
    ids = {key for key in db.session.scalars(own) if key is not None}
    names = names_of(ids)
    near = select(Person.id, Person.region_code).where(Person.id.in_(ids), Person.withdrawn_at.is_(None))
    mine = {row.id for row in db.session.execute(near) if current().covers(row.region_code)} if ids else set()
    told = sorted(
        (Told(key, names.get(key, ""), key in mine) for key in ids), key=lambda one: one.name.casefold()
    )
    return told[:MOST], len(told)

"""What the invited answer before a meeting: they come, they do not and why, or they do not know yet.

One answers signed in, or by a link of one's own. The link is signed for one seat and its person: it shows when and
where to be and takes an answer, until the meeting begins; it opens nothing else. An answer is no status: whoever
keeps the list still says what was.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select

from webapp.attendance.models import Invitation, Meeting, MeetingSession, Rsvp, Site
from webapp.attendance.rules.changing import Limits, count
from webapp.people.models import Account, Person
from webapp.people.rules.naming import names_of
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

TOKEN = re.compile(r"([1-9][0-9]{0,9})-([a-z2-7]{16})", re.ASCII)
LARGEST = 2**31 - 1
SOON = timedelta(minutes=1)
SIGNATURE = 10  # bytes: 16 letters, none of which a messenger leaves out of a link
WHY = "a signed link opens one invitation, wherever the meeting is held"


@dataclass(frozen=True)
class Answer:
    """One answer, when it was given, and when we heard of it. A reason belongs to `izin` only."""

    rsvp: Rsvp
    reason: str | None
    said_at: datetime
    heard_at: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any], said_at: datetime, heard_at: datetime | None = None) -> Answer:
        """What a form says."""
        rsvp = Rsvp(data["jawaban"])
        return cls(rsvp, data["alasan"] if rsvp is Rsvp.NO else None, said_at, heard_at or said_at)


class DeadLink(NotThere):
    """A link that we never made, or took back; whoever holds it may have no account."""

    says = "Tautan undangan ini tidak berlaku. Minta tautan baru kepada yang mengundang Anda."


@dataclass(frozen=True)
class Asked:
    """What the page of a link shows. Times are UTC; `offset` is that of the site."""

    title: str
    name: str
    host: str
    starts_at: datetime
    ends_at: datetime
    sessions: int
    offset: int
    place: str | None
    from_afar: bool
    cancelled: bool
    rsvp: str | None
    reason: str | None

    @property
    def open(self) -> bool:
        """Whether the answer may still be given or changed."""
        return not self.cancelled and now() < self.starts_at


def token_of(seat: int, person_id: int, key: bytes) -> str:
    """What stands in the link of one seat."""
    return f"{seat}-{_signed(seat, person_id, key)}"


def asked_by(token: str, key: bytes) -> Asked:
    """What is asked of whoever holds this link. Raises `NotThere` for one that we never made, or took back."""
    with everywhere(WHY):
        seat, name = _seat_of(token, key)
        meeting, site, starts, ends, sessions = db.session.execute(_when(seat)).one()
        host = names_of([meeting.created_by]).get(meeting.created_by, "")
    return Asked(
        meeting.title,
        name.split()[0],
        host,
        starts,
        ends,
        sessions,
        site.offset,
        site.place,
        bool(site.link),
        meeting.cancelled_at is not None,
        seat.rsvp,
        seat.rsvp_reason,
    )


def seat_by(token: str, key: bytes) -> Invitation:
    """The seat of a link, before anybody has to wait for the one who posts to it. Raises `NotThere`."""
    with everywhere(WHY):
        return _seat_of(token, key)[0]


def changes(seat: Invitation, answer: Answer) -> bool:
    """Whether the seat does not say so already."""
    return (seat.rsvp, seat.rsvp_reason) != (answer.rsvp, answer.reason)


def was_just_said(seat: Invitation, answer: Answer) -> bool:
    """Whether it is said once more so soon that there is nothing to write: a button that was pressed again."""
    return not changes(seat, answer) and answer.said_at - (seat.rsvp_at or answer.said_at) < SOON


def answer_by(token: str, key: bytes, answer: Answer, limits: Limits) -> None:
    """Keep the answer of whoever holds this link; the same again is newer, and costs nothing.

    Raises `NotThere`, `TooOften`, and a refusal once the meeting has begun.
    """
    with everywhere(WHY):
        seat, _name = _seat_of(token, key, lock=True)
        begins = _begins(seat.meeting_id, answer.said_at)
        if changes(seat, answer):
            count(seat.id, limits)
        _keep(seat, answer, begins)
        db.session.flush()


def answer(data: Mapping[str, Any], stamp: Stamp) -> Invitation:
    """Keep what the sender answers for her own seats at a meeting; the newest word holds."""
    own = select(Invitation).where(
        Invitation.meeting_id == data["rapat"],
        Invitation.person_id == stamp.sender_id,
        Invitation.walk_in.is_(False),
    )
    seats = db.session.scalars(_locked(own.order_by(Invitation.id))).all()
    if not seats:
        raise NotThere
    begins = _begins(data["rapat"], stamp.happened_at)
    for seat in seats:
        _keep(seat, Answer.of(data, stamp.happened_at, stamp.received_at), begins)
    db.session.flush()
    return seats[0]


def may_answer(meeting: Meeting, starts_at: datetime) -> bool:
    """Whether the invited may still answer; `starts_at` is that of the first session."""
    return meeting.cancelled_at is None and now() < starts_at


def _keep(seat: Invitation, answer: Answer, begins: datetime) -> None:
    if seat.rsvp_at is None or seat.rsvp_at <= answer.said_at:
        seat.rsvp, seat.rsvp_reason, seat.rsvp_at = answer.rsvp, answer.reason, answer.said_at
        seat.rsvp_late = answer.heard_at >= begins


def _seat_of(token: str, key: bytes, *, lock: bool = False) -> tuple[Invitation, str]:
    told = TOKEN.fullmatch(token)
    if told is None or int(told[1]) > LARGEST:
        raise DeadLink
    takes_part = and_(Person.withdrawn_at.is_(None), or_(Account.id.is_(None), Account.active))
    found = select(Invitation, Person.name).join(Person, Person.id == Invitation.person_id)
    found = found.outerjoin(Account, Account.person_id == Person.id)
    found = found.where(Invitation.id == int(told[1]), takes_part, ~Invitation.walk_in)
    row = db.session.execute(_locked(found) if lock else found).one_or_none()
    if row is None or not hmac.compare_digest(_signed(row[0].id, row[0].person_id, key), told[2]):
        raise DeadLink
    return row[0], row[1]


def _locked(found: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return found.with_for_update(of=Invitation).execution_options(populate_existing=True)


def _when(seat: Invitation) -> Select[*tuple[Any, ...]]:
    session = MeetingSession
    return (
        select(Meeting, Site, func.min(session.starts_at), func.max(session.ends_at), func.count(session.id))
        .join(Site, Site.meeting_id == Meeting.id)
        .join(session, session.meeting_id == Meeting.id)
        .where(Site.id == seat.site_id)
        .group_by(Meeting.id, Site.id)
    )


def _begins(meeting_id: int, said_at: datetime) -> datetime:
    """When the meeting begins; what was said later, or of one that is called off, is refused."""
    found = (
        select(Meeting.cancelled_at, func.min(MeetingSession.starts_at))
        .join(MeetingSession, MeetingSession.meeting_id == Meeting.id)
        .where(Meeting.id == meeting_id)
        .group_by(Meeting.id)
    )
    row = db.session.execute(found).one_or_none()
    if row is None:
        raise NotThere
    if row[0] is not None:
        raise Refusal(_("Rapat ini dibatalkan, jadi tidak perlu dijawab lagi."))
    if said_at >= row[1]:
        raise Refusal(_("Rapat sudah dimulai, jadi jawaban tidak bisa diubah. Hubungi koordinator Anda."))
    begins: datetime = row[1]
    return begins


def _signed(seat: int, person_id: int, key: bytes) -> str:
    digest = hmac.digest(key, f"{seat} {person_id}".encode(), "sha256")[:SIGNATURE]
    return b32encode(digest).decode().lower()

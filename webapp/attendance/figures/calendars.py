"""A person's own meetings as a calendar file (RFC 5545), for whoever holds its secret address.

Hers are those to which she is invited, and the sites that she keeps: where she is in charge, or whose region is the
very one of her mandate. Nobody else is named in it. Times are UTC; an entry's id never changes, its number rises with
every change, and a meeting that is off stays in it as cancelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unicodedata import category

from flask_babel import gettext as _
from icalendar import Calendar, Event, vDuration
from sqlalchemy import Select, and_, case, func, or_, select

from webapp.attendance.models import CalendarFeed, Invitation, Meeting, MeetingSession, Mode, Site
from webapp.people.models import Account, Mandate, Person
from webapp.people.rules.permissions import GRANTS, Permission, Role
from webapp.people.rules.viewer import in_force
from webapp.places.models import Region
from webapp.places.rules.scope import Scope, everywhere, narrowed
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere

BACK = timedelta(days=30)
MOST = 1000
UNSAID = {"Cc", "Zl", "Zp", "Cs"}  # controls, separators of lines and paragraphs, halves of a sign
REFRESHED = timedelta(hours=1)  # how often a programme should look again


@dataclass(frozen=True)
class Reader:
    """Whose calendar it is, and the regions in which she keeps lists by a mandate of her own."""

    person_id: int
    keeps: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One session in somebody's calendar, at the site that matters to her. Times are UTC."""

    meeting_id: int
    session_id: int
    title: str
    part: str | None
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    changed_at: datetime | None
    revision: int
    cancelled: bool
    why: str | None
    mode: str
    place: str | None
    link: str | None
    region: str

    @property
    def where(self) -> str:
        """The place, or Zoom, and the region."""
        spot = _("Zoom") if self.mode == Mode.ZOOM else self.place
        return ", ".join(word for word in (spot, self.region) if word)


def reader_of(token: str) -> Reader:
    """Who holds this address. Raises `NotThere` for one that is none, or of somebody who no longer takes part."""
    found = (
        select(Person.id, Mandate)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .outerjoin(Mandate, Mandate.person_id == Person.id)
        .where(CalendarFeed.token == token, Person.withdrawn_at.is_(None), Account.active)
    )
    with everywhere("the secret address says by itself whose calendar it is"):
        rows: Sequence[Any] = db.session.execute(found).all()
    held = in_force(row[1] for row in rows if row[1] is not None)
    if not held:
        raise NotThere
    keeping = {one.region_code for one in held if Permission.KEEP_ATTENDANCE in GRANTS[Role(one.role)]}
    return Reader(rows[0][0], tuple(sorted(keeping)))


def entries_of(reader: Reader) -> list[Entry]:
    """From thirty days back to all that comes, by the hour. One statement."""
    with narrowed(Scope(reader.keeps, reader.person_id)):
        rows = db.session.execute(_entries(reader)).all()
    first: dict[int, Entry] = {}
    for *told, _rank in rows:
        entry = Entry(*told)
        first.setdefault(entry.session_id, entry)
    return list(first.values())


def calendar_of(entries: Iterable[Entry], link_to: Callable[[int], str]) -> bytes:
    """The file. `link_to` gives the whole address of a meeting's page. The same meetings give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//Simpul//Rapat//ID")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Rapat Simpul"))
    calendar.add("refresh-interval", vDuration(REFRESHED), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESHED))  # the same for Outlook
    for entry in entries:
        calendar.add_component(_event(entry, link_to(entry.meeting_id)))
    return calendar.to_ical()


def _event(entry: Entry, url: str) -> Event:
    touched = (entry.changed_at or entry.created_at).astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", f"{entry.created_at:%Y%m%dT%H%M%S}-{entry.session_id}@simpul")
    event.add("dtstamp", touched)
    event.add("last-modified", touched)
    event.add("sequence", entry.revision)
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", _plain(" · ".join(word for word in (entry.title, entry.part) if word)))
    event.add("location", _plain(entry.where))
    event.add("url", url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    said = _said(entry)
    if said:
        event.add("description", _plain(said))
    return event


def _plain(text: str) -> str:
    """Without signs that a reader takes for the end of a line or refuses (RFC 5545, 3.3.11); our own line ends stay."""
    text = text.replace("\r\n", "\n")
    return "".join(" " if category(sign) in UNSAID and sign != "\n" else sign for sign in text)


def _said(entry: Entry) -> str:
    lines = [_("Dibatalkan: %(why)s", why=entry.why)] if entry.cancelled else []
    if entry.link and not entry.cancelled:
        lines.append(_("Tautan: %(link)s", link=entry.link))
    return "\n".join(lines)


def _entries(reader: Reader) -> Select[*tuple[Any, ...]]:
    """Her own seat first, then where she is in charge, then her region; each session may come several times."""
    seat = and_(Invitation.site_id == Site.id, Invitation.person_id == reader.person_id)
    charge, own = Site.pic_id == reader.person_id, Site.region_code.in_(reader.keeps)
    rank = case((Invitation.id.is_not(None), 0), (charge, 1), else_=2)
    since = now() - BACK
    columns: Sequence[Any] = (
        Meeting.id, MeetingSession.id, Meeting.title, MeetingSession.title, MeetingSession.starts_at,
        MeetingSession.ends_at, Meeting.created_at, Meeting.changed_at, Meeting.revision,
        Meeting.cancelled_at.is_not(None), func.coalesce(Meeting.cancel_reason, ""), Site.mode, Site.place,
        Site.link, Region.name, rank,
    )  # fmt: skip
    return (
        select(*columns)
        .join(MeetingSession, MeetingSession.meeting_id == Meeting.id)
        .join(Site, Site.meeting_id == Meeting.id)
        .join(Region, Region.code == Site.region_code)
        .outerjoin(Invitation, seat)
        .where(MeetingSession.ends_at > since, or_(Invitation.id.is_not(None), charge, own))
        .order_by(MeetingSession.starts_at, MeetingSession.id, rank, Site.id)
        .limit(MOST)
    )

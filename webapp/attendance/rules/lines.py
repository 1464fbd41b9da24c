"""The list of one session at one site as its keeper sees it: one line a seat, named through the invitation.

A name may lie outside the keeper's own region: whoever keeps a list knows who was invited to it. So the person's
table is joined bare, without the scope's criterion, to invitations that do carry it; no phone number is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, and_, bindparam, case, func, or_, select

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    MeetingSession,
    Mode,
    Sheet,
    Site,
    Status,
    Verdict,
)
from webapp.attendance.rules.at_the_door import stands_on_list
from webapp.attendance.rules.finding import nearest
from webapp.attendance.rules.positions import way_words
from webapp.attendance.rules.verdicts import Outcome
from webapp.people.models import Person
from webapp.places.models import Region
from webapp.places.rules.zones import offset_of
from webapp.plumbing.database import db

named, venue = Person.__table__, Site.__table__
_has_position = and_(venue.c.latitude.is_not(None), venue.c.mode != Mode.ZOOM)


@dataclass(frozen=True)
class Line:
    """One seat at one session: who, for what, and the verdict. Times are UTC.

    A delegate `stands_for` another seat, that of `represents`; that one's line names her as its `delegate`. Known only
    in a whole list. A seat with `rule_id` follows the mandates.
    """

    seat: int
    session_id: int
    site_id: int
    person_id: int | None
    name: str
    role: str | None
    walk_in: bool
    rsvp: str | None
    rsvp_reason: str | None
    rsvp_late: bool
    stands_for: int | None
    rule_id: int | None
    status: Status
    first_in: datetime | None
    said_at: datetime | None
    record_id: UUID | None
    doubled: bool
    odd_clock: bool
    claims_since: datetime | None
    computed: bool
    far: bool
    late_code: bool
    beyond: int | None
    method: str | None
    region: str | None
    offset: int
    represents: str | None = None
    delegate: str | None = None
    delegate_status: Status = Status.BELUM

    @property
    def represented(self) -> bool:
        """Whether somebody came in this person's stead: the delegate is there, herself recorded, and she is not."""
        return self.delegate is not None and self.delegate_status.came and not self.status.came

    @property
    def at(self) -> datetime | None:
        """When the person came, or when the status was said."""
        return self.first_in or (None if self.status.came else self.said_at)

    @property
    def office(self) -> str:
        """Koord. Kec. Palmerah; Tamu for whoever is in no list of ours."""
        words = office_words(self.role, self.region)
        if self.stands_for is not None:
            return _("Mewakili %(name)s", name=self.represents) if self.represents else _("Wakil")
        if self.walk_in:
            return _("Tamu") + (f" · {words}" if words else "")
        return words

    @property
    def odd(self) -> bool:
        """Whether a reviewer should look at it first."""
        flags = (self.doubled, self.odd_clock, self.far, self.late_code)
        return any(flags) or self.claims_since is not None

    @property
    def near(self) -> bool:
        """Whether the phone of who says to be there was near the site: nobody is without a position."""
        return self.beyond == 0 and not self.far

    @property
    def where(self) -> str:
        """From where somebody says to be there: dekat, jauh 2 km, or tanpa posisi where nobody can tell."""
        if self.beyond:
            return _("jauh %(way)s", way=way_words(self.beyond))
        return _("dekat") if self.near else _("tanpa posisi")

    @property
    def is_guest(self) -> bool:
        """Whether she came on her own account: nobody expected her, so she cannot be absent."""
        return self.walk_in and self.stands_for is None

    @property
    def guest(self) -> str:
        """For the page's script: nothing for the invited, `tamu`, or `wakil` for one who is expected like them."""
        return ("tamu" if self.is_guest else "wakil") if self.walk_in else ""

    def as_invited(self) -> Line:
        """The same of somebody who has an invitation to another site."""
        return replace(self, walk_in=False)

    def judged(self, outcome: Outcome) -> Line:
        """The same line under a new verdict."""
        return replace(self, **vars(outcome))


STATUS = [field.name for field in fields(Line)].index("status")


def lines_of(sheet: Sheet) -> list[Line]:
    """Every seat that stands on a list, by name and then by the seat's number. One statement."""
    found = _lines().where(Invitation.site_id == sheet.site_id, Verdict.session_id == sheet.session_id)
    return _in_order(_read(db.session.execute(found.where(stands_on_list()))))


def lines_at(meeting_id: int) -> list[Line]:
    """Every seat of a meeting in the viewer's scope, on each list that it stands on, by name. One statement."""
    found = _lines().where(Invitation.meeting_id == meeting_id, stands_on_list())
    return _in_order(_read(db.session.execute(found)))


@dataclass(frozen=True)
class Place:
    """A seat on one of the lists that it stands on."""

    line: Line
    meeting_id: int
    sheet_id: int
    starts_at: datetime
    ends_at: datetime


def place_of(seat: int, at: datetime, meeting_id: int | None, sheet_id: int | None) -> Place | None:
    """One seat on the list that is named; without one on the first that was laid, or nearest to `at` without a meeting.

    Whatever names its meeting alone was tapped on a page of when every meeting had one list.
    Every other tap on the seat waits until this transaction ends (PostgreSQL).
    """
    rows = db.session.execute(_one_seat(), {"seat": seat}).all()
    lines = _read(row[:-4] for row in rows)
    places = [Place(line, *row[-4:]) for line, row in zip(lines, rows, strict=True)]
    meant = [p for p in places if meeting_id in (None, p.meeting_id) and sheet_id in (None, p.sheet_id)]
    if sheet_id is None and meeting_id is not None:
        return min(meant, key=lambda place: place.sheet_id, default=None)
    return nearest(meant, at) if meant else None


def line_on(sheet: Sheet, seat: int) -> tuple[Line | None, list[AttendanceRecord | None]]:
    """One seat on one list, and the records on it, without a lock; also that of a guest who is gone. One statement."""
    own = and_(
        AttendanceRecord.invitation_id == Invitation.id, AttendanceRecord.session_id == Verdict.session_id
    )
    found = _lines().where(Invitation.site_id == sheet.site_id, Verdict.session_id == sheet.session_id)
    found = found.outerjoin(AttendanceRecord, own).add_columns(AttendanceRecord)
    rows = db.session.execute(found.where(Invitation.id == seat)).all()
    return next(iter(_read(row[:-1] for row in rows)), None), [row[-1] for row in rows]


@cache
def _one_seat() -> Select[*tuple[Any, ...]]:
    """Made once: every tap asks this, and making it costs as much as asking."""
    listed = and_(Sheet.session_id == Verdict.session_id, Sheet.site_id == Invitation.site_id)
    return (
        _lines()
        .join(Sheet, listed)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .add_columns(Sheet.meeting_id, Sheet.id, MeetingSession.starts_at, MeetingSession.ends_at)
        .where(Invitation.id == bindparam("seat"))
        .with_for_update(of=Invitation)
    )


def _lines() -> Select[*tuple[Any, ...]]:
    """The columns of `Line` in its order, but for the last two, which `_read` makes of the four that follow."""
    region = func.coalesce(Invitation.seat_code, named.c.region_code)
    return (
        select(
            Invitation.id,
            Verdict.session_id,
            Invitation.site_id,
            Invitation.person_id,
            func.coalesce(named.c.name, Invitation.guest_name, ""),
            Invitation.role,
            Invitation.walk_in,
            Invitation.rsvp,
            Invitation.rsvp_reason,
            Invitation.rsvp_late,
            Invitation.stands_for,
            Invitation.rule_id,
            Verdict.status,
            Verdict.first_in,
            Verdict.said_at,
            Verdict.record_id,
            Verdict.doubled,
            Verdict.odd_clock,
            Verdict.claims_since,
            Verdict.computed,
            Verdict.far,
            Verdict.late_code,
            case((or_(Verdict.beyond > 0, _has_position), Verdict.beyond)),
            Verdict.method,
            Region.name,
            Region.level,
            Region.kind,
            Invitation.region_code,
        )
        .join(Verdict, Verdict.invitation_id == Invitation.id)
        .join(venue, venue.c.id == Invitation.site_id)
        .outerjoin(named, named.c.id == Invitation.person_id)
        .outerjoin(Region, Region.code == region)
    )


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """By name and seat; whoever stands for somebody, and is stood for, says so."""
    ordered = sorted(lines, key=lambda line: (line.name.casefold(), line.seat))
    pairs = {(line.stands_for, line.session_id): line for line in ordered if line.stands_for is not None}
    if not pairs:
        return ordered
    names = {line.seat: line.name for line in ordered}
    return [_paired(line, pairs.get((line.seat, line.session_id)), names) for line in ordered]


def _paired(line: Line, delegate: Line | None, names: Mapping[int, str]) -> Line:
    if line.stands_for is not None:
        return replace(line, represents=names.get(line.stands_for))
    if delegate is None:
        return line
    return replace(line, delegate=delegate.name, delegate_status=delegate.status)


def _read(rows: Iterable[Any]) -> list[Line]:
    found = []
    for *told, place, level, kind, code in rows:
        told[STATUS] = Status(told[STATUS])
        told += [region_words(place, level, kind) if place else None, offset_of(code)]
        found.append(Line(*told))
    return found


def region_words(name: str, level: int, kind: str | None) -> str:
    """Kec. Palmerah, Kel. Kapuk, Desa Sukamaju; a kota and a province by their own name."""
    if level == 4:
        return (_("Kel.") if kind in (None, "kelurahan") else _("Desa")) + f" {name}"
    return f"{_('Kec.')} {name}" if level == 3 else name


def office_words(role: str | None, region: str | None) -> str:
    """Koord. Kec. Palmerah."""
    return " ".join(word for word in (_short_role(role), region) if word)


def _short_role(role: str | None) -> str:
    known = {
        "admin": _("Admin"),
        "supervisor": _("Pengawas"),
        "coordinator": _("Koord."),
        "witness": _("Saksi"),
    }
    return known.get(role or "", "")

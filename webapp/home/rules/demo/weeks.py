"""Weeks that are over in the demo: a weekly meeting of one kecamatan, and groups of volunteers who come or do not."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    Meeting,
    MeetingKind,
    MeetingSession,
    Method,
    RecordKind,
    ReviewEvent,
    Rsvp,
    Sheet,
    SheetState,
    Site,
    Status,
)
from webapp.attendance.rules.laying import lay
from webapp.home.rules.demo.staff import CENGKARENG, KAPUK, People
from webapp.people.models import Group, Membership
from webapp.people.rules.permissions import Role
from webapp.places.rules.names import fold
from webapp.plumbing.clock import WIB, now
from webapp.plumbing.database import db

WEEKS, WITNESSES = 8, 24
ANSWERS = (Rsvp.YES, Rsvp.YES, Rsvp.YES, Rsvp.NO, None)
OUTCOMES = (*(Status.HADIR,) * 12, *(Status.TERLAMBAT,) * 2, Status.IZIN, Status.SAKIT, *(Status.ALPA,) * 4)
STEPS = (SheetState.SUBMITTED, SheetState.APPROVED, SheetState.LOCKED)
GROUPS = (
    ("Simpul Warga Kapuk", KAPUK, 9),
    ("Simpul Pemuda Cengkareng", CENGKARENG, 14),
    ("Simpul Ibu Cengkareng", CENGKARENG, 11),
)
Guest = tuple[int, Role, str]


def add_groups(people: People, seed: int) -> None:
    """Groups of Cengkareng, of people who have seats at its TPS; some belong to two."""
    chance = random.Random(seed + 2)  # noqa: S311 - a demo, not a secret
    moment = now() - timedelta(days=70)
    near = [person for person, _role, _code in _guests(people)]
    for name, code, size in GROUPS:
        group = Group(
            region_code=code, name=name, search_name=fold(name), created_at=moment, created_by=people.keeper
        )
        db.session.add(group)
        db.session.flush()
        told = {"group_id": group.id, "region_code": code, "since": moment, "added_by": people.keeper}
        db.session.add_all(Membership(person_id=one, **told) for one in chance.sample(near, size))


def add_weeks(people: People, seed: int) -> None:
    """Eight weekly meetings, handed in and locked; their records await `rebuild`."""
    chance = random.Random(seed + 3)  # noqa: S311 - a demo, not a secret
    series = UUID(int=chance.getrandbits(128), version=4)
    last = now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=3)
    for week in reversed(range(WEEKS)):
        session = _session(people, series, last - timedelta(weeks=week))
        for guest in _guests(people):
            _seat(people, session, guest, chance)
        _lock(people, session)
    db.session.flush()


def _guests(people: People) -> list[Guest]:
    """The coordinators of Cengkareng and some of its witnesses, each with the region of the seat."""
    led = [
        (person, Role.COORDINATOR, code)
        for code, holders in sorted(people.coordinators.items())
        if code.startswith(CENGKARENG)
        for person in holders
    ]
    seated = [
        (person, Role.WITNESS, code) for person, _tps, code in people.seated if code.startswith(CENGKARENG)
    ]
    return [*led, *seated[:: max(1, len(seated) // WITNESSES)]]


def _session(people: People, series: UUID, start: datetime) -> MeetingSession:
    meeting = Meeting(
        region_code=CENGKARENG, kind=MeetingKind.RAPAT, title="Rapat mingguan Cengkareng", series=series,
        created_by=people.keeper, created_at=start - timedelta(days=6),
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    told = {"meeting_id": meeting.id, "region_code": CENGKARENG, "offset": WIB}
    ends, late = start + timedelta(hours=2), start + timedelta(minutes=15)
    session = MeetingSession(starts_at=start, ends_at=ends, late_after=late, **told)
    db.session.add_all([session, Site(place="Posko Cengkareng", **told)])
    db.session.flush()
    lay(meeting.id)
    return session


def _seat(people: People, session: MeetingSession, guest: Guest, chance: random.Random) -> None:
    person, role, code = guest
    site = db.session.scalars(select(Site.id).where(Site.meeting_id == session.meeting_id)).one()
    seat = Invitation(
        meeting_id=session.meeting_id, site_id=site, region_code=CENGKARENG, person_id=person, role=role,
        seat_code=code, invited_by=people.keeper, invited_at=session.starts_at - timedelta(days=6),
        rsvp=chance.choice(ANSWERS),
    )  # fmt: skip
    db.session.add(seat)
    db.session.flush()
    db.session.add(_record(people, session, seat, chance))


def _record(
    people: People, session: MeetingSession, seat: Invitation, chance: random.Random
) -> AttendanceRecord:
    status = chance.choice(OUTCOMES)
    at = session.starts_at + timedelta(minutes=25 if status is Status.TERLAMBAT else -chance.randint(1, 20))
    return AttendanceRecord(
        id=UUID(int=chance.getrandbits(128), version=4), invitation_id=seat.id, session_id=session.id,
        region_code=CENGKARENG, kind=RecordKind.IN if status.came else RecordKind.STATUS,
        status=None if status.came else status, method=Method.TAP, claimed_at=at, happened_at=at,
        received_at=at, offset=WIB, drift=0, recorder_id=people.keeper,
    )  # fmt: skip


def _lock(people: People, session: MeetingSession) -> None:
    lay(session.meeting_id)
    sheet = db.session.scalars(select(Sheet).where(Sheet.session_id == session.id)).one()
    sheet.submitted_by, sheet.submitted_at = people.keeper, session.ends_at
    for hours, state in enumerate(STEPS):
        sheet.state, sheet.version = state, sheet.version + 1
        actor = people.keeper if state is SheetState.SUBMITTED else people.supervisor
        told = {"sheet_id": sheet.id, "region_code": CENGKARENG, "state": state, "version": sheet.version}
        db.session.add(ReviewEvent(actor_id=actor, at=session.ends_at + timedelta(hours=hours), **told))

"""What else the people of the demo were called to: a bimtek at two sites last week, and a weekly rakor to come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    Meeting,
    MeetingKind,
    MeetingSession,
    Method,
    Mode,
    RecordKind,
    Rsvp,
    SheetState,
    Site,
    Status,
)
from webapp.attendance.rules.finding import sheets_of
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.training import judge
from webapp.home.rules.demo.places import KOTA
from webapp.home.rules.demo.staff import People
from webapp.people.rules.permissions import Role
from webapp.plumbing.clock import WIB
from webapp.plumbing.database import db

HALLS = (
    ("31.73.01", "Aula Kecamatan Cengkareng", Mode.PLACE),
    ("31.73.07", "Kecamatan Kembangan", Mode.ZOOM),
)
EACH = 40
BIMTEK = timedelta(days=9)
WEEKLY, WEEKS = timedelta(days=7), 3
ANSWERS = (Rsvp.YES,) * 12 + (Rsvp.NO,) * 2 + (Rsvp.MAYBE,) * 2 + (None,) * 5
EXCUSE = "Menemani anak ke dokter"


def add_bimtek(people: People, start: datetime, chance: random.Random) -> Meeting:
    """A bimtek that witnesses must complete, locked at both sites: most came, and one head more was counted."""
    meeting = _meeting(people, MeetingKind.BIMTEK, "Bimtek saksi TPS", start - BIMTEK)
    meeting.required_for = Role.WITNESS
    begin = start - BIMTEK
    session = _session(meeting, begin, begin + timedelta(hours=4), "Mengisi C.Hasil\nMenjaga kotak suara")
    for code, place, mode in HALLS:
        site = _site(meeting, code, place, mode)
        here = [person for person, _station, village in people.seated if village.startswith(code)]
        seats = _seats(people, meeting, site, here[:EACH], begin)
        db.session.add_all(
            _came(session, seat, people.keeper, chance) for seat in seats if chance.random() < 0.8
        )
    lay(meeting.id)
    return meeting


def lock_bimtek(meeting: Meeting, people: People) -> None:
    """Its lists as the supervisor left them, and who is trained by it; after the verdicts are made."""
    for kept in sheets_of(meeting.id):
        kept.sheet.state, kept.sheet.version = SheetState.LOCKED, 4
        kept.sheet.submitted_by = people.keeper
        kept.sheet.submitted_at = kept.session.ends_at + timedelta(minutes=30)
    db.session.flush()
    judge(meeting.id)


def add_weekly(people: People, start: datetime, chance: random.Random) -> None:
    """A rakor every week, to whose first some have answered."""
    series = UUID(int=chance.getrandbits(128), version=4)
    for week in range(WEEKS):
        begin = start.replace(hour=2) + timedelta(days=3) + week * WEEKLY
        meeting = _meeting(people, MeetingKind.RAKOR, "Rakor mingguan", begin)
        meeting.series = series
        _session(meeting, begin, begin + timedelta(hours=2), "Laporan tiap kecamatan")
        site = _site(meeting, KOTA, "Kantor tim, Kembangan", Mode.PLACE)
        who = [
            one for code, holders in sorted(people.coordinators.items()) if len(code) == 8 for one in holders
        ]
        for seat in _seats(people, meeting, site, who, begin):
            if week == 0:
                _answer(seat, chance.choice(ANSWERS), begin)
        lay(meeting.id)


def _meeting(people: People, kind: MeetingKind, title: str, start: datetime) -> Meeting:
    made = start - timedelta(days=5)
    meeting = Meeting(region_code=KOTA, kind=kind, title=title, created_by=people.keeper, created_at=made)
    db.session.add(meeting)
    db.session.flush()
    return meeting


def _session(meeting: Meeting, start: datetime, end: datetime, agenda: str) -> MeetingSession:
    session = MeetingSession(
        meeting_id=meeting.id,
        region_code=KOTA,
        starts_at=start,
        ends_at=end,
        late_after=start + timedelta(minutes=15),
        offset=WIB,
        agenda=agenda,
    )
    db.session.add(session)
    db.session.flush()
    return session


def _site(meeting: Meeting, code: str, place: str, mode: Mode) -> Site:
    link = "https://zoom.us/j/contoh" if mode is Mode.ZOOM else None
    site = Site(meeting_id=meeting.id, region_code=code, place=place, link=link, mode=mode, offset=WIB)
    db.session.add(site)
    db.session.flush()
    return site


def _seats(
    people: People, meeting: Meeting, site: Site, who: Sequence[int], start: datetime
) -> list[Invitation]:
    seats = [
        Invitation(
            meeting_id=meeting.id,
            site_id=site.id,
            region_code=site.region_code,
            person_id=person,
            invited_by=people.keeper,
            invited_at=start - timedelta(days=5),
        )
        for person in who
    ]
    db.session.add_all(seats)
    db.session.flush()
    return seats


def _answer(seat: Invitation, answer: Rsvp | None, start: datetime) -> None:
    if answer is not None:
        seat.rsvp, seat.rsvp_at = answer, start - timedelta(days=4)
        seat.rsvp_reason = EXCUSE if answer is Rsvp.NO else None


def _came(session: MeetingSession, seat: Invitation, keeper: int, chance: random.Random) -> AttendanceRecord:
    late = chance.random() < 0.1
    at = session.starts_at + timedelta(minutes=chance.randint(16, 40) if late else chance.randint(-20, 10))
    return AttendanceRecord(
        id=UUID(int=chance.getrandbits(128), version=4),
        invitation_id=seat.id,
        session_id=session.id,
        region_code=seat.region_code,
        kind=RecordKind.IN,
        status=Status.TERLAMBAT if late else Status.HADIR,
        method=Method.CARD,
        claimed_at=at,
        happened_at=at,
        received_at=at,
        offset=WIB,
        recorder_id=keeper,
    )

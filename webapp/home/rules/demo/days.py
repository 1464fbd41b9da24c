"""What the people of the demo do these days: a rakor that starts now, one two weeks ago, and check-ins."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from webapp.attendance.models import (
    AttendanceRecord,
    Decision,
    FollowUp,
    Invitation,
    Meeting,
    MeetingKind,
    MeetingSession,
    Method,
    RecordKind,
    ReviewEvent,
    Sheet,
    SheetState,
    Site,
    Status,
)
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.rebuilding import rebuild
from webapp.checkins.models import Activity, CheckIn, Kind
from webapp.home.rules.demo import gatherings
from webapp.home.rules.demo.places import KOTA
from webapp.home.rules.demo.staff import People
from webapp.people.rules.permissions import Role
from webapp.plumbing.clock import WIB, local_day, now
from webapp.plumbing.database import db

VISITED = "31.73.01.1005"
HALL = (-6.1912, 106.7405)
LATE, EARLIER = timedelta(minutes=15), timedelta(days=14)
PATIENT = timedelta(hours=3)  # whoever opens the demo at ten to nine is not late for the rakor of eight
AGREED = ("Bimtek tiap kecamatan selesai sebelum akhir bulan.", "Target dua saksi di setiap TPS.")
PROMISED = (  # by which day from today; what is longer past is done
    ("Bagikan jadwal bimtek ke delapan kecamatan", -2),
    ("Cetak surat tugas saksi untuk gelombang pertama", 6),
    ("Kumpulkan nama saksi pengganti", 2),
    ("Pesan aula untuk rakor berikutnya", -7),
)
BEFORE = ((Status.HADIR, 50), (Status.TERLAMBAT, 4), (Status.IZIN, 4), (Status.SAKIT, 1), (Status.ALPA, 4))


def add_meetings(people: People, seed: int) -> None:
    """The rakor of the kota with its 63 coordinators, open for 24 hours, and what was and comes around it."""
    start = now().replace(minute=0, second=0, microsecond=0)
    _meeting(people, "Rakor saksi Jakarta Barat", start, start + timedelta(hours=24), PATIENT)
    before = start - EARLIER
    session, invitations = _meeting(people, "Rakor koordinator", before, before + timedelta(hours=3), LATE)
    _mark(session, invitations, people.keeper, random.Random(seed))  # noqa: S311 - a demo, not a secret
    _lock(session, people)
    _write_minutes(session, invitations, people.keeper)
    chance = random.Random(seed + 2)  # noqa: S311
    bimtek = gatherings.add_bimtek(people, start, chance)
    gatherings.add_weekly(people, start, chance)
    rebuild()
    gatherings.lock_bimtek(bimtek, people)
    rebuild()


def _write_minutes(session: MeetingSession, invitations: list[Invitation], keeper: int) -> None:
    """What was agreed, and who promised what: the keeper something overdue and something to come, others the rest."""
    told = {
        "meeting_id": session.meeting_id,
        "region_code": KOTA,
        "added_by": keeper,
        "added_at": session.ends_at,
    }
    db.session.add_all(Decision(words=words, **told) for words in AGREED)
    others = [one.person_id for one in invitations if one.person_id != keeper]
    today = local_day(now(), WIB)
    for number, (words, days) in enumerate(PROMISED):
        owner = keeper if number < 2 else others[number]
        promise = FollowUp(words=words, owner_id=owner, due=today + timedelta(days=days), **told)
        if days < -2:
            promise.done_at = promise.said_at = session.ends_at + timedelta(days=3)
            promise.done_by = owner
        db.session.add(promise)


def _meeting(
    people: People, title: str, start: datetime, end: datetime, late: timedelta
) -> tuple[MeetingSession, list[Invitation]]:
    meeting = Meeting(
        region_code=KOTA,
        kind=MeetingKind.RAKOR,
        title=title,
        created_by=people.keeper,
        created_at=start - timedelta(days=5),
    )
    db.session.add(meeting)
    db.session.flush()
    site = _site(meeting)
    session = _session(meeting, start, end, start + late)
    invitations = _invite(people, meeting, site, start)
    lay(meeting.id)
    return session, invitations


def _site(meeting: Meeting) -> Site:
    site = Site(
        meeting_id=meeting.id,
        region_code=KOTA,
        place="Aula Kecamatan Kembangan",
        offset=WIB,
        latitude=HALL[0],
        longitude=HALL[1],
    )
    db.session.add(site)
    db.session.flush()
    return site


def _session(meeting: Meeting, start: datetime, end: datetime, late_after: datetime) -> MeetingSession:
    session = MeetingSession(
        meeting_id=meeting.id,
        region_code=KOTA,
        starts_at=start,
        ends_at=end,
        late_after=late_after,
        offset=WIB,
        agenda="Laporan tiap kecamatan\nPembagian saksi per TPS\nJadwal bimtek",
    )
    db.session.add(session)
    db.session.flush()
    return session


def _invite(people: People, meeting: Meeting, site: Site, start: datetime) -> list[Invitation]:
    invitations = [
        Invitation(
            meeting_id=meeting.id,
            site_id=site.id,
            region_code=KOTA,
            person_id=person,
            role=Role.COORDINATOR,
            seat_code=code,
            invited_by=people.keeper,
            invited_at=start - timedelta(days=5),
        )
        for code, holders in sorted(people.coordinators.items())
        for person in holders
    ]
    db.session.add_all(invitations)
    db.session.flush()
    return invitations


def _mark(session: MeetingSession, invitations: list[Invitation], keeper: int, chance: random.Random) -> None:
    statuses = [status for status, count in BEFORE for _ in range(count)]
    chance.shuffle(statuses)
    for invitation, status in zip(invitations, statuses, strict=True):
        db.session.add(_record(session, invitation, status, keeper, chance))
    db.session.flush()


def _record(
    session: MeetingSession, invitation: Invitation, status: Status, keeper: int, chance: random.Random
) -> AttendanceRecord:
    low, high = (16, 40) if status is Status.TERLAMBAT else (-25, 10)
    at = session.starts_at + timedelta(minutes=chance.randint(low, high), seconds=chance.randint(0, 59))
    return AttendanceRecord(
        id=UUID(int=chance.getrandbits(128), version=4),
        invitation_id=invitation.id,
        session_id=session.id,
        region_code=KOTA,
        kind=RecordKind.IN if status.came else RecordKind.STATUS,
        status=None if status.came else status,
        method=Method.TAP,
        claimed_at=at,
        happened_at=at,
        received_at=at,
        offset=WIB,
        drift=0,
        recorder_id=keeper,
    )


def _lock(session: MeetingSession, people: People) -> None:
    """Handed in, approved and locked, each step with its event."""
    sheet = db.session.scalars(select(Sheet).where(Sheet.session_id == session.id)).one()
    steps = (
        (SheetState.SUBMITTED, people.keeper, timedelta(minutes=20)),
        (SheetState.APPROVED, people.supervisor, timedelta(hours=5)),
        (SheetState.LOCKED, people.supervisor, timedelta(hours=6)),
    )
    for state, actor, after in steps:
        sheet.state, sheet.version = state, sheet.version + 1
        event = ReviewEvent(
            sheet_id=sheet.id,
            region_code=KOTA,
            state=state,
            version=sheet.version,
            actor_id=actor,
            at=session.ends_at + after,
        )
        db.session.add(event)
    sheet.submitted_by, sheet.submitted_at = people.keeper, session.ends_at + steps[0][2]
    db.session.flush()


def add_checkins(people: People, seed: int) -> None:
    """Witnesses at their TPS and coordinators in the field, over the last days and this morning."""
    chance = random.Random(seed + 1)  # noqa: S311 - a demo, not a secret
    moment = now()
    for person, station, village in chance.sample(people.seated, min(240, len(people.seated))):
        at = moment - timedelta(days=chance.randint(0, 6), minutes=chance.randint(5, 500))
        db.session.add(_check_in(person, village, at, chance, station=station))
    fields = [
        (who, code) for code, holders in people.coordinators.items() for who in holders if len(code) > 8
    ]
    for person, village in fields:
        at = moment - timedelta(days=chance.randint(0, 6), minutes=chance.randint(5, 500))
        db.session.add(_check_in(person, village, at, chance))
    db.session.add(_check_in(people.keeper, VISITED, moment - timedelta(days=1, hours=3), chance))
    db.session.flush()


def _check_in(
    person: int, village: str, at: datetime, chance: random.Random, *, station: int | None = None
) -> CheckIn:
    activity = None if station else chance.choice(list(Activity))
    return CheckIn(
        submission_id=UUID(int=chance.getrandbits(128), version=4),
        person_id=person,
        region_code=village,
        station_id=station,
        kind=Kind.TPS if station else Kind.FIELD,
        activity=activity,
        people_met=None if station else chance.randint(3, 40),
        day=local_day(at, WIB),
        claimed_at=at,
        happened_at=at,
        received_at=at,
        offset=WIB,
        drift=0,
    )

"""A second kabupaten, Kota Bandung, where everything bears one word and every row has the same number.

So one number names a person, a meeting, a list, a seat or a TPS of Bandung, whatever a form asks for.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.cast import KAPUK, LONG_AGO, station_id
from tests.clock import NOW
from webapp.attendance.models import (
    AttendanceRecord,
    Correction,
    Decision,
    FollowUp,
    Invitation,
    InvitationRule,
    Meeting,
    MeetingSession,
    Sheet,
    SheetPhoto,
    SheetState,
    Site,
    Verdict,
)
from webapp.checkins.models import CheckIn, Kind
from webapp.people.models import (
    CONSENT_VERSION,
    Account,
    AuditEntry,
    DeviceSession,
    Group,
    Mandate,
    Membership,
    Person,
    Seat,
    Slot,
)
from webapp.places.models import Region, Station
from webapp.places.rules.scope import everywhere, regional_models
from webapp.plumbing.database import db, writing
from webapp.plumbing.submissions import Submission, receipt_of

SECRET_WORD = "Qqbandung"  # on no page and in no answer of anybody in Jakarta Barat
N = 777
KEY = UUID(int=N)
KOTA, KECAMATAN, KELURAHAN = "32.73", "32.73.01", "32.73.01.1001"
SHA = "b" * 64
REGIONS = (("32", "Jawa Barat", None), (KOTA, "Kota Bandung", "kota"), (KECAMATAN, "Sukasari", None),
           (KELURAHAN, "Sarijadi", "kelurahan"))  # fmt: skip
ROLES = ("coordinator", "supervisor", "witness")


def build() -> None:
    """Add Bandung to the database of the cast. Inside an app context."""
    with writing(), everywhere("another kabupaten is made"):
        for row in _rows():
            db.session.add(row)
            db.session.flush()


def _rows() -> list[Any]:
    where, at = {"region_code": KELURAHAN}, NOW
    by = {"added_by": N, "added_at": at}
    meeting = {"meeting_id": N, **where}
    return [
        *(_region(*one) for one in REGIONS),
        Station(id=N, election_id=1, village_code=KELURAHAN, number=1),
        *_people(),
        Group(id=N, name=f"Simpul {SECRET_WORD}", search_name="qq", created_at=at, created_by=N, **where),
        Membership(id=N, group_id=N, person_id=N, since=at, added_by=N, **where),
        Seat(id=N, election_id=1, station_id=N, person_id=N, slot=Slot.MAIN, since=at, assigned_by=N, **where),
        Meeting(id=N, kind="rakor", title=f"Rakor {SECRET_WORD}", created_by=N, created_at=at, **where),
        Site(id=N, place=SECRET_WORD, link=f"https://x/{SECRET_WORD}", offset=420, pic_id=N, **meeting),
        MeetingSession(
            id=N, starts_at=at, ends_at=at + timedelta(hours=3), late_after=at, offset=420, title=SECRET_WORD,
            agenda=SECRET_WORD, **meeting,
        ),
        Sheet(id=N, session_id=N, site_id=N, state=SheetState.DRAFT, **meeting),
        InvitationRule(id=N, site_id=N, role="coordinator", level=4, under=KELURAHAN, **meeting, **by),
        Invitation(id=N, site_id=N, person_id=N, invited_by=N, invited_at=at, **meeting),
        Verdict(invitation_id=N, session_id=N, **where),
        AttendanceRecord(
            id=KEY, invitation_id=N, session_id=N, kind="in", method="tap", claimed_at=at, happened_at=at,
            received_at=at, offset=420, recorder_id=N, **where,
        ),
        Decision(id=N, words=SECRET_WORD, **meeting, **by),
        FollowUp(id=N, words=SECRET_WORD, owner_id=N, due=at.date(), **meeting, **by),
        Correction(
            id=N, sheet_id=N, invitation_id=N, before="belum", after="hadir", reason=SECRET_WORD, asked_by=N,
            asked_at=at, **where,
        ),
        SheetPhoto(id=N, sheet_id=N, correction_id=N, owner_id=N, sha256=SHA, added_at=at, **where),
        CheckIn(
            id=N, submission_id=KEY, person_id=N, station_id=N, kind=Kind.TPS, note=SECRET_WORD, day=at.date(),
            claimed_at=at, happened_at=at, received_at=at, offset=420, drift=0, **where,
        ),
        Submission(
            id=KEY, kind="checkin", sender_id=N, content_hash="x", state="ditolak", reason=SECRET_WORD,
            receipt=receipt_of(KEY), claimed_at=at, happened_at=at, received_at=at, offset=420,
            payload={"catatan": SECRET_WORD}, **where,
        ),
        AuditEntry(at=at, actor_id=N, act=SECRET_WORD, subject="person", subject_id=N, **where),
    ]  # fmt: skip


def _region(code: str, name: str, kind: str | None) -> Region:
    parent = code.rpartition(".")[0] or "ID"
    return Region(
        code=code, name=name, search_name=name.lower(), level=code.count(".") + 1, parent_code=parent, kind=kind,
        lat=-6.9, lng=107.6,
    )  # fmt: skip


def _people() -> list[Any]:
    """The coordinator has the number of everything; the others the next ones."""
    rows: list[Any] = []
    for n, role in enumerate(ROLES, N):
        name, phone = f"{role.title()} {SECRET_WORD}", f"+6284000000{n}"
        told = {"search_name": name.lower(), "created_at": LONG_AGO, "region_code": KELURAHAN}
        staff = {"temporary": False, "created_at": LONG_AGO, "consent_version": CONSENT_VERSION}
        region = KELURAHAN if role == "witness" else KOTA
        rows += [
            Person(id=n, name=name, phone=phone, station_id=N, **told),
            Account(id=n, person_id=n, phone=phone, **staff),
            Mandate(id=n, person_id=n, role=role, region_code=region, since=LONG_AGO.date(), granted_by=n),
            DeviceSession(
                id=UUID(int=n), account_id=n, label=SECRET_WORD, created_at=LONG_AGO, last_seen_at=NOW
            ),
        ]
    return rows


def all_of_it(file: Path) -> dict[str, list[Any]]:
    """Every row of Bandung in an SQLite file, by table; past the session, because it is asked after every post."""
    with closing(sqlite3.connect(file)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} WHERE region_code LIKE '32%'").fetchall()
            for table in sorted(model.__tablename__ for model in regional_models())
        }


OWN_TPS = station_id(KAPUK, 1)

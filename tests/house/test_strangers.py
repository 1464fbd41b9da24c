"""Strangers: whoever leads the kecamatan next door finds no object and no word of it, on any route.

Everything next door (Grogol Petamburan) bears one odd word. Ani of Cengkareng and her witness Budi walk every route
that there is: an object of next door answers 404, and no page shows the word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from tests.cast import ANI, CANARY, CITRA, DEWI, GROGOL, TOMANG, Actor, station_id
from tests.house.test_doors import doors
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import (
    Correction,
    Decision,
    FollowUp,
    Invitation,
    Meeting,
    MeetingSession,
    Sheet,
    SheetPhoto,
    SheetState,
    Site,
    Verdict,
)
from webapp.checkins.models import CheckIn, Kind
from webapp.people.models import AuditEntry, DeviceSession, Group, Membership, Person, Seat, Slot
from webapp.people.rules.training import Bimtek, grant
from webapp.places.rules import scope as scopes
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.submissions import Submission, receipt_of

NOW = datetime(2024, 11, 9, 2, 0, tzinfo=UTC)
RECORD = UUID(int=77)
LOST = UUID(int=78)
PHOTO = "c" * 64
VISIBLE_TO_ALL = {
    "places.region",
    "places.shapes",
    "places.shape",
    "places.map_of",
}  # regions and the register
SIGNS_OUT = {"people.sign_out", "people.revoke_everywhere"}
NOT_AN_OBJECT: set[str] = {
    "people.revoke_device",  # only ever one's own
    "home.photo",
    "home.take_photo",
    "attendance.here",  # opened by a code that was read, by whoever read it
}


@dataclass
class NextDoor:
    """Ids of what lies in Grogol Petamburan."""

    meeting: int = 0
    sheet: int = 0
    invitation: int = 0
    decision: int = 0
    correction: int = 0
    session: int = 0
    site: int = 0
    seat: int = 0
    photo: int = 0
    group: int = 0
    certificate: UUID = LOST

    def arguments(self) -> dict[str, object]:
        """What each argument of a route is filled with."""
        return {
            "meeting_id": self.meeting,
            "sheet_id": self.sheet,
            "session_id": self.session,
            "site_id": self.site,
            "invitation_id": self.invitation,
            "decision_id": self.decision,
            "correction_id": self.correction,
            "seat_id": self.seat,
            "group_id": self.group,
            "person_id": CITRA.id,
            "station_id": station_id(TOMANG, 1),
            "code": GROGOL,
            "kode": GROGOL,
            "map_code": GROGOL,
            "device_id": CITRA.device,
            "mandate_id": CITRA.id,
            "check_in_id": RECORD,
            "submission_id": RECORD,
            "certificate_code": self.certificate,
            "place": 0,
            "photo_id": self.photo,
            "sha256": PHOTO,
            "token": f"{self.sheet}.1.AAAAAAAAAAAAAA",
            "stamp": "1.AAAAAAAAAAAAAA",
        }


@pytest.fixture
def next_door(app: Flask) -> NextDoor:
    """A meeting, a seat, a check-in and an audit entry of Citra's."""
    with app.app_context():
        with everywhere("the neighbours get something to hide"):
            made = _meeting()
            made.seat, made.group = _seat(), _group()
            db.session.add(_check_in())
            db.session.add(_refused())
            made.certificate = _certificate(made.meeting)
            device = db.session.get_one(DeviceSession, CITRA.device)
            device.held, device.held_at, device.held_oldest_at = 3, NOW, NOW
            db.session.add(
                AuditEntry(
                    region_code=TOMANG, at=NOW, actor_id=CITRA.id, act=f"x-{CANARY}", subject="person",
                    subject_id=CITRA.id,
                )
            )  # fmt: skip
            db.session.commit()
        db.session.remove()
    return made


def _meeting() -> NextDoor:
    def add(row: object) -> int:
        db.session.add(row)
        db.session.flush()
        return int(row.id)  # type: ignore[attr-defined]

    meeting = add(
        Meeting(
            region_code=GROGOL, kind="rakor", title=f"Rakor {CANARY}", created_by=CITRA.id, created_at=NOW
        )
    )
    site = add(
        Site(meeting_id=meeting, region_code=GROGOL, place=CANARY, link=f"https://x/{CANARY}", offset=420)
    )
    session = add(
        MeetingSession(
            meeting_id=meeting, region_code=GROGOL, starts_at=NOW, ends_at=NOW + timedelta(hours=3),
            late_after=NOW, offset=420, title=CANARY, agenda=CANARY,
        )
    )  # fmt: skip
    sheet = add(
        Sheet(
            session_id=session,
            site_id=site,
            meeting_id=meeting,
            region_code=GROGOL,
            state=SheetState.SUBMITTED,
            submitted_by=CITRA.id,
            submitted_at=NOW,
        )
    )
    seat = add(
        Invitation(
            meeting_id=meeting,
            site_id=site,
            region_code=GROGOL,
            person_id=CITRA.id,
            invited_by=CITRA.id,
            invited_at=NOW,
        )
    )
    db.session.add(Verdict(invitation_id=seat, session_id=session, region_code=GROGOL))
    decision = add(
        Decision(meeting_id=meeting, region_code=GROGOL, words=CANARY, added_by=CITRA.id, added_at=NOW)
    )
    db.session.add(
        FollowUp(
            meeting_id=meeting, region_code=GROGOL, words=CANARY, owner_id=CITRA.id, due=NOW.date(),
            added_by=CITRA.id, added_at=NOW,
        )
    )  # fmt: skip
    correction = add(
        Correction(
            sheet_id=sheet, invitation_id=seat, region_code=GROGOL, before="belum", after="hadir",
            reason=CANARY, asked_by=CITRA.id, asked_at=NOW,
        )
    )  # fmt: skip
    photo = add(
        SheetPhoto(
            sheet_id=sheet, region_code=GROGOL, correction_id=correction, owner_id=CITRA.id, sha256=PHOTO,
            added_at=NOW,
        )
    )  # fmt: skip
    return NextDoor(meeting, sheet, seat, decision, correction, session, site, photo=photo)


def _seat() -> int:
    seat = Seat(
        region_code=TOMANG, election_id=1, station_id=station_id(TOMANG, 1), person_id=CITRA.id, slot=Slot.MAIN,
        since=NOW, assigned_by=CITRA.id,
    )  # fmt: skip
    db.session.add(seat)
    db.session.flush()
    return seat.id


def _group() -> int:
    group = Group(
        region_code=GROGOL,
        name=f"Simpul {CANARY}",
        search_name=CANARY.lower(),
        created_at=NOW,
        created_by=CITRA.id,
    )
    db.session.add(group)
    db.session.flush()
    db.session.add(
        Membership(group_id=group.id, person_id=CITRA.id, region_code=GROGOL, since=NOW, added_by=CITRA.id)
    )
    return group.id


def _certificate(meeting: int) -> UUID:
    (training,) = grant(Bimtek(meeting, GROGOL, "witness", CANARY, NOW.date()), [CITRA.id])
    return training.code


def _check_in() -> CheckIn:
    return CheckIn(
        submission_id=RECORD, person_id=CITRA.id, region_code=TOMANG, station_id=station_id(TOMANG, 1),
        kind=Kind.TPS, note=CANARY, day=NOW.date(), claimed_at=NOW, happened_at=NOW, received_at=NOW, offset=420,
        drift=0,
    )  # fmt: skip


def _refused() -> Submission:
    return Submission(
        id=LOST, kind="checkin", sender_id=CITRA.id, region_code=TOMANG, content_hash="x", state="ditolak",
        reason=CANARY, receipt=receipt_of(LOST), claimed_at=NOW, happened_at=NOW, received_at=NOW, offset=420,
        payload={"catatan": CANARY},
    )  # fmt: skip


Walk = Callable[[Actor], list[str]]


@pytest.fixture
def walk(app: Flask, next_door: NextDoor) -> Walk:
    """Walk every route as somebody; returns what should not have been seen."""

    def go(actor: Actor) -> list[str]:
        visitor = Visitor(app, actor)
        known = doors(app)
        return [
            leak
            for rule in app.url_map.iter_rules()
            if known[rule.endpoint].needs is not PUBLIC and rule.endpoint not in SIGNS_OUT
            for leak in _try(visitor, rule, next_door)
        ]

    return go


def _try(visitor: Visitor, rule: Rule, next_door: NextDoor) -> list[str]:
    filled = next_door.arguments()
    unknown = rule.arguments - set(filled)
    assert not unknown, f"{rule}: say here what {unknown} is next door"
    path = re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda m: str(filled[m[1]]), rule.rule)
    method = "GET" if "GET" in (rule.methods or ()) else "POST"
    answer = visitor.client.open(path, method=method, headers=SAME_SITE)
    leaks = []
    if CANARY.encode() in answer.get_data():
        leaks.append(f"{method} {path} shows a word of next door")
    is_object = rule.arguments and rule.endpoint not in VISIBLE_TO_ALL | NOT_AN_OBJECT
    if is_object and answer.status_code != 404:
        leaks.append(f"{method} {path} answers {answer.status_code}, not 404")
    return leaks


def test_the_coordinator_of_the_next_kecamatan_finds_nothing(walk: Walk) -> None:
    assert walk(ANI) == []


def test_a_witness_finds_nothing(walk: Walk) -> None:
    from tests.cast import BUDI

    assert walk(BUDI) == []


def test_searching_for_the_neighbours_finds_nothing(app: Flask, next_door: NextDoor, ani: Visitor) -> None:
    for path in (
        "/rapat?cari=",
        "/check-in/riwayat?cari=",
        f"/tps/{station_id('31.73.01.1005', 1)}/isi?cari=",
        "/sinkron?jam=2&cari=",
        "/simpul?cari=",
    ):
        assert CANARY not in ani.client.get(path + CANARY[:4], headers=SAME_SITE).get_data(
            as_text=True
        ).replace(f'value="{CANARY[:4]}"', "")


def test_the_code_of_a_neighbour_leads_to_nothing(ani: Visitor, dewi: Visitor, next_door: NextDoor) -> None:
    assert CANARY not in ani.get(f"/kiriman?kode={receipt_of(LOST)}").text
    assert CANARY in dewi.get(f"/kiriman?kode={receipt_of(LOST)}").text
    assert CANARY in dewi.get("/kiriman").text and CANARY in dewi.get("/sinkron").text


@pytest.mark.full
def test_the_admin_does_see_it_so_the_walk_is_worth_something(walk: Walk) -> None:
    assert any("shows a word" in leak for leak in walk(DEWI))


def test_with_the_scope_listener_switched_off_the_walk_finds_leaks(walk: Walk) -> None:
    event.remove(Session, "do_orm_execute", scopes.keep_in_scope)
    try:
        leaks = walk(ANI)
    finally:
        event.listen(Session, "do_orm_execute", scopes.keep_in_scope)
    assert len(leaks) >= 5


def test_a_person_who_is_not_there_and_one_next_door_look_the_same(ani: Visitor, next_door: NextDoor) -> None:
    there = ani.client.get(f"/rapat/{next_door.meeting}", headers=SAME_SITE)
    nowhere = ani.client.get("/rapat/99999", headers=SAME_SITE)
    assert (there.status_code, there.data) == (nowhere.status_code, nowhere.data) == (404, nowhere.data)


def test_the_neighbours_person_cannot_be_loaded(app: Flask, next_door: NextDoor) -> None:
    with app.app_context():
        scopes.bind(scopes.Scope(("31.73.01",), ANI.id))
        assert db.session.get(Person, CITRA.id) is None
        db.session.remove()

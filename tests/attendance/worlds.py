"""Lists of four hands for tests of who may write where: two meetings of one region each, and one held at two sites.

Every world has the same things under other numbers: lists that are open, handed in and locked, seats, a rule, a
decision, a promise, a correction that waits and a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select
from time_machine import travel

from tests import cast
from tests.attendance.codes import card
from tests.attendance.scenes import NINE, meeting_of
from tests.cast import ANI, CENGKARENG, CITRA, GROGOL, KAPUK, KARTIKA, KOTA, TOMANG, Actor
from webapp.attendance.forms.zoom import Listed, signed
from webapp.attendance.models import (
    AttendanceRecord,
    Correction,
    Decision,
    FollowUp,
    Invitation,
    InvitationRule,
    Look,
    MeetingSession,
    Sheet,
    SheetState,
    Site,
    Verdict,
)
from webapp.attendance.rules.inviting import Guest, invite
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.zoom.reading import Listing, Stay
from webapp.people.models import Person
from webapp.people.rules.permissions import Role
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

EARLY = NINE - timedelta(minutes=30)  # doors are open, and the invited may still answer
SARI = Actor(70, "Sari Pengawas", "+628400000070", Role.SUPERVISOR, CENGKARENG, KAPUK)
STATES = {"sheet": SheetState.DRAFT, "waiting": SheetState.SUBMITTED, "locked": SheetState.LOCKED}

PEOPLE = ("person", "guest", "deputy", "owner")


@dataclass(frozen=True)
class World:
    """Numbers of one region's things, by what a form or an address calls them."""

    name: str
    ids: dict[str, Any]


def build(app: Flask) -> dict[str, World]:
    """Ani's own meeting, her site and Citra's of the kota's meeting, and Citra's own meeting."""
    with app.app_context():
        with writing(), everywhere("the worlds are made"):
            cast._person(SARI)
            cast._count_on()
        ours = _meeting(ANI, CENGKARENG)
        shared = _meeting(KARTIKA, KOTA, (CENGKARENG, GROGOL))
        theirs = _meeting(CITRA, GROGOL)
        made = {
            "own": _world("own", ours[0], ours[1][0], ANI),
            "site": _world("site", shared[0], shared[1][1], ANI),
            "beside": _world("beside", shared[0], shared[1][2], CITRA),
            "foreign": _world("foreign", theirs[0], theirs[1][0], CITRA),
        }
        db.session.remove()
    for one, like in (
        ("site", "own"),
        ("beside", "foreign"),
    ):  # the same people, whichever of their lists it is
        made[one].ids.update({word: made[like].ids[word] for word in PEOPLE})
    return made


def _meeting(by: Actor, code: str, more: tuple[str, ...] = ()) -> tuple[int, list[int]]:
    """A meeting with three sessions, at its own place and in the regions named; ids of it and its sites."""
    scene = meeting_of(0, by=by, code=code, kind="bimtek", title=f"Bimtek {code}", place=f"Balai {code}")
    with writing(), everywhere("the worlds are made"):
        for later in (4, 8):
            start = NINE + timedelta(hours=later)
            db.session.add(
                MeetingSession(
                    meeting_id=scene.meeting, region_code=code, starts_at=start, late_after=start, offset=420,
                    ends_at=start + timedelta(hours=3),
                )
            )  # fmt: skip
        for region in more:
            db.session.add(Site(meeting_id=scene.meeting, region_code=region, place=region, offset=420))
        lay(scene.meeting)
        sites = select(Site.id).where(Site.meeting_id == scene.meeting).order_by(Site.id)
        return scene.meeting, list(db.session.scalars(sites))


def _world(name: str, meeting: int, site_id: int, keeper: Actor) -> World:
    with writing(), everywhere("the worlds are made"):
        site = db.session.get_one(Site, site_id)
        people = [_person(f"{name} {n}", TOMANG if keeper is CITRA else KAPUK) for n in range(6)]
        invite(meeting, [Guest(one) for one in people[:3]], keeper.id, site_id)
        lay(meeting)
        seats = list(
            db.session.scalars(
                select(Invitation.id).where(Invitation.site_id == site_id).order_by(Invitation.id)
            )
        )
        lists = _lists(site_id)
        ids = {"meeting": meeting, "site": site_id, "seat": seats[0], "other": seats[1], "person": people[3]}
        ids |= {"guest": people[4], "deputy": people[5]}
        ids |= {"code": site.region_code, "owner": people[0]}
        ids |= {word: sheet.id for word, sheet in zip(STATES, lists, strict=True)}
        ids |= {"session": lists[0].session_id, "marked": seats[2], "card": card(people[0])}
        read = Listing([Stay(("Pak Toha",), None, None, 60)], ("Nama",), 420)
        with travel(EARLY, tick=False):  # what was read then is soon too old
            ids |= {"daftar": signed(Listed(lists[0].id, read, seats[:2]))}
        ids |= _rows(meeting, site, seats[2], lists, keeper)
    return World(name, ids)


def _lists(site_id: int) -> list[Sheet]:
    found = db.session.scalars(select(Sheet).where(Sheet.site_id == site_id).order_by(Sheet.session_id)).all()
    for sheet, state in zip(found, STATES.values(), strict=True):
        sheet.state, sheet.version = state, 1 if state is SheetState.DRAFT else 2
    return list(found)


def _person(name: str, home: str) -> int:
    number = 5000 + (db.session.scalar(select(func.max(Person.id))) or 0)
    one = Person(
        id=number, name=name, search_name=name, region_code=home, created_at=datetime(2024, 1, 1, tzinfo=UTC)
    )
    db.session.add(one)
    db.session.flush()
    return number


def _rows(meeting: int, site: Site, seat: int, lists: list[Sheet], keeper: Actor) -> dict[str, Any]:
    """One of everything else that a write could reach."""
    here = {"meeting_id": meeting, "region_code": site.region_code}
    added = {"added_by": keeper.id, "added_at": EARLY}
    rows: dict[str, Any] = {
        "rule": InvitationRule(
            **here, **added, site_id=site.id, role="supervisor", level=4, under=site.region_code
        ),
        "decision": Decision(**here, **added, words="Lanjut"),
        "promise": FollowUp(**here, **added, words="Cetak", owner_id=keeper.id, due=NINE.date()),
        "correction": Correction(
            sheet_id=lists[2].id, invitation_id=seat, region_code=site.region_code, before="belum", after="hadir",
            reason="Ada di foto", asked_by=keeper.id, asked_at=EARLY,
        ),
        "look": Look(
            sheet_id=lists[1].id, region_code=site.region_code, key="kepala", looked_by=KARTIKA.id, looked_at=EARLY
        ),
    }  # fmt: skip
    db.session.add_all(rows.values())
    db.session.flush()
    return {word: row.id for word, row in rows.items()} | {"record": _record(seat, lists[0], keeper)}


def _record(seat: int, sheet: Sheet, keeper: Actor) -> UUID:
    told = {"claimed_at": EARLY, "happened_at": EARLY, "received_at": EARLY, "offset": 420, "drift": 0}
    record = AttendanceRecord(
        id=uuid4(), invitation_id=seat, session_id=sheet.session_id, region_code=sheet.region_code, kind="in",
        method="tap", recorder_id=keeper.id, **told,
    )  # fmt: skip
    db.session.add(record)
    verdict = db.session.get_one(Verdict, (seat, sheet.session_id))
    verdict.status, verdict.first_in, verdict.said_at = "hadir", EARLY, EARLY
    verdict.record_id, verdict.method = record.id, "tap"
    db.session.flush()
    return record.id

"""After the lock only a correction changes a list: with a reason, what was and what is, and two names.

Every way to write is tried on locked lists; and on the open list of a meeting whose other lists are closed already.
"""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.attendance.doors import HOURS, KINDS, PAGES, REVIEWS
from tests.attendance.scenes import NOON, hand_in, stamp
from tests.attendance.test_bars import rows, send
from tests.attendance.worlds import EARLY, SARI, World, build
from tests.cast import ANI
from tests.visits import Visitor
from webapp.attendance.models import (
    Invitation,
    Meeting,
    MeetingSession,
    Sheet,
    SheetState,
    Verdict,
)
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.rebuilding import rebuild
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

SESSION = {"judul": "Malam", **HOURS, "mulai": "12:30"}
STILL = (
    "sheet",
    "verdict",
    "attendance_record",
    "invitation",
    "invitation_rule",
    "decision",
    "meeting",
    "site",
)


@pytest.fixture
def own(app: Flask) -> World:
    return build(app)["own"]


def listed(app: Flask, sheet_id: int) -> list[Any]:
    """A list as it is read, with how far it has come."""
    with app.app_context(), everywhere("a test looks"):
        sheet = db.session.get_one(Sheet, sheet_id)
        told = [(sheet.state, sheet.version, sheet.head_count), *map(repr, lines_of(sheet))]
        told += map(
            repr, db.session.scalars(select(Verdict.status).where(Verdict.session_id == sheet.session_id))
        )
        db.session.remove()
    return told


def test_a_locked_meeting_stands_still_whatever_is_sent(app: Flask, own: World) -> None:
    mine = Sheet.meeting_id == own.ids["meeting"]
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.execute(update(Sheet).where(mine).values(state=SheetState.LOCKED, version=4))
        closed = {"minutes_closed_at": EARLY, "minutes_closed_by": ANI.id}
        db.session.execute(update(Meeting).where(Meeting.id == own.ids["meeting"]).values(**closed))
    world = World("own", own.ids | {"waiting": own.ids["sheet"]})
    before = rows(app)
    with time_machine.travel(EARLY, tick=False):
        for door in (*KINDS, *PAGES):
            if "{code}" not in str(door.fields) and "/susunan" not in door.to:  # those make new lists
                assert send(Visitor(app, ANI), door, dict.fromkeys(door.slots, world)) < 500, door
        for door in REVIEWS[:-1]:
            assert send(Visitor(app, SARI), door, dict.fromkeys(door.slots, world)) < 500, door
    after = rows(app)
    assert {table: after[table] for table in STILL} == {table: before[table] for table in STILL}
    assert len(after["correction"]) == len(before["correction"]) + 2


def test_who_comes_to_a_later_session_does_not_stand_on_a_list_that_is_closed(app: Flask, own: World) -> None:
    closed = [own.ids["waiting"], own.ids["locked"]]
    before = [listed(app, sheet) for sheet in closed]
    with time_machine.travel(EARLY, tick=False):
        for door in (one for one in (*KINDS, *PAGES) if not one.to.endswith("/tarik")):  # that would open it
            assert send(Visitor(app, ANI), door, dict.fromkeys(door.slots, own)) < 500, door
    assert [listed(app, sheet) for sheet in closed] == before
    with app.app_context(), everywhere("a test looks"):
        assert len(listed(app, own.ids["sheet"])) > len(before[1]), "they stand on the open one"


def test_a_list_that_is_sent_back_takes_in_who_came_since(app: Flask, ani: Visitor, own: World) -> None:
    back = {"putusan": "kembalikan", "versi": "2", "alasan": "Hitung ulang"}
    guest = {"lembar": own.ids["sheet"], "rapat": own.ids["meeting"], "nama": "Pak Karyo"}
    before = len(listed(app, own.ids["waiting"]))
    with time_machine.travel(EARLY, tick=False):
        ani.send("attendance.walk-in", {**guest, **stamp(EARLY)})
        assert len(listed(app, own.ids["waiting"])) == before
        Visitor(app, SARI).post(f"/tinjauan/{own.ids['waiting']}", back)
    assert len(listed(app, own.ids["waiting"])) == before + 2  # her line, and her verdict


def test_rebuilding_keeps_later_guests_off_a_closed_list(app: Flask, ani: Visitor, own: World) -> None:
    with time_machine.travel(EARLY, tick=False):
        hand_in(ani, own.ids["sheet"])
        ani.post(f"/rapat/{own.ids['meeting']}/susunan/sesi", SESSION)
    with app.app_context(), everywhere("a test looks"):
        later = db.session.scalars(
            select(Sheet.id).where(Sheet.meeting_id == own.ids["meeting"]).order_by(Sheet.id.desc())
        ).first()
    with time_machine.travel(NOON, tick=False):
        ani.send(
            "attendance.walk-in",
            {"lembar": later, "rapat": own.ids["meeting"], "nama": "Pak Karyo", **stamp(NOON)},
        )
    with app.app_context(), everywhere("a test looks"):
        rebuild()
        seats = select(Invitation.id).where(Invitation.guest_name == "Pak Karyo")
        sessions = select(Verdict.session_id).where(Verdict.invitation_id.in_(seats))
        assert own.ids["session"] not in db.session.scalars(sessions).all()
        assert rebuild()[1] == 0
        db.session.rollback()


def test_a_session_whose_lists_are_all_closed_keeps_its_name(app: Flask, ani: Visitor, own: World) -> None:
    with app.app_context(), everywhere("a test looks"):
        sessions = {
            word: db.session.get_one(Sheet, own.ids[word]).session_id
            for word in ("sheet", "waiting", "locked")
        }
    with time_machine.travel(EARLY, tick=False):
        for word, status in (("sheet", 303), ("waiting", 422), ("locked", 422)):
            edit = f"/rapat/{own.ids['meeting']}/susunan/sesi/{sessions[word]}"
            form = {
                field["name"]: field.get("value") or field.get_text()
                for field in ani.get(edit).soup.select("main form input[name], main form textarea[name]")
            }
            page = ani.post(edit, form | {"judul": "Nama lain"}, status)
            assert (status == 303) or "sudah diajukan" in page.words(".sum")
    with app.app_context(), everywhere("a test looks"):
        titles = {word: db.session.get_one(MeetingSession, key).title for word, key in sessions.items()}
    assert titles == {"sheet": "Nama lain", "waiting": None, "locked": None}

"""Several hands at once on one list: nobody is invited twice, no wish is kept twice, and nothing breaks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NINE, Scene, meeting_of
from tests.cast import ANI, BUDI, EKO, Actor
from tests.visits import SAME_SITE, Visitor
from webapp.attendance.models import CalendarFeed, Correction, Invitation, Sheet, Verdict
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

CROWD = 6
Tap = tuple[str, dict[str, Any]]


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(3)


def at_once(app: Flask, taps: list[Tap], actor: Actor = ANI) -> list[int]:
    visitors = [Visitor(app, actor) for _ in taps]
    with time_machine.travel(NINE), ThreadPoolExecutor(len(taps)) as pool:
        answers = pool.map(
            lambda pair: pair[0].client.post(pair[1][0], data=pair[1][1], headers=SAME_SITE),
            zip(visitors, taps, strict=True),
        )
        return sorted(answer.status_code for answer in answers)


def count(app: Flask, model: type, *conditions: Any) -> int:
    with app.app_context(), everywhere("test"):
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_a_person_invited_and_let_in_by_many_hands_has_one_seat(app: Flask, scene: Scene) -> None:
    invite = (f"/rapat/{scene.meeting}/undangan", {"orang": BUDI.id})
    let_in = (f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "orang": BUDI.id})
    assert at_once(app, [invite, let_in] * (CROWD // 2)) == [303] * CROWD
    assert count(app, Invitation, Invitation.person_id == BUDI.id) == 1


def test_marking_and_uninviting_at_once_ends_in_one_of_the_two(app: Flask, scene: Scene) -> None:
    for seat in scene.seats:
        mark = (scene.url, {"rapat": scene.meeting, "hadir": seat})
        drop = (f"/rapat/{scene.meeting}/undangan", {"hapus": seat})
        assert set(at_once(app, [mark, drop] * (CROWD // 2))) <= {303, 404, 422}
        left = count(app, Invitation, Invitation.id == seat)
        assert left == count(app, Verdict, Verdict.invitation_id == seat, Verdict.status == "hadir")


def test_the_same_correction_asked_by_many_taps_waits_once(app: Flask, scene: Scene) -> None:
    with app.app_context(), everywhere("test"):
        db.session.get_one(Sheet, scene.sheet).state = "dikunci"
        db.session.commit()
    wish = {
        "kursi": scene.seats[0],
        "menjadi": "sakit",
        "bukti": "Surat di posko.",
        "alasan": "Ada surat dokter.",
    }
    assert at_once(app, [(f"/lembar/{scene.sheet}/koreksi", wish)] * CROWD, EKO) == [303] * CROWD
    assert count(app, Correction) == 1


def test_the_first_address_of_a_calendar_asked_for_by_a_crowd_of_taps_is_one(app: Flask) -> None:
    assert at_once(app, [("/kalender", {})] * CROWD) == [303] * CROWD
    assert count(app, CalendarFeed) == 1

"""Whoever writes on a list waits for whoever writes on it already, and then knows of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, meeting_of, stamp, verdict_of
from tests.attendance.test_review import hand_in
from tests.cast import ANI, BUDI, EKO
from tests.holding import PATIENCE, as_far_as_it_can, waiting
from tests.visits import Visitor
from webapp.attendance.models import Invitation, MeetingSession, Sheet
from webapp.attendance.rules import handing, recording, review
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing
from webapp.plumbing.submissions import Stamp


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        made = meeting_of(1)
        return Scene(made.meeting, made.session, made.sheet, (*made.seats, *also_invited(made, BUDI)))


@contextmanager
def under_way(app: Flask) -> Iterator[Callable[[Callable[[], Any]], Future[Any]]]:
    """A write that is not finished yet; what is started meanwhile comes as far as it can."""
    with ThreadPoolExecutor(1) as pool, waiting(app) as waits:

        def meanwhile(work: Callable[[], Any]) -> Future[Any]:
            started = pool.submit(work)
            as_far_as_it_can(started, waits)
            return started

        with app.app_context(), writing(), everywhere("a test writes"):
            yield meanwhile


def test_who_lets_in_somebody_on_the_list_hears_of_a_tap_under_way(
    app: Flask, kartika: Visitor, scene: Scene
) -> None:
    seat, at = scene.seats[0], NINE + timedelta(minutes=5)
    told = {"rapat": scene.meeting, "lembar": scene.sheet, "nama": "", **stamp(at)}
    tap = Stamp(uuid4(), ANI.id, at, at, at, 420, 0, uuid4())
    with time_machine.travel(at), under_way(app) as meanwhile:
        told["orang"] = str(db.session.scalar(select(Invitation.person_id).where(Invitation.id == seat)))
        recording.mark({"rapat": scene.meeting, "lembar": scene.sheet, "kursi": seat, "status": "hadir"}, tap)
        sent = meanwhile(lambda: kartika.send("attendance.walk-in", told, "diterima|ganda"))
    assert sent.result(PATIENCE)["verdict"] == "ganda"
    with app.app_context():
        assert verdict_of(seat).doubled


def test_who_says_to_be_there_while_the_list_is_handed_in_is_told_so(
    app: Flask, budi: Visitor, scene: Scene
) -> None:
    at = NINE + timedelta(minutes=5)
    with time_machine.travel(at), under_way(app) as meanwhile:
        handing.hand_in(scene.sheet, 1, handing.standing_of(scene.sheet).mark, ANI.id)
        sent = meanwhile(
            lambda: budi.send("attendance.self", {"rapat": scene.meeting, **stamp(at)}, "diterima|ditolak")
        )
    assert sent.result(PATIENCE)["verdict"] == "ditolak"
    with app.app_context():
        assert verdict_of(scene.seats[1]).status == "alpa"


def test_one_more_session_and_an_approval_at_once_do_not_stop_each_other(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    with time_machine.travel(NOON, tick=False):
        hand_in(ani, scene)
    told = {"tanggal": NINE.date().isoformat(), "mulai": "13:00", "selesai": "15:00", "toleransi": "15"}
    with time_machine.travel(NOON), under_way(app) as meanwhile:
        sheet = review.get_sheet(scene.sheet, lock=True)
        sent = meanwhile(lambda: ani.post(f"/rapat/{scene.meeting}/susunan/sesi", told))
        review.approve(sheet, sheet.version, EKO.id)
    sent.result(PATIENCE)
    with app.app_context(), everywhere("a test looks"):
        assert db.session.get_one(Sheet, scene.sheet).state == "disetujui"
        held = select(MeetingSession.id).where(MeetingSession.meeting_id == scene.meeting)
        assert len(db.session.scalars(held).all()) == 2

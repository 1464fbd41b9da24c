"""The keeper answers many claims at once: as taps of her own, of those who are near, and once."""

from __future__ import annotations

import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NINE, NOON, meeting_of, verdict_of
from tests.attendance.test_oddities import MINUTE, said
from tests.attendance.test_review import hand_in
from tests.cast import ANI
from tests.visits import Visitor
from webapp.attendance.models import AttendanceRecord, Meeting, Method
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing


def test_those_who_claim_from_near_by_are_tapped_at_once_and_once(
    app: Flask, ani: Visitor, eko: Visitor, citra: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(5)
    near, late, far, nowhere, _silent = scene.seats
    said(app, scene, near, beyond=0)
    said(app, scene, late, method=Method.SCREEN, held=True, beyond=0, at=NINE + 40 * MINUTE)
    said(app, scene, far, beyond=900)
    said(app, scene, nowhere)
    page = ani.get(scene.url)
    assert "Setujui 2 pernyataan" in page.words("#claims")
    shown = [field["value"] for field in page.soup.select("#claims input")]
    assert shown == [str(near), str(late)]
    path = f"/lembar/{scene.sheet}/pengakuan"
    for who in (eko, citra):
        who.post(path, {"kursi": shown}, 404)
    with time_machine.travel(NOON, tick=False):
        for _ in range(2):
            ani.post(path, {"kursi": [*scene.seats, "x", "99999999999"]})
        assert not ani.get(scene.url).soup.select("#claims form")
        hand_in(ani, scene)
        ani.post(path, {"kursi": shown}, 422)
    with app.app_context(), everywhere("a test looks"):
        came = [verdict_of(seat).status for seat in scene.seats]
        assert came == ["hadir", "terlambat", "alpa", "alpa", "alpa"]
        assert verdict_of(near).first_in == NINE, "the claim says when"
        own = select(func.count()).where(
            AttendanceRecord.method == Method.TAP, AttendanceRecord.recorder_id == ANI.id
        )
        assert db.session.scalar(own.select_from(AttendanceRecord)) == 2


def test_nobody_is_approved_at_a_meeting_that_is_off(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
    said(app, scene, scene.seats[0], beyond=0)
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.get_one(Meeting, scene.meeting).cancelled_at = NINE
    with time_machine.travel(NOON, tick=False):
        ani.post(f"/lembar/{scene.sheet}/pengakuan", {"kursi": scene.seats}, 422)
    with app.app_context():
        assert verdict_of(scene.seats[0]).status == "belum"

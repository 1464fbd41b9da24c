"""Whoever sits people down first and marks them afterwards says once whether they were in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.attendance.codes import person_at, scanned
from tests.attendance.scenes import NINE, Scene, also_invited, meeting_of, stamp, verdict_of
from tests.attendance.test_marking import LATE, ON_TIME, tap
from tests.cast import BUDI
from tests.visits import Visitor

WELL_PAST = NINE + timedelta(minutes=83)


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(3)


def test_the_page_asks_once_the_border_is_past(ani: Visitor, scene: Scene) -> None:
    for moment, asked in ((ON_TIME, 0), (LATE, 1)):
        with time_machine.travel(moment, tick=False):
            page, guest = ani.get(scene.url), ani.get(f"/lembar/{scene.sheet}/tamu")
        assert len(page.soup.select("main fieldset:not([hidden])")) == asked
        assert len(guest.soup.select("#tamu fieldset")) == asked


def test_cards_are_asked_about_like_taps(app: Flask, ani: Visitor, scene: Scene) -> None:
    for moment, asked in ((ON_TIME, 0), (LATE, 1)):
        with time_machine.travel(moment, tick=False):
            page = ani.get(f"/lembar/{scene.sheet}/pindai")
        assert len(page.soup.select("main fieldset:not([hidden])")) == asked
    for seat, said, status in ((0, "tepat", "hadir"), (1, "terlambat", "terlambat"), (2, "", "terlambat")):
        with app.app_context():
            told = {**scanned(scene, person_at(scene.seats[seat])), "waktu": said, **stamp(WELL_PAST)}
        with time_machine.travel(WELL_PAST, tick=False):
            ani.send("attendance.scan", told)
        with app.app_context():
            assert verdict_of(scene.seats[seat]).status == status


def test_what_was_said_of_the_batch_counts_before_the_hour(ani: Visitor, scene: Scene) -> None:
    in_time = tap(ani, scene, scene.seats[0], at=WELL_PAST, also={"waktu": "tepat"})
    assert (in_time.status, in_time.says) == ("h", "Hadir susulan")
    assert tap(ani, scene, scene.seats[1], at=WELL_PAST, also={"waktu": "terlambat"}).status == "t"
    assert tap(ani, scene, scene.seats[2], at=WELL_PAST).status == "t", "a page of before did not ask"


def test_nothing_said_of_a_batch_makes_somebody_late_before_the_border(ani: Visitor, scene: Scene) -> None:
    assert tap(ani, scene, scene.seats[0], at=ON_TIME, also={"waktu": "terlambat"}).status == "h"


def test_in_time_can_be_said_of_any_row_at_any_hour(ani: Visitor, scene: Scene) -> None:
    seat = scene.seats[0]
    for before in ("hadir", "terlambat", "izin", "alpa"):
        row = tap(ani, scene, seat, before, at=WELL_PAST).row
        assert row.select(".pop [name=tepat]")
        assert tap(ani, scene, seat, "tepat", at=WELL_PAST + timedelta(minutes=1)).status == "h"


def test_without_script_the_batch_goes_on_as_it_was_said(ani: Visitor, scene: Scene) -> None:
    told = {"rapat": scene.meeting, "lembar": scene.sheet, "hadir": scene.seats[0], "waktu": "tepat"}
    with time_machine.travel(WELL_PAST, tick=False):
        page = ani.get(ani.post(scene.url, told).headers["Location"])
    assert page.one("input[name=waktu][checked]")["value"] == "tepat"
    assert page.one(f"#seat-{scene.seats[0]}")["data-status"] == "h"


def test_a_claim_after_the_border_is_answered_by_the_keepers_word(
    app: Flask, ani: Visitor, budi: Visitor, scene: Scene
) -> None:
    with app.app_context():
        (seat,) = also_invited(scene, BUDI)
    with time_machine.travel(LATE, tick=False):
        budi.send("attendance.self", {"rapat": scene.meeting, **stamp(LATE)})
    assert tap(ani, scene, seat, at=WELL_PAST, also={"waktu": "tepat"}).status == "h"
    with app.app_context():
        assert verdict_of(seat).status == "hadir"

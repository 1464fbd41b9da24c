"""The sheet as a file: the same numbers as on the screen, no phone number, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import NINE, NOON, Scene, meeting_of
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import EKO
from tests.visits import Visitor

WORDS = ("hadir", "hadir", "hadir", "terlambat", "izin", "sakit", "alpa")


def rows_of(who: Visitor, scene: Scene) -> list[list[str]]:
    """The file, as Excel would read it."""
    page = who.get(f"/rapat/{scene.meeting}/hadir.csv")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.response.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(page.text.lstrip("\ufeff")), delimiter=";"))


@pytest.mark.parametrize("seed", range(6))
def test_screen_queue_and_file_agree_whatever_was_recorded(
    app: Flask, ani: Visitor, eko: Visitor, seed: int
) -> None:
    chance = random.Random(seed)
    with app.app_context():
        scene = meeting_of(9)
    for _ in range(14):
        at = NINE + timedelta(minutes=chance.randint(-20, 60))
        tap(ani, scene, chance.choice(scene.seats), chance.choice(WORDS), at=at)
    with time_machine.travel(ON_TIME, tick=False):
        for name in range(chance.randint(0, 3)):
            ani.post(f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "nama": f"Tamu {name}"})
    with time_machine.travel(NOON, tick=False):
        ani.post(f"/lembar/{scene.sheet}/ajukan", {"versi": 1})
        _agree(ani, eko, scene)


def _agree(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    rows = rows_of(eko, scene)
    said = {row[0]: row[1] for row in rows if len(row) == 3 and row[1].isdecimal()}
    seats = [row for row in rows if len(row) == 7 and row[3] == "undangan"]
    for status in ("hadir", "terlambat", "izin", "sakit", "alpa"):
        assert int(said[status]) == sum(row[4] == status for row in seats)
    assert int(said["tamu"]) == sum(row[3] == "tamu" and row[4] != "alpa" for row in rows if len(row) == 7)
    came = int(said["hadir"]) + int(said["terlambat"])
    excused = int(said["izin"]) + int(said["sakit"])
    sheet = eko.get(f"/tinjauan/{scene.sheet}")
    figures = [dd.get_text().split()[0] for dd in sheet.soup.select(".rates dd")]
    assert figures == [f"{came}/9", f"{excused}/9", f"{said['alpa']}/9", said["tamu"]]
    assert f"{came}/9" in sheet.words(".panes .rows .end")
    assert f"{came}/9" in ani.get(f"/rapat/{scene.meeting}").words(".count")


@pytest.mark.parametrize("text", ["=1+1", "+62", "-3", "@SUM(A1)", "|x", "＝1"])
def test_no_cell_runs_as_a_formula(ani: Visitor, app: Flask, text: str) -> None:
    with app.app_context():
        scene = meeting_of(1)
    with time_machine.travel(ON_TIME, tick=False):
        ani.post(f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "nama": text})
        assert f"'{text}" in [row[1] for row in rows_of(ani, scene) if len(row) > 1]


def test_a_guest_with_a_formula_for_a_name_stays_text(ani: Visitor, app: Flask) -> None:
    with app.app_context():
        scene = meeting_of(1)
    with time_machine.travel(ON_TIME, tick=False):
        ani.post(f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "nama": "=HYPERLINK(1);x"})
        assert "'=HYPERLINK(1);x" in [row[1] for row in rows_of(ani, scene) if len(row) > 1]


def test_the_file_says_who_made_it_when_and_holds_no_phone_number(app: Flask, eko: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
    page = eko.get(f"/rapat/{scene.meeting}/hadir.csv")
    assert "Diunduh oleh Eko Prasetya" in page.text and "WIB" in page.text
    assert EKO.phone not in page.text and "0840" not in page.text
    assert page.headers["Content-Disposition"].startswith('attachment; filename="hadir-')


def test_it_is_for_those_who_keep_or_review_the_list(
    app: Flask, ani: Visitor, eko: Visitor, citra: Visitor, budi: Visitor, dewi: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(1)
    for who in (ani, eko):
        who.get(f"/rapat/{scene.meeting}/hadir.csv")
    for who in (citra, budi, dewi):
        who.get(f"/rapat/{scene.meeting}/hadir.csv", 404)

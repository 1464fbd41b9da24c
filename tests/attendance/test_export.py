"""The list as a table: the same numbers as on the screen, no phone number, nothing that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, meeting_of
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import ANI, BUDI, EKO
from tests.visits import Visitor
from webapp.attendance.models import Sheet, Site
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

FILES = ("hadir.csv", "hadir.xlsx", "hadir.pdf", "hadir.pdf?isi=terisi", "berkas")


def rows_of(who: Visitor, path: str) -> list[list[str]]:
    """The file, as Excel would read it."""
    with time_machine.travel(NOON, tick=False):
        page = who.get(path)
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.response.get_data().startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(page.text.lstrip("\ufeff")), delimiter=";"))


def book_of(who: Visitor, path: str) -> openpyxl.Workbook:
    """The workbook, read back by another program."""
    with time_machine.travel(NOON, tick=False):
        page = who.get(path)
    return openpyxl.load_workbook(io.BytesIO(page.response.get_data()))


def guest(who: Visitor, scene: Scene, name: str) -> None:
    with time_machine.travel(ON_TIME, tick=False):
        who.post(f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "nama": name})


@pytest.mark.parametrize("text", ["=1+1", "+62", "-3", "@SUM(A1)", "|x", "＝1", "=HYPERLINK(1);x"])
def test_no_cell_runs_as_a_formula(ani: Visitor, app: Flask, text: str) -> None:
    with app.app_context():
        scene = meeting_of(1)
    guest(ani, scene, text)
    assert f"'{text}" in [row[1] for row in rows_of(ani, f"/lembar/{scene.sheet}/hadir.csv") if len(row) > 1]
    sheet = book_of(ani, f"/lembar/{scene.sheet}/hadir.xlsx").active
    assert sheet is not None
    cell = next(row[1] for row in sheet.iter_rows() if row[1].value == text)
    assert cell.data_type == "s" and cell.quotePrefix


def test_the_files_say_who_made_them_when_and_hold_no_phone_number(app: Flask, eko: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
        also_invited(scene, ANI, BUDI)
    page = eko.get(f"/lembar/{scene.sheet}/hadir.csv")
    assert "Diunduh oleh Eko Prasetya" in page.text and "WIB · isi: seluruh daftar" in page.text
    assert EKO.phone not in page.text and "0840" not in page.text and "•" not in page.text
    assert page.headers["Content-Disposition"].startswith('attachment; filename="hadir-')
    assert page.headers["Cache-Control"] == "private, no-store"
    book = book_of(eko, f"/lembar/{scene.sheet}/hadir.xlsx")
    words = " ".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)
    assert "Diunduh oleh Eko Prasetya" in words and "0840" not in words and "•" not in words


def test_the_old_address_answers_for_the_list_that_matters_now(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2)
    old = rows_of(ani, f"/rapat/{scene.meeting}/hadir.csv")
    assert old[:3] == rows_of(ani, f"/lembar/{scene.sheet}/hadir.csv")[:3]


def test_they_are_for_those_who_keep_or_review_the_list(
    app: Flask, ani: Visitor, eko: Visitor, citra: Visitor, budi: Visitor, dewi: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(1)
        also_invited(scene, BUDI)
    paths = [f"/lembar/{scene.sheet}/{file}" for file in FILES]
    paths += [f"/rapat/{scene.meeting}/{file}" for file in ("hadir.csv", "rekap.csv", "rekap.xlsx")]
    for path in paths:
        for who in (ani, eko):
            who.get(path)
        for who in (citra, budi, dewi):
            who.get(path, 404)


def test_a_name_over_two_sessions_is_one_person_of_the_meeting(
    app: Flask, eko: Visitor, ani: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(3)
        site = _second_site(scene)
    tap(ani, scene, scene.seats[0], "hadir", at=NINE)
    people = rows_of(eko, f"/rapat/{scene.meeting}/rekap.csv")
    said = {row[0]: row[1:] for row in people if len(row) == 3}
    assert said["hadir"] == ["1", "dari 3 orang yang diundang"]
    assert [row[1] for row in people if row and row[0] == "1"] == ["Warga 001"]
    book = book_of(eko, f"/rapat/{scene.meeting}/rekap.xlsx")
    assert book.sheetnames == ["Orang", "Lembar"]
    lists = list(book["Lembar"].iter_rows(values_only=True))
    heads = dict(zip(lists[0], lists[1], strict=True))
    assert (heads["Undangan"], heads["hadir"], heads["Hitungan kepala"]) == (3, 1, None)
    assert len(lists) == 3 and site


def test_a_list_of_any_length_asks_the_database_as_often(app: Flask, ani: Visitor, statements: Any) -> None:
    with app.app_context():
        short, long = meeting_of(2), meeting_of(120)
    for file, most in (("hadir.csv", 3), ("hadir.xlsx", 3), ("hadir.pdf", 4), ("berkas", 2)):
        counts = []
        for scene in (short, long):
            with statements() as seen:
                ani.get(f"/lembar/{scene.sheet}/{file}")
            counts.append(len(seen.work))
        assert counts[0] == counts[1] <= most, (file, counts)


def _second_site(scene: Scene) -> int:
    """Another site in the same region, where nobody has a seat yet."""
    with writing(), everywhere("a scene is set"):
        first = db.session.get_one(Sheet, scene.sheet)
        site = Site(
            meeting_id=scene.meeting, region_code=first.region_code, mode="zoom", place="Kota", offset=480
        )
        db.session.add(site)
        db.session.flush()
        db.session.add(
            Sheet(
                session_id=first.session_id,
                site_id=site.id,
                meeting_id=scene.meeting,
                region_code=first.region_code,
            )
        )
        return site.id


def test_counted_heads_stand_beside_the_marks(app: Flask, ani: Visitor, eko: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(4)
    tap(ani, scene, scene.seats[0], "hadir", at=NINE)
    guest(ani, scene, "Tamu satu")
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.get_one(Sheet, scene.sheet).head_count = 5
    rows = rows_of(eko, f"/lembar/{scene.sheet}/hadir.csv")
    assert ["hitungan kepala", "5", "orang di tempat"] in rows
    assert ["selisih", "3", "dari 2 tercatat datang"] in rows

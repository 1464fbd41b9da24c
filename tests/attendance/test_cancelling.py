"""A meeting that is off: everybody invited is told, nobody is marked from the page, and nothing saved is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, Scene, also_invited, hand_in, meeting_of, stamp
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import ANI, BUDI, CITRA
from tests.visits import Visitor
from webapp.attendance.models import AttendanceRecord, Meeting
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

WHY = {"alasan": "Gedung banjir"}


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        made = meeting_of(2)
        also_invited(made, ANI, BUDI, CITRA)
        return made


def records(app: Flask) -> int:
    with app.app_context(), everywhere("a test looks"):
        return len(db.session.scalars(select(AttendanceRecord)).all())


def revision(app: Flask) -> int:
    with app.app_context(), everywhere("a test looks"):
        return db.session.scalars(select(Meeting)).one().revision


def test_a_meeting_is_called_off_with_a_reason_and_everybody_invited_reads_it(
    app: Flask, ani: Visitor, budi: Visitor, citra: Visitor, scene: Scene
) -> None:
    here = f"/rapat/{scene.meeting}/batal"
    ani.get(here)
    assert ani.post(here, WHY).headers["Location"].endswith(here)
    for who in (budi, citra):
        assert "Rapat dibatalkan: Rakor Cengkareng" in who.get("/").words(".note")
        page = who.get("/rapat")
        assert page.words(".day s") == "Rakor Cengkareng" and "Dibatalkan: Gedung banjir" in page.words(
            ".day"
        )
        assert who.get(f"/rapat/{scene.meeting}").status == 200
    with time_machine.travel(NINE + timedelta(hours=4), tick=False):
        assert "Rapat dibatalkan" not in budi.get("/").words("main"), "once it would be over, it is forgotten"


def test_whoever_called_it_off_gets_words_to_paste_and_whom_to_tell(
    app: Flask, ani: Visitor, scene: Scene, statements: Any
) -> None:
    here = f"/rapat/{scene.meeting}/batal"
    ani.post(here, WHY)
    page = ani.get(here)
    assert "Alasan: Gedung banjir" in page.one("textarea").text
    assert "wa.me/?text=" in page.text and "0840" not in page.text
    names = page.words(".rows .who")
    assert "Budi Santoso" in names and f"{CITRA.name} Di luar wilayah Anda" in names
    assert page.soup.select(f"form[action='/hubungi/{BUDI.id}']") or "Hubungi" in page.words(".rows")
    with statements() as seen:
        ani.get(here)
    assert len(seen.work) <= 5


def test_it_is_called_again_and_the_calendar_counts_each_turn(app: Flask, ani: Visitor, scene: Scene) -> None:
    first = revision(app)
    for _ in range(2):
        ani.post(f"/rapat/{scene.meeting}/batal", WHY)
    assert revision(app) == first + 1
    for _ in range(2):
        ani.post(f"/rapat/{scene.meeting}/aktifkan", {})
    assert revision(app) == first + 2
    assert "dibatalkan" not in ani.get("/rapat").words(".day").lower()
    tap(ani, scene, scene.seats[0])
    assert records(app) == 1


@pytest.mark.parametrize("reason", ["", "  x ", "x" * 201])
def test_a_reason_is_needed(ani: Visitor, scene: Scene, reason: str) -> None:
    page = ani.post(f"/rapat/{scene.meeting}/batal", {"alasan": reason}, 422)
    assert page.words(".sum") and "Dibatalkan" not in ani.get("/rapat").words(".day")


def test_it_is_not_offered_where_it_would_be_refused(ani: Visitor, scene: Scene) -> None:
    here, way = f"/rapat/{scene.meeting}", f'main a[href="/rapat/{scene.meeting}/batal"]'
    assert ani.get(here).soup.select(way) and ani.get(f"{here}/batal").soup.select("form#batal")
    tap(ani, scene, scene.seats[0])
    assert not ani.get(here).soup.select(way)
    page = ani.get(f"{here}/batal")
    assert not page.soup.select("#batal, .act button") and "sudah dicatat" in page.words("main .note")


def test_once_somebody_was_marked_or_the_list_handed_in_it_is_too_late(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    tap(ani, scene, scene.seats[0])
    page = ani.post(f"/rapat/{scene.meeting}/batal", WHY, 422)
    assert "sudah dicatat" in page.words(".sum") and page.one("input[name=alasan]")["value"] == WHY["alasan"]
    with app.app_context():
        other = meeting_of(1)
    hand_in(ani, other.sheet)
    ani.post(f"/rapat/{other.meeting}/batal", WHY, 422)


def test_only_who_leads_the_meeting_calls_it_off(
    scene: Scene, budi: Visitor, citra: Visitor, eko: Visitor, dewi: Visitor
) -> None:
    for who in (budi, citra, eko, dewi):
        who.get(f"/rapat/{scene.meeting}/batal", 404)
        who.post(f"/rapat/{scene.meeting}/batal", WHY, 404)
        who.post(f"/rapat/{scene.meeting}/aktifkan", {}, 404)


def test_nobody_is_marked_from_the_page_any_more(
    app: Flask, ani: Visitor, budi: Visitor, scene: Scene
) -> None:
    ani.post(f"/rapat/{scene.meeting}/batal", WHY)
    with time_machine.travel(ON_TIME, tick=False):
        page = ani.get(f"/lembar/{scene.sheet}/hadir")
        assert "Rapat ini dibatalkan" in page.words(".note") and not page.soup.select("button.tap")
        ani.post(f"/lembar/{scene.sheet}/hadir", {"rapat": scene.meeting, "hadir": scene.seats[0]}, 422)
        ani.post(f"/lembar/{scene.sheet}/tamu", {"rapat": scene.meeting, "nama": "Tamu"}, 422)
        ani.post(f"/lembar/{scene.sheet}/ajukan", {"versi": 1}, 422)
        for way in ("pindai", "layar", "kertas", "zoom"):
            assert "Rapat ini dibatalkan" in ani.get(f"/lembar/{scene.sheet}/{way}", 422).words()
        assert "Saya hadir" not in budi.get(f"/rapat/{scene.meeting}").words("button")
        assert "Catat kehadiran" not in ani.get("/").words(".act")
    assert records(app) == 0


def test_a_tap_that_was_under_way_is_kept_and_told(
    app: Flask, ani: Visitor, budi: Visitor, scene: Scene
) -> None:
    ani.post(f"/rapat/{scene.meeting}/batal", WHY)
    with time_machine.travel(ON_TIME, tick=False):
        told = {"rapat": scene.meeting, "lembar": scene.sheet, "hadir": scene.seats[0], **stamp(ON_TIME)}
        ani.send("attendance.mark", told)
        budi.send("attendance.self", {"rapat": scene.meeting, **stamp(ON_TIME)})
    assert records(app) == 2
    assert "2 catatan hadir masuk dari HP yang belum tahu" in ani.get(f"/rapat/{scene.meeting}").words(
        "#dibatalkan"
    )
    assert "aktifkan lagi" in ani.get(f"/rapat/{scene.meeting}").words("#dibatalkan a")
    assert "Rapat ini dibatalkan" in ani.get(f"/rapat/{scene.meeting}/susunan").words(".note")


def test_sessions_and_sites_of_a_meeting_that_is_off_stay_as_they_are(ani: Visitor, scene: Scene) -> None:
    ani.post(f"/rapat/{scene.meeting}/batal", WHY)
    told = {"tanggal": NINE.date().isoformat(), "mulai": "13:00", "selesai": "14:00"}
    page = ani.post(f"/rapat/{scene.meeting}/susunan/sesi", told, 422)
    assert "Aktifkan lagi dulu" in page.words(".sum")

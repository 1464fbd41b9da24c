"""Calling a meeting, inviting by office or by name, what the invited see, and what was agreed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, NOON, also_invited, hand_in, meeting_of, stamp
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import ANI, BUDI, CANARY, CENGKARENG, CITRA, KAPUK, KOTA
from tests.holding import overtaken
from tests.visits import Visitor
from webapp.attendance.figures import agenda
from webapp.attendance.figures.sheets import returned, to_review
from webapp.attendance.models import Meeting, MeetingSession
from webapp.places.rules.scope import EVERYWHERE, Scope, bind, everywhere
from webapp.plumbing.database import db

DAY = NINE.date().isoformat()


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "wilayah": CENGKARENG,
        "jenis": "bimtek",
        "judul": "Bimtek saksi",
        "tanggal": DAY,
        "mulai": "09:00",
        "selesai": "12.00",
        "toleransi": "10",
        "tempat": "Aula",
        "agenda": "Buka\n\nTutup",
    } | changes


def test_a_coordinator_calls_a_meeting_and_goes_on_to_invite(app: Flask, ani: Visitor) -> None:
    assert ani.get("/rapat/baru").one("input[name=wilayah][checked]")["value"] == CENGKARENG
    answer = ani.post("/rapat/baru", typed())
    assert answer.headers["Location"].endswith("/rapat/1/undangan")
    page = ani.get("/rapat/1")
    assert "Bimtek saksi" in page.words(".big") and "09.00–12.00 WIB" in page.words("main")
    assert "Terlambat setelah pukul 09.10." in page.words("main")
    assert page.words("ol.rows") == "Buka Tutup"


def test_the_same_form_sent_twice_is_one_meeting(app: Flask, ani: Visitor) -> None:
    sent = typed() | stamp(NINE - timedelta(days=1), id=uuid4())
    first, second = (ani.post("/rapat/baru", sent).headers["Location"] for _ in range(2))
    assert first == second
    with app.app_context(), everywhere("a test looks"):
        assert len(db.session.scalars(select(Meeting)).all()) == 1


def test_a_button_that_is_pressed_once_more_before_the_script_has_come_is_one_meeting(
    app: Flask, ani: Visitor
) -> None:
    first, second = (ani.post("/rapat/baru", typed()).headers["Location"] for _ in range(2))
    assert first == second
    assert ani.post("/rapat/baru", typed(judul="Bimtek kedua")).headers["Location"] != first


def test_a_button_that_is_pressed_twice_in_the_same_instant_is_one_meeting(app: Flask, ani: Visitor) -> None:
    def press() -> str:
        return ani.post("/rapat/baru", typed()).headers["Location"]

    ani.get("/rapat")
    first, second = overtaken(app, "INSERT INTO meeting ", press, press)
    assert first == second


def test_the_long_link_of_a_meeting_is_kept_whole(app: Flask, ani: Visitor) -> None:
    link = "https://teams.example/l/meetup-join/19%3ameeting_" + "Nm" * 300 + "%40thread.v2/0?context=%7b%7d"
    ani.post("/rapat/baru", typed(cara="zoom", tautan=link))
    assert link in str(ani.get("/rapat/1").one(f'a[href="{link}"]'))


def test_a_form_with_a_name_alone_is_shown_whole_whoever_asks(app: Flask, ani: Visitor) -> None:
    ani.post("/rapat/baru", typed())
    ani.post("/rapat/1/susunan/lokasi", {"wilayah": KAPUK, "cara": "zoom"})
    for hx in (False, True):
        assert ani.get("/rapat/1/ubah", hx=hx).one("#judul")["value"] == "Bimtek saksi"
        assert (
            "Isi judul rapat" in ani.post("/rapat/1/ubah", {"judul": "", "jenis": "rakor"}, 422, hx=hx).text
        )


def test_a_phone_that_called_a_meeting_is_led_to_invite_people(ani: Visitor, budi: Visitor) -> None:
    sent = typed() | stamp(NINE - timedelta(days=1), id=uuid4())
    ani.send("attendance.call", sent)
    assert ani.get(f"/rapat/kiriman/{sent['id']}", 303).headers["Location"].endswith("/rapat/1/undangan")
    ani.get(f"/rapat/kiriman/{uuid4()}", 404)
    budi.get(f"/rapat/kiriman/{sent['id']}", 404)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"judul": " "}, "Judul 3 sampai 80"),
        ({"tanggal": "besok"}, "tidak terbaca"),
        ({"tanggal": "0001-01-01"}, "terlalu jauh"),
        ({"mulai": "25:00"}, "tidak terbaca"),
        ({"selesai": "09:00"}, "sama dengan jam mulai"),
        ({"wilayah": "3173"}, "Pilih wilayah"),
        ({"wilayah": ""}, "Pilih wilayah"),
        ({"toleransi": "-5"}, "menit"),
        ({"tautan": "javascript:alert(1)"}, "https://"),
        ({"jenis": "pesta"}, ""),
    ],
)
def test_a_mistake_is_told_beside_the_field_and_nothing_typed_is_lost(
    ani: Visitor, changes: dict[str, str], says: str
) -> None:
    page = ani.post("/rapat/baru", typed(tempat="Aula Kapuk", **changes), 422)
    assert says in page.words(".sum")
    assert page.one("input[name=tempat]")["value"] == "Aula Kapuk"


def test_nobody_calls_a_meeting_of_another_region(ani: Visitor, budi: Visitor, eko: Visitor) -> None:
    ani.post("/rapat/baru", typed(wilayah=KOTA), 404)
    for who in (budi, eko):
        who.get("/rapat/baru", 404)
        who.post("/rapat/baru", typed(), 404)


def test_the_hours_are_those_of_the_place(app: Flask) -> None:
    from werkzeug.datastructures import MultiDict

    from webapp.attendance.forms.meetings import CallForm

    for code, hour in (("31.73", 2), ("52.71", 1), ("94.01", 0)):
        with app.test_request_context():
            form = CallForm(MultiDict(typed(wilayah=code)))
            assert form.validate() and form.plan.starts_at.astimezone(NINE.tzinfo).hour == hour


def test_all_coordinators_of_a_level_are_invited_at_once_and_nobody_twice(
    app: Flask, kartika: Visitor
) -> None:
    kartika.post("/rapat/baru", typed(wilayah=KOTA))
    for _ in range(2):
        kartika.post("/rapat/1/undangan", {"peran": "coordinator", "tingkat": "3"})
    page = kartika.get("/rapat/1/undangan")
    assert "Ani Lestari Koord. Kec. Cengkareng" in page.words("main")
    assert CITRA.name in page.words("main") and "· 2" in page.words("h2")
    kartika.post("/rapat/1/undangan", {"peran": "coordinator", "tingkat": "1"})
    assert "Belum ada pemegang peran" in kartika.get("/rapat/1/undangan").words(".note.bad")
    kartika.post("/rapat/1/undangan", {"peran": "raja", "tingkat": "9"}, 422)


def test_somebody_is_invited_by_name_and_taken_back_while_nothing_is_recorded(
    app: Flask, ani: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(1)
    here = f"/rapat/{scene.meeting}/undangan"
    assert "Budi Santoso" in ani.get(f"{here}?cari=bud", hx=True).text
    assert CANARY not in ani.get(f"{here}?cari=citra").text
    ani.post(here, {"orang": BUDI.id})
    ani.post(here, {"orang": CITRA.id}, 404)
    ani.post(here, {"orang": "x"}, 404)
    seat = ani.get(here).soup.select("button[name=hapus]")[0]["value"]
    ani.post(here, {"hapus": seat})
    ani.post(here, {"hapus": seat}, 404)
    tap(ani, scene, scene.seats[0])
    ani.post(here, {"hapus": scene.seats[0]}, 422)


def test_the_invited_see_the_meeting_and_what_was_agreed_but_no_other_name(
    app: Flask, ani: Visitor, citra: Visitor, budi: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(2)
    here = f"/rapat/{scene.meeting}"
    citra.get(here, 404)
    assert "Belum ada rapat" in citra.get("/rapat").words("main")
    with app.app_context():
        also_invited(scene, CITRA, BUDI)
    ani.post(f"{here}/keputusan", {"butir": "Dua saksi tiap TPS."})
    for who in (citra, budi):
        page = who.get(here)
        assert "Dua saksi tiap TPS." in page.words("#keputusan")
        assert "Warga" not in page.text and "Kehadiran" not in page.words("h2")
        assert "Rakor Cengkareng" in who.get("/rapat").words(".day")
        assert "tercatat" not in who.get("/rapat").words(".day")


def test_agreed_points_are_added_once_and_taken_back_also_when_the_list_is_handed_in(
    app: Flask, ani: Visitor, citra: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(1)
    here = f"/rapat/{scene.meeting}/keputusan"
    sent = {"butir": "Bimtek tanggal 12.", **stamp(ON_TIME)}
    for _ in range(2):
        ani.post(here, sent)
    assert ani.get(f"/rapat/{scene.meeting}").words("#keputusan .who") == "1. Bimtek tanggal 12."
    ani.post(here, {"butir": ""}, 422)
    citra.post(here, {"butir": "Menyusup."}, 404)
    ani.post(here, {"hapus": "1"})
    assert not ani.get(f"/rapat/{scene.meeting}").soup.select("#keputusan .who")
    hand_in(ani, scene.sheet)
    ani.post(here, {"butir": "Menyusul."}, 303)
    assert "Menyusul." in ani.get(f"/rapat/{scene.meeting}").words("#keputusan .who")


def test_the_hour_is_corrected_until_somebody_was_marked(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
    edit = f"/rapat/{scene.meeting}/ubah"
    assert ani.get(edit).one("input[name=mulai]")["value"] == "09:00"
    ani.post(edit, typed(mulai="10:00", wilayah="99.99"))
    with app.app_context(), everywhere("a test looks"):
        session = db.session.scalars(select(MeetingSession)).one()
        assert (session.starts_at, session.region_code) == (NINE + timedelta(hours=1), CENGKARENG)
    ani.post(edit, typed(selesai="09:00"), 422)
    tap(ani, scene, scene.seats[0], at=NINE + timedelta(hours=1))
    page = ani.post(edit, typed(judul="Rakor pagi"), 422)
    assert "tidak bisa diubah lagi" in page.words(".sum")
    assert page.one("input[name=judul]")["value"] == "Rakor pagi", "what was typed stays"


def test_home_asks_in_one_statement_each_what_is_due(
    app: Flask, ani: Visitor, eko: Visitor, statements: Any
) -> None:
    with app.app_context():
        scene = meeting_of(3)
        also_invited(scene, ANI)
    tap(ani, scene, scene.seats[0])
    hand_in(ani, scene.sheet)
    with app.app_context(), time_machine.travel(NOON, tick=False):
        bind(EVERYWHERE)
        with statements() as seen:
            (today,) = agenda.today(Scope((CENGKARENG,), ANI.id))
            (waits,) = to_review(Scope((KOTA,), None))
        assert len(seen.work) == 2
        assert (today.seats, today.done, today.own, today.state) == (4, 4, "alpa", "diajukan")
        assert (waits.rates.came, waits.rates.seats, waits.keeper) == (1, 4, ANI.name)
    eko.post(f"/tinjauan/{scene.sheet}", {"putusan": "kembalikan", "versi": 2, "alasan": "Belum lengkap."})
    with app.app_context():
        bind(EVERYWHERE)
        with statements() as seen:
            ((sheet, title, why),) = returned(Scope((CENGKARENG,), ANI.id))
        assert len(seen.work) == 1
        assert (sheet, title, why.reason) == (scene.sheet, "Rakor Cengkareng", "Belum lengkap.")
        db.session.remove()


def test_two_who_change_the_same_meeting_do_not_undo_each_other(ani: Visitor, app: Flask) -> None:
    with app.app_context():
        path = f"/rapat/{meeting_of(1).meeting}/ubah"
    page = ani.get(path)
    form = {field["name"]: field.get("value", "") for field in page.soup.select("#rapat input[name]")}
    form |= {"jenis": "rakor", "agenda": ""}
    ani.post(path, form | {"judul": "Rakor dini"})
    ani.post(path, form | {"judul": "Rakor dini"})
    page = ani.post(path, form | {"tempat": "Balai RW 05"}, 409)
    assert "baru saja diubah orang lain" in page.words("main")
    ani.post(path, form | {"tempat": "Balai RW 05", "dasar": page.one("input[name=dasar]")["value"]})

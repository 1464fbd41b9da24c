"""Handing a list in is a decision: told first, taken once, and taken back until a reviewer has opened the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import NINE, NOON, Scene, also_invited, hand_in, meeting_of, stamp, verdict_of
from tests.attendance.test_marking import ON_TIME, tap
from tests.attendance.test_waiting import under_way
from tests.cast import ANI, BUDI, EKO
from tests.clock import NOW
from tests.holding import PATIENCE
from tests.visits import Page, Visitor
from webapp.attendance.models import Sheet
from webapp.attendance.rules import recording, review
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import day_short, hour
from webapp.plumbing.database import db
from webapp.plumbing.submissions import Stamp

AFTER = NOON + timedelta(minutes=30)


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(3)


def state_of(app: Flask, scene: Scene) -> tuple[str, int]:
    with app.app_context(), everywhere("a test looks"):
        sheet = db.session.get_one(Sheet, scene.sheet, populate_existing=True)
        return sheet.state, sheet.version


def tap_ajukan(who: Visitor, scene: Scene, **told: Any) -> Page:
    return who.post(f"/lembar/{scene.sheet}/ajukan", {"versi": 1, **told})


def step(who: Visitor, scene: Scene) -> Page:
    return who.get(f"/lembar/{scene.sheet}/ajukan")


def told_by(page: Page) -> dict[str, str]:
    """What the form of the step brings along."""
    fields = page.soup.select("#handing form [name=versi], #handing form [name=dasar]")
    return {str(field["name"]): str(field["value"]) for field in fields}


def settle(who: Visitor, scene: Scene) -> None:
    """Mark everybody and count the heads, in time."""
    for seat in scene.seats:
        tap(who, scene, seat)
    with time_machine.travel(ON_TIME, tick=False):
        who.send("attendance.heads", {"lembar": scene.sheet, "jumlah": len(scene.seats), **stamp(ON_TIME)})


def take_back(who: Visitor, scene: Scene, version: int = 2) -> Page:
    return who.post(f"/lembar/{scene.sheet}/tarik", {"versi": version})


def decide(who: Visitor, scene: Scene, word: str, version: int = 2, status: int = 303) -> Page:
    told = {"putusan": word, "versi": version, "alasan": "Warga 002 ada."}
    return who.post(f"/tinjauan/{scene.sheet}", told, status)


def test_one_tap_hands_nothing_in_while_something_is_left_to_decide(
    app: Flask, ani: Visitor, budi: Visitor, scene: Scene
) -> None:
    with app.app_context():
        also_invited(scene, BUDI)
    tap(ani, scene, scene.seats[0])
    with time_machine.travel(ON_TIME, tick=False):
        budi.send("attendance.self", {"rapat": scene.meeting, **stamp(ON_TIME)})
        said = ani.get(tap_ajukan(ani, scene).headers["Location"])
    assert state_of(app, scene) == ("draf", 1)
    words = said.words("#handing")
    assert "3 orang belum dicatat. Mereka akan dihitung alpa." in words
    assert "Budi Santoso 09.05" in words and "1 orang menyatakan hadir" in words
    assert "masih berlangsung sampai 12.00" in words and "belum dihitung" in words
    assert said.one(f'#handing a[href$="#seat-{scene.seats[-1] + 1}"]')
    assert said.one('#handing a[href$="?tampil=b"]').get_text() == "Lihat yang belum"
    ani.post(f"/lembar/{scene.sheet}/ajukan", told_by(said))
    assert state_of(app, scene) == ("diajukan", 2)


def test_a_list_that_is_ahead_says_so(app: Flask, ani: Visitor, scene: Scene) -> None:
    assert f"belum mulai: {day_short(NINE)} 09.00" in step(ani, scene).words("#handing")


def test_with_script_the_step_is_a_part_of_the_page(app: Flask, ani: Visitor, scene: Scene) -> None:
    part = ani.post(f"/lembar/{scene.sheet}/ajukan", {"versi": 1}, 200, hx=True)
    assert not part.is_whole and part.one("section#handing")
    done = ani.post(f"/lembar/{scene.sheet}/ajukan", told_by(part), 204, hx=True)
    assert done.headers["HX-Redirect"] == scene.url and state_of(app, scene)[0] == "diajukan"


def test_a_settled_list_goes_at_once_and_one_tap_takes_it_back(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    settle(ani, scene)
    with time_machine.travel(AFTER, tick=False):
        page = ani.get(tap_ajukan(ani, scene).headers["Location"])
        assert state_of(app, scene) == ("diajukan", 2)
        undo = page.one(".dock form.fleeting")
        assert undo["action"] == f"/lembar/{scene.sheet}/tarik" and "Batalkan" in undo.get_text()
        assert len(page.soup.select("form.later")) == 1, "one way back at a time"
        assert not ani.get(scene.url).soup.select(".fleeting, .later"), "it is offered there once"
        take_back(ani, scene)
        take_back(ani, scene)  # a double tap
    assert state_of(app, scene) == ("draf", 3)


@pytest.mark.parametrize("lacks", ["a word", "the heads", "the end"])
def test_whatever_is_left_to_decide_is_asked(app: Flask, ani: Visitor, scene: Scene, lacks: str) -> None:
    settle(ani, scene)
    if lacks == "a word":
        with app.app_context():
            also_invited(scene, EKO)
    if lacks == "the heads":
        with app.app_context(), everywhere("a test forgets"):
            db.session.get_one(Sheet, scene.sheet).head_count = None
            db.session.commit()
    with time_machine.travel(ON_TIME if lacks == "the end" else AFTER, tick=False):
        assert tap_ajukan(ani, scene).headers["Location"].endswith("/ajukan")
    assert state_of(app, scene) == ("draf", 1)


def test_what_changed_since_it_was_told_is_told_again(
    app: Flask, ani: Visitor, kartika: Visitor, scene: Scene
) -> None:
    seen = told_by(step(ani, scene))
    tap(kartika, scene, scene.seats[0])
    again = ani.get(ani.post(f"/lembar/{scene.sheet}/ajukan", seen).headers["Location"])
    assert state_of(app, scene) == ("draf", 1)
    assert "Daftar berubah" in again.words("#handing") and "2 orang belum" in again.words("#handing")
    ani.post(f"/lembar/{scene.sheet}/ajukan", told_by(again))
    assert state_of(app, scene) == ("diajukan", 2)


def test_the_hour_that_passes_changes_nothing_that_was_told(app: Flask, ani: Visitor, scene: Scene) -> None:
    with time_machine.travel(NOON - timedelta(minutes=1), tick=False):
        seen = told_by(step(ani, scene))
    with time_machine.travel(AFTER, tick=False):
        ani.post(f"/lembar/{scene.sheet}/ajukan", seen)
    assert state_of(app, scene) == ("diajukan", 2)


def test_two_keepers_hand_it_in_once_and_a_late_copy_does_not_do_it_again(
    app: Flask, ani: Visitor, kartika: Visitor, scene: Scene
) -> None:
    seen = told_by(step(ani, scene))
    here = f"/lembar/{scene.sheet}/ajukan"
    for _ in range(2):
        ani.post(here, seen)
    assert "sudah diajukan oleh Ani Lestari" in kartika.post(here, seen, 409).words("main")
    assert state_of(app, scene) == ("diajukan", 2)
    take_back(ani, scene)
    assert ani.post(here, seen).headers["Location"].endswith("?berubah=1"), "the first answer was lost"
    assert state_of(app, scene) == ("draf", 3)


def test_claims_are_answered_from_the_step(app: Flask, ani: Visitor, budi: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(1)
        (seat,) = also_invited(scene, BUDI)
    here = {"lat": "-6.14", "lng": "106.73", "akurasi": "10"}
    with time_machine.travel(ON_TIME, tick=False):
        budi.send("attendance.self", {"rapat": scene.meeting, **here, **stamp(ON_TIME)})
        answer = step(ani, scene).one("#claims form")
        fields = {field["name"]: field["value"] for field in answer.select("input")}
        back = ani.post(str(answer["action"]), fields).headers["Location"]
    assert back == f"/lembar/{scene.sheet}/ajukan"
    with app.app_context():
        assert verdict_of(seat).status == "hadir"


def test_what_is_taken_back_has_its_silence_again_and_says_who_did_it(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    hand_in(ani, scene.sheet)
    assert ani.get(scene.url).one(f'main form[action="/lembar/{scene.sheet}/tarik"]')
    take_back(ani, scene)
    with app.app_context():
        assert verdict_of(scene.seats[0]).status == "belum"
    assert "Tidak ada yang menunggu" in eko.get("/tinjauan").words("main")
    assert "Ani Lestari menarik kembali" in eko.get(f"/tinjauan/{scene.sheet}").words("main")
    hand_in(ani, scene.sheet, 3)
    decide(eko, scene, "setujui", 4)


def test_a_list_that_had_come_back_still_says_why(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    hand_in(ani, scene.sheet)
    decide(eko, scene, "kembalikan")
    hand_in(ani, scene.sheet, 3)
    take_back(ani, scene, 4)
    assert state_of(app, scene) == ("dikembalikan", 5)
    assert "Eko Prasetya: Warga 002 ada." in ani.get(scene.url).words("main")
    assert "Warga 002 ada." in ani.get("/").words("main")


def test_it_cannot_be_taken_back_once_a_reviewer_has_opened_it(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    hand_in(ani, scene.sheet)
    eko.get("/tinjauan")  # the queue is not the list
    assert ani.get(scene.url).soup.select('main form[action$="/tarik"]')
    eko.get(f"/tinjauan/{scene.sheet}")
    page = ani.get(scene.url)
    assert not page.soup.select('form[action$="/tarik"]') and "sudah membukanya" in page.words("main")
    take_back(ani, scene)  # from a page of before
    assert f"Eko Prasetya sudah membukanya pukul {hour(NOW)}" in ani.get(scene.url).words(".note.bad")
    assert state_of(app, scene) == ("diajukan", 2)
    decide(eko, scene, "kembalikan")
    hand_in(ani, scene.sheet, 3)
    take_back(ani, scene, 4)
    assert state_of(app, scene) == ("dikembalikan", 5), "a new list has not been opened"


def test_who_was_quicker_holds(app: Flask, ani: Visitor, eko: Visitor, scene: Scene) -> None:
    hand_in(ani, scene.sheet)
    take_back(ani, scene)
    page = decide(eko, scene, "setujui", 2, 409)
    assert "sudah ditarik oleh Ani Lestari" in page.words("main")
    hand_in(ani, scene.sheet, 3)
    decide(eko, scene, "setujui", 4)
    take_back(ani, scene, 4)
    assert "sudah disetujui oleh Eko Prasetya" in ani.get(scene.url).words(".note.bad")
    assert state_of(app, scene) == ("disetujui", 5)


def test_a_reviewer_who_opens_it_while_it_is_taken_back_sees_that(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    hand_in(ani, scene.sheet)
    with under_way(app) as meanwhile:
        review.take_back(scene.sheet, 2, ANI.id)
        opened = meanwhile(lambda: eko.get(f"/tinjauan/{scene.sheet}"))
    assert not opened.result(PATIENCE).soup.select("form.verdict")
    assert state_of(app, scene) == ("draf", 3)


def test_a_keeper_who_takes_it_back_while_it_is_opened_is_told_so(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    hand_in(ani, scene.sheet)
    with under_way(app) as meanwhile:
        assert review.open_for(review.get_sheet(scene.sheet), EKO.id)
        told = meanwhile(lambda: take_back(ani, scene))
    told.result(PATIENCE)
    assert "Eko Prasetya sudah membukanya" in ani.get(scene.url).words(".note.bad")
    assert state_of(app, scene) == ("diajukan", 2)


def test_a_tap_under_way_is_told_before_the_list_is_closed(
    app: Flask, ani: Visitor, kartika: Visitor, scene: Scene
) -> None:
    at = ON_TIME
    with time_machine.travel(at):
        seen = told_by(step(ani, scene))
        mine = Stamp(uuid4(), ANI.id, at, at, at, 420, 0, uuid4())
        data = {"rapat": scene.meeting, "lembar": scene.sheet, "kursi": scene.seats[0], "status": "hadir"}
        with under_way(app) as meanwhile:
            recording.mark(data, mine)
            sent = meanwhile(lambda: kartika.post(f"/lembar/{scene.sheet}/ajukan", seen))
        assert sent.result(PATIENCE).headers["Location"].endswith("?berubah=1")
    assert state_of(app, scene) == ("draf", 1)


def test_nobody_else_finds_the_step(citra: Visitor, budi: Visitor, eko: Visitor, scene: Scene) -> None:
    for who in (citra, budi, eko):
        who.get(f"/lembar/{scene.sheet}/ajukan", 404)
        who.post(f"/lembar/{scene.sheet}/tarik", {"versi": 1}, 404)


def test_no_form_is_shown_that_a_closed_list_would_refuse(ani: Visitor, scene: Scene) -> None:
    guests = f"/lembar/{scene.sheet}/tamu"
    assert ani.get(guests).soup.select("#tamu")
    hand_in(ani, scene.sheet)
    page = ani.get(guests)
    assert not page.soup.select("#tamu, main form") and "tidak bisa ditambah" in page.words("main .note")

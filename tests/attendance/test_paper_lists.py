"""Last night's paper list: a meeting that is over is invited to by rule, and what is said is what was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.offices import empty_meeting, ended, holder, seats
from tests.attendance.scenes import NINE, NOON, Scene
from tests.attendance.test_seating import invite, invited
from tests.cast import CENGKARENG, CENGKARENG_BARAT, KAPUK
from tests.clock import TODAY
from tests.visits import Page, Visitor
from webapp.attendance.models import InvitationRule, Sheet
from webapp.attendance.rules.arranging import Span, add_session
from webapp.attendance.rules.moving import follow, to_follow
from webapp.attendance.rules.review import get_sheet, submit
from webapp.people.models import Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

MORNING_AFTER = NOON + timedelta(hours=20)


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return empty_meeting()


@pytest.fixture
def made(app: Flask) -> Callable[..., int]:
    def make(name: str, code: str = KAPUK, **more: Any) -> int:
        with app.app_context():
            return holder(name, code, **more)

    return make


def said(who: Visitor, scene: Scene, **fields: Any) -> Page:
    """The page after inviting all coordinators of the kelurahan."""
    return who.get(invite(who, scene, **fields))


def test_the_invited_of_last_night_stand_on_the_list_that_is_typed_in(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori, barat = made("Kori"), made("Barata", CENGKARENG_BARAT)
    with time_machine.travel(MORNING_AFTER, tick=False):
        page = said(ani, scene)
        assert "2 orang diundang." in page.words(".toast") and "Daftar undangan · 2" in page.words()
        paper = ani.get(f"/lembar/{scene.sheet}/kertas")
        assert "Kori" in paper.text and "Barata" in paper.text
        rows = ",".join(str(seat) for seat in _seats(app, scene).values())
        signs = {f"tanda-{seat}": "h" for seat in _seats(app, scene).values()}
        ani.post(f"/lembar/{scene.sheet}/kertas", {"lembar": scene.sheet, "urutan": rows, **signs})
        assert ani.get(scene.url).words(".sticky .count").startswith("2 / 2 tercatat")
        again = said(ani, scene)
        assert "Tidak ada undangan baru: 2 orang itu sudah diundang." in again.words(".toast")
    assert invited(app, scene) == {kori, barat}


def _seats(app: Flask, scene: Scene) -> dict[int, int]:
    with app.app_context():
        return {person: seat.id for person, seat in seats(scene).items()}


def test_afterwards_no_seat_follows_a_mandate_any_more(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori = made("Kori")
    with time_machine.travel(MORNING_AFTER, tick=False):
        invite(ani, scene)
        with app.app_context():
            ended(kori, (NINE - timedelta(days=2)).date())
        made("Pengganti")
        with app.app_context(), writing():
            assert to_follow() == [] and follow(scene.meeting) == 0
        for path in (scene.url, f"/rapat/{scene.meeting}/undangan"):
            ani.get(path)
        assert invited(app, scene) == {kori}
        page = ani.get(f"/rapat/{scene.meeting}/undangan").words()
        assert "1 orang diundang" in page and "tidak lagi mengikuti pergantian tugas" in page


def test_whoever_has_withdrawn_is_not_invited_and_nobody_is_reminded(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    kori, away = made("Kori"), made("Nisa", CENGKARENG_BARAT)
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.get_one(Person, away).withdrawn_at = NINE
    with time_machine.travel(MORNING_AFTER, tick=False):
        assert "1 orang diundang." in said(ani, scene).words(".toast")
        assert not ani.get(f"/rapat/{scene.meeting}/jawaban").soup.select(
            "a[href*=ingatkan], form[action*=ingatkan]"
        )
    assert invited(app, scene) == {kori}


@pytest.mark.parametrize("at", [NINE, MORNING_AFTER])
def test_where_nobody_holds_the_office_no_page_says_that_it_worked(
    app: Flask, ani: Visitor, scene: Scene, at: Any
) -> None:
    with time_machine.travel(at, tick=False):
        page = said(ani, scene)
        assert "Belum ada pemegang peran itu, jadi belum ada yang diundang." in page.words(".note.bad")
        assert not page.soup.select(".toast:not([hidden])")
    assert invited(app, scene) == set()


def test_a_list_that_is_handed_in_takes_nobody_and_says_so(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    made("Kori")
    with app.app_context(), writing(), everywhere("a scene is set"):
        submit(get_sheet(scene.sheet), 1, 1)
    with time_machine.travel(MORNING_AFTER, tick=False):
        page = ani.get(invite(ani, scene))
        assert "sudah diajukan" in page.words(".note.bad") and "orang diundang" not in page.words(".toast")
    with app.app_context(), everywhere("a test looks"):
        assert not db.session.scalars(select(InvitationRule)).all()
    assert invited(app, scene) == set()


def test_with_one_part_handed_in_the_other_still_takes_the_invited(
    app: Flask, ani: Visitor, scene: Scene, made: Callable[..., int]
) -> None:
    made("Kori")
    with app.app_context(), writing(), everywhere("a scene is set"):
        add_session(scene.meeting, Span(NOON, NOON + timedelta(hours=2), title="Siang"))
        submit(get_sheet(scene.sheet), 1, 1)
        second = db.session.scalars(select(Sheet.id).where(Sheet.id != scene.sheet)).one()
    with time_machine.travel(NOON, tick=False):
        assert "1 orang diundang." in said(ani, scene).words(".toast")
        assert "Kori" in ani.get(f"/lembar/{second}/hadir").text
        assert "Kori" not in ani.get(scene.url).text


DAYS = [(-30, "sudah lewat 30 hari"), (365, "masih 365 hari lagi"), (-1, "")]


@pytest.mark.parametrize(("days", "says"), DAYS)
def test_a_day_that_is_far_away_is_said_in_a_plain_word_and_not_refused(
    ani: Visitor, days: int, says: str
) -> None:
    told = {
        "wilayah": CENGKARENG,
        "jenis": "rakor",
        "judul": "Rakor malam",
        "mulai": "19.00",
        "selesai": "21.00",
    }
    page = ani.get(
        ani.post("/rapat/baru", {**told, "tanggal": TODAY + timedelta(days=days)}).headers["Location"]
    )
    assert says in page.words(".note.bad") if says else not page.soup.select(".note.bad")

"""Heads are counted beside the marks: by whoever keeps the list, on the phone too, and the difference is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, Scene, hand_in, meeting_of, stamp
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import ANI
from tests.visits import Visitor
from webapp.attendance.models import Sheet
from webapp.people.models import AuditEntry
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(3)


def counted(app: Flask) -> tuple[int | None, int | None]:
    with app.app_context(), everywhere("a test looks"):
        sheet = db.session.scalars(select(Sheet)).one()
        return sheet.head_count, sheet.head_count_by


def send(who: Visitor, scene: Scene, heads: Any, verdict: str = "diterima", **at: Any) -> None:
    moment = ON_TIME + timedelta(**at)
    told = {"lembar": scene.sheet, "jumlah": heads, **stamp(moment)}
    with time_machine.travel(ON_TIME + timedelta(minutes=30), tick=False):
        who.send("attendance.heads", told | {"clock": (ON_TIME + timedelta(minutes=30)).isoformat()}, verdict)


def test_the_difference_between_heads_and_marks_is_said_in_words(ani: Visitor, scene: Scene) -> None:
    here = f"/lembar/{scene.sheet}/kepala"
    assert "Jumlah orang belum dihitung · 0 tercatat hadir" in ani.get(here).words("main")
    tap(ani, scene, scene.seats[0])
    for heads, says in (("3", "2 belum tercatat"), ("1", "cocok"), ("0", "1 lebih banyak tercatat")):
        ani.post(here, {"jumlah": heads})
        page = ani.get(here)
        assert says in page.words("main") and f"Dihitung {ANI.name}" in page.words("main")
        marking = ani.get(scene.url)
        assert says in marking.words(f"#kepala-{scene.sheet}")
        assert marking.words(".heads") == f"{heads} orang dihitung · 1 tercatat hadir: {says}"


@pytest.mark.parametrize("heads", ["", "-1", "10000", "tiga", "1.5", "9" * 30])
def test_what_is_no_count_is_told_and_the_earlier_one_stays(
    app: Flask, ani: Visitor, scene: Scene, heads: str
) -> None:
    here = f"/lembar/{scene.sheet}/kepala"
    ani.post(here, {"jumlah": "7"})
    page = ani.post(here, {"jumlah": heads}, 422)
    assert page.words(".err") and page.one("input[name=jumlah]")["value"] == heads
    assert counted(app) == (7, ANI.id)


def test_a_phone_without_network_counts_too_and_once(app: Flask, ani: Visitor, scene: Scene) -> None:
    told = {"lembar": scene.sheet, "jumlah": "45", **stamp(ON_TIME, id=uuid4())}
    with time_machine.travel(ON_TIME, tick=False):
        ani.send("attendance.heads", told)
        ani.send("attendance.heads", told, "sudah ada|diterima")
    assert counted(app) == (45, ANI.id)


def test_of_two_who_count_the_later_holds_and_the_other_is_in_the_trail(
    app: Flask, ani: Visitor, kartika: Visitor, scene: Scene
) -> None:
    send(ani, scene, 40, minutes=10)
    send(kartika, scene, 45, minutes=5)
    assert counted(app)[0] == 40, "whoever counted later holds, not whose phone came last"
    send(kartika, scene, 44, minutes=20)
    assert counted(app)[0] == 44
    with app.app_context(), everywhere("a test looks"):
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        told = [
            (one.before["head_count"], one.after["head_count"]) for one in entries if one.act == "sheet.heads"
        ]
        assert told == [(None, 40), (45, 40), (40, 44)]


def test_only_who_keeps_the_list_counts(
    app: Flask, scene: Scene, budi: Visitor, citra: Visitor, eko: Visitor
) -> None:
    for who in (budi, citra, eko):
        who.get(f"/lembar/{scene.sheet}/kepala", 404)
        who.post(f"/lembar/{scene.sheet}/kepala", {"jumlah": "5"}, 404)
    send(citra, scene, 9, "ditolak|perlu diperiksa")
    assert counted(app) == (None, None)


def test_after_the_approval_the_count_stays(app: Flask, ani: Visitor, eko: Visitor, scene: Scene) -> None:
    hand_in(ani, scene.sheet)
    send(ani, scene, 0)
    eko.post(f"/tinjauan/{scene.sheet}", {"putusan": "setujui", "versi": 2})
    send(ani, scene, 6, "ditolak|perlu diperiksa", minutes=1)
    ani.post(f"/lembar/{scene.sheet}/kepala", {"jumlah": "6"})
    assert counted(app)[0] == 0
    assert "sudah disetujui" in ani.get(f"/lembar/{scene.sheet}/kepala").words("main")
    assert not ani.get(f"/lembar/{scene.sheet}/kepala").soup.select("input[name=jumlah]")


def test_the_page_costs_the_same_however_long_the_list(app: Flask, ani: Visitor, statements: Any) -> None:
    many = []
    for people in (3, 60):
        with app.app_context():
            scene = meeting_of(people, start=NINE)
        ani.post(f"/lembar/{scene.sheet}/kepala", {"jumlah": "3"})
        ani.get(f"/lembar/{scene.sheet}/kepala")
        with statements() as seen:
            ani.get(f"/lembar/{scene.sheet}/kepala")
        many.append(len(seen.work))
    assert many[0] == many[1] <= 4

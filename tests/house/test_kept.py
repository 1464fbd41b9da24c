"""Kept pages: which ones phones hold for reading without network, that they say whose they are, and bear no number."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.attendance.scenes import also_invited, meeting_of
from tests.cast import ACTORS, ANI, BUDI, CENGKARENG, KAPUK, Actor, station_id
from tests.house.test_doors import doors
from tests.visits import HX, Visitor
from webapp.people.models import Mandate
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

KEPT = {
    "attendance.guest": frozenset(),
    "attendance.marking": frozenset(),
    "attendance.paper": frozenset(),
    "attendance.meeting": frozenset(),
    "attendance.meetings": frozenset(),
    "attendance.own_card": frozenset(),
    "attendance.reader": frozenset(),
    "attendance.scanner": frozenset(),
    "attendance.screen": frozenset(),
    "attendance.minutes": frozenset(),
    "checkins.start": frozenset(),
    "coverage.region": frozenset(),
    "home.front": frozenset(),
    "home.more": frozenset(),
    "home.queue": frozenset(),
    "home.worth_having": frozenset(),
    "people.fill_seat": frozenset({"slot"}),
    "people.station": frozenset(),
}
A_NUMBER = re.compile(r"(?<![\d.-])(?:\+?62|0)[\s.-]?8(?:[\s.-]?\d){6,11}|\+\d{6,}")


def kept_paths(app: Flask) -> list[str]:
    """One address of every kept page, in Cengkareng."""
    with app.app_context():
        scene = meeting_of(2, title="Rakor", start=now() - timedelta(minutes=5))
        also_invited(scene, BUDI)
    filled = {"meeting_id": scene.meeting, "sheet_id": scene.sheet, "station_id": station_id(KAPUK, 1)}
    paths = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in KEPT:
            query = "?slot=utama" if KEPT[rule.endpoint] else ""
            for code in (CENGKARENG, KAPUK) if "code" in rule.arguments else ("",):
                told = filled | {"code": code}
                paths.append(re.sub(r"<(?:\w+:)?(\w+)>", lambda m, t=told: str(t[m[1]]), rule.rule) + query)
    return paths


def test_phones_keep_these_pages_and_no_others(app: Flask) -> None:
    assert {endpoint: door.kept for endpoint, door in doors(app).items() if door.kept is not None} == KEPT


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name.split()[0])
def test_a_kept_page_says_whose_it_is_and_bears_no_phone_number(app: Flask, actor: Actor) -> None:
    visitor = Visitor(app, actor)
    kept = 0
    for path in kept_paths(app):
        answer = visitor.client.get(path, headers={"Sec-Fetch-Dest": "document"})
        assert answer.headers["X-Simpul-User"].partition(".")[0] == str(actor.id), path
        assert ("X-Simpul-Keep" in answer.headers) == (answer.status_code == 200), path
        kept += answer.status_code == 200
        assert not A_NUMBER.search(answer.text), path
        assert not [one.name for one in ACTORS if one.phone[3:] in re.sub(r"\D", "", answer.text)], path
    assert kept >= 5


def test_the_pattern_knows_a_number_when_it_sees_one() -> None:
    for number in ("+628400000001", "0812 3456 7890", "62-811-222-3333", "+6021345678"):
        assert A_NUMBER.search(f"hubungi {number} ya"), number
    assert not A_NUMBER.search("31.73.01.1005 · 2024-11-27 08.15 · 0/63 tercatat")


def test_parts_and_questions_are_not_kept(app: Flask, ani: Visitor) -> None:
    for path in ("/rapat?hal=2", "/?x=1", f"/tps/{station_id(KAPUK, 1)}/isi?slot=luar&cari=Budi"):
        assert "X-Simpul-Keep" not in ani.get(path).headers
    assert "X-Simpul-Keep" not in ani.client.get(f"/cakupan/{KAPUK}", headers=HX).headers
    assert "X-Simpul-Keep" not in ani.get("/akun").headers


def test_what_is_said_once_is_not_kept(ani: Visitor) -> None:
    ani.post("/check-in/batal", {"urung": "x"})
    assert "X-Simpul-Keep" not in ani.get("/").headers
    assert "X-Simpul-Keep" in ani.get("/").headers


def test_an_answer_that_has_not_changed_still_says_that_it_is_kept(ani: Visitor) -> None:
    first = ani.get("/lainnya").headers
    again = ani.get("/lainnya", 304, headers={"If-None-Match": first["ETag"]}).headers
    assert (again["X-Simpul-Keep"], again["X-Simpul-User"]) == ("1", first["X-Simpul-User"])


def test_pages_kept_under_a_mandate_that_ended_are_known_as_such(app: Flask, ani: Visitor) -> None:
    before = ani.get("/lainnya").headers["X-Simpul-User"]
    assert ani.get("/rapat").headers["X-Simpul-User"] == before
    with app.app_context(), writing():
        db.session.execute(update(Mandate).where(Mandate.person_id == ANI.id).values(until=date(2020, 1, 1)))
    after = ani.client.get("/akun").headers["X-Simpul-User"]
    assert after != before and float(after) > 0
    assert after.partition(".")[0] == before.partition(".")[0] == str(ANI.id)


def test_the_sign_in_page_says_that_nobody_is_there(stranger: Visitor) -> None:
    assert stranger.get("/masuk").headers["X-Simpul-User"] == "0"
    assert stranger.get("/masuk?cara=sandi&lanjut=/rapat").headers["X-Simpul-User"] == "0"
    for path in ("/luring", "/privasi", "/manifest.webmanifest"):
        assert "X-Simpul-User" not in stranger.get(path).headers

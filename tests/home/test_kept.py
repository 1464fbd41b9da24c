"""What a phone fetches beforehand, and what it needs to install the app."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from PIL import Image
from sqlalchemy import select

from tests.attendance.scenes import also_invited, meeting_of
from tests.cast import ANI, BUDI, CENGKARENG, CENGKARENG_BARAT, KAPUK, KOTA, LONG_AGO, station_id
from tests.visits import Visitor
from webapp.attendance.models import Sheet
from webapp.people.models import Seat
from webapp.places.rules.scope import everywhere
from webapp.plumbing.assets import SOURCE
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing


def pages_of(visitor: Visitor) -> list[str]:
    """What is worth having for `visitor`."""
    told = visitor.get("/simpan").response.get_json()
    assert told["user"] == str(visitor.actor.id)  # type: ignore[union-attr]
    return list(told["pages"])


def lists_of(app: Flask, meeting: int) -> list[str]:
    """The pages of a meeting's only list."""
    with app.app_context(), everywhere("a test looks"):
        sheet = db.session.scalars(select(Sheet.id).where(Sheet.meeting_id == meeting)).one()
        return [f"/lembar/{sheet}/{page}" for page in ("hadir", "tamu", "pindai", "layar", "kertas")]


def rakor(app: Flask, hours: int = 0) -> int:
    """A meeting of Ani's that begins in so many hours, with Budi among the invited."""
    with app.app_context():
        scene = meeting_of(2, title="Rakor", start=now() + timedelta(hours=hours, minutes=-5))
        also_invited(scene, BUDI)
        return scene.meeting


def test_whoever_keeps_todays_list_has_it_on_the_phone(app: Flask, ani: Visitor) -> None:
    meeting = rakor(app)
    pages = pages_of(ani)
    wanted = [f"/rapat/{meeting}", *lists_of(app, meeting), f"/rapat/{meeting}/notulen"]
    assert [page for page in pages if page in wanted] == wanted
    assert pages[:3] == ["/", "/check-in", "/antrean"]


def test_the_invited_has_the_meeting_and_not_its_list(app: Flask, budi: Visitor) -> None:
    meeting = rakor(app)
    pages = pages_of(budi)
    assert f"/rapat/{meeting}" in pages
    assert {"/kartu", "/pindai"} < set(pages)
    assert not [page for page in pages if page.startswith(("/lembar", "/cakupan"))]


def test_the_neighbour_has_nothing_of_it(app: Flask, citra: Visitor) -> None:
    meeting = rakor(app)
    assert not [page for page in pages_of(citra) if str(meeting) in page.split("/")]


def test_another_days_meeting_is_not_fetched_beforehand(app: Flask, ani: Visitor) -> None:
    meeting = rakor(app, hours=72)
    assert f"/rapat/{meeting}" not in pages_of(ani)


def test_the_leader_of_a_kecamatan_has_its_kelurahan(ani: Visitor, kartika: Visitor) -> None:
    places = [page for page in pages_of(ani) if page.startswith("/cakupan/")]
    assert places == [f"/cakupan/{code}" for code in (CENGKARENG, CENGKARENG_BARAT, KAPUK)]
    assert [page for page in pages_of(kartika) if page.startswith("/cakupan/")] == [f"/cakupan/{KOTA}"]


def test_a_coordinator_who_sits_at_a_tps_has_its_page(app: Flask, ani: Visitor) -> None:
    station = station_id(KAPUK, 2)
    with app.app_context(), writing(), everywhere("a seat is given"):
        db.session.add(
            Seat(
                region_code=KAPUK, election_id=1, station_id=station, person_id=ANI.id, slot="utama",
                since=LONG_AGO, assigned_by=ANI.id,
            )
        )  # fmt: skip
    assert f"/tps/{station}" in pages_of(ani)


def test_every_page_of_the_list_can_be_kept(app: Flask, ani: Visitor, budi: Visitor, dewi: Visitor) -> None:
    rakor(app)
    for visitor in (ani, budi, dewi):
        for page in pages_of(visitor):
            answer = visitor.client.get(page, headers={"Sec-Fetch-Dest": "empty"}, follow_redirects=True)
            assert (answer.status_code, answer.headers.get("X-Simpul-Keep")) == (200, "1"), page


def test_the_list_takes_four_statements(app: Flask, ani: Visitor, statements: Callable[[], Any]) -> None:
    rakor(app)
    with statements() as seen:
        pages_of(ani)
    assert len(seen.work) <= 4


def test_the_app_can_be_installed_under_its_own_name(stranger: Visitor) -> None:
    told = json.loads(stranger.get("/manifest.webmanifest").text)
    assert told["name"] == "Simpul, buku lapangan saksi"
    assert (told["id"], told["start_url"], told["scope"], told["lang"]) == ("/", "/", "/", "id")
    assert [cut["name"] for cut in told["shortcuts"]] == ["Check-in", "Rapat hari ini"]
    assert {icon.get("purpose", "any") for icon in told["icons"]} == {"any", "maskable"}
    for icon in [*told["icons"], *(icon for cut in told["shortcuts"] for icon in cut["icons"])]:
        with Image.open(SOURCE / icon["src"].removeprefix("/static/")) as drawn:
            assert icon["sizes"] == f"{drawn.width}x{drawn.height}"


def test_a_launcher_may_cut_the_maskable_icon_to_a_circle() -> None:
    with Image.open(SOURCE / "icons/icon-maskable-512.png") as file:
        drawn = file.convert("RGB")
    ground = drawn.getpixel((0, 0))
    for x, y in ((256, 30), (100, 100), (412, 100), (256, 482), (100, 430), (412, 430)):
        assert drawn.getpixel((x, y)) == ground, "the knot stays within the inner four fifths"


def test_todays_meetings_have_their_own_place_on_the_first_page(ani: Visitor) -> None:
    ani.get("/").one("#hari-ini")


def test_the_worker_is_asked_for_at_every_page_and_seldom_sent(stranger: Visitor) -> None:
    first = stranger.client.get("/sw.js").headers
    assert "no-cache" in first["Cache-Control"]
    assert stranger.client.get("/sw.js", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_the_worker_keeps_every_script_of_ours(app: Flask, stranger: Visitor) -> None:
    files = json.loads(re.search(r"FILES=(\[.*?\])", stranger.client.get("/sw.js").text)[1])  # type: ignore[index]
    scripts = app.extensions["assets"].scripts()
    assert scripts and set(scripts) <= set(files)


def test_the_page_without_network_is_the_same_for_everybody(ani: Visitor, stranger: Visitor) -> None:
    assert ani.get("/luring").text == stranger.get("/luring").text
    assert ANI.name not in ani.get("/luring").text

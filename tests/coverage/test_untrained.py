"""Taken seats whose holder has not been trained: counted where a bimtek is required of witnesses, and led to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, update

from tests.attendance.scenes import meeting_of
from tests.cast import (
    ANI,
    BUDI,
    CANARY,
    CENGKARENG,
    CITRA,
    GROGOL,
    KAPUK,
    KARTIKA,
    KOTA,
    LONG_AGO,
    TOMANG,
    Actor,
    station_id,
)  # fmt: skip
from tests.coverage.test_region import sent
from tests.visits import Visitor
from webapp.attendance.figures.training import is_training_asked
from webapp.attendance.models import Meeting
from webapp.coverage.figures import national
from webapp.coverage.rules.recount import rebuild
from webapp.people.models import Person, Seat, Slot
from webapp.people.rules import seats
from webapp.people.rules.training import Bimtek, grant
from webapp.places.models import Station, StationCount, VillageCount
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing

KB = 1024
FIRST, NEXT_DOOR = station_id(KAPUK, 1), station_id(TOMANG, 1)


def require(app: Flask, code: str = KOTA, by: Actor = KARTIKA, **more: Any) -> int:
    """A bimtek that is required of witnesses, called by the region `code`."""
    with app.app_context():
        scene = meeting_of(0, by=by, code=code, kind="bimtek", title="Bimtek saksi")
        with writing(), everywhere("a test requires it"):
            row = update(Meeting).where(Meeting.id == scene.meeting)
            db.session.execute(row.values(**{"required_for": "witness", **more}))
        return scene.meeting


def sit(app: Flask, *people: int, station: int = FIRST) -> None:
    with app.app_context(), writing(), everywhere("a test seats"):
        for n, person in enumerate(people):
            slot = (Slot.MAIN, Slot.RESERVE, Slot.OUTSIDE)[min(n, 2)]
            where = db.session.get_one(Station, station)
            seats.assign(where, db.session.get_one(Person, person), slot, seats.Act(ANI.id, LONG_AGO))


def train(app: Flask, *people: int) -> None:
    with app.app_context(), writing(), everywhere("a test trains"):
        grant(Bimtek(99, KOTA, "witness", "Bimtek", date(2024, 11, 9)), people)


def test_before_any_bimtek_is_required_nobody_is_called_untrained(app: Flask, ani: Visitor) -> None:
    sit(app, BUDI.id)
    for path in (f"/cakupan/{CENGKARENG}", f"/cakupan/{KAPUK}", f"/cakupan/{KAPUK}?blok=1", f"/tps/{FIRST}"):
        assert "dilatih" not in ani.get(path).text, path
    assert "Belum ada bimtek yang wajib" in ani.get(f"/cakupan/{KAPUK}/belum-dilatih").words("main")


@pytest.mark.parametrize(
    ("held_by", "asked_at", "is_asked"),
    [
        (KOTA, KAPUK, True), (KOTA, KOTA, True), (KOTA, "ID", True),
        (CENGKARENG, KOTA, True), (CENGKARENG, TOMANG, False), (GROGOL, CENGKARENG, False),
    ],
)  # fmt: skip
def test_it_is_asked_for_at_above_and_below_the_region_that_holds_it(
    app: Flask, held_by: str, asked_at: str, is_asked: bool
) -> None:
    require(app, held_by)
    with app.app_context():
        assert is_training_asked(asked_at) is is_asked


@pytest.mark.parametrize(
    "not_so", [{"cancelled_at": now()}, {"required_for": "coordinator"}, {"kind": "rakor"}]
)
def test_a_cancelled_one_and_one_for_others_asks_nothing_of_witnesses(
    app: Flask, not_so: dict[str, Any]
) -> None:
    require(app, **not_so)
    with app.app_context():
        assert not is_training_asked(KOTA)


def test_every_level_counts_the_taken_seats_that_are_not_trained(
    app: Flask, ani: Visitor, dewi: Visitor
) -> None:
    require(app)
    sit(app, BUDI.id, ANI.id, KARTIKA.id)
    train(app, ANI.id)
    national.forget()
    for code in (KAPUK, CENGKARENG, KOTA, "31", "ID"):
        page = dewi.get(f"/cakupan/{code}")
        assert page.one(f'main a[href="/cakupan/{code}/belum-dilatih"]').text == "2 terisi, belum dilatih", (
            code
        )
        assert "1 relawan sudah dilatih" in page.words("main")
    assert "2 belum dilatih" in ani.get(f"/cakupan/{CENGKARENG}").words("tbody").replace("\xa0", " ")
    assert "2 belum dilatih" in ani.get(f"/cakupan/{KAPUK}?blok=1").words("#daftar")


def test_one_tap_leads_to_the_seats_and_to_whom_to_call(app: Flask, ani: Visitor) -> None:
    require(app)
    sit(app, BUDI.id, ANI.id, CITRA.id)
    sit(app, KARTIKA.id, station=station_id(KAPUK, 901))
    train(app, KARTIKA.id)
    page = ani.get(f"/cakupan/{CENGKARENG}/belum-dilatih")
    rows = page.soup.select("main .rows")[-1].select("li")
    said = [" ".join(row.get_text(" ").split()) for row in rows]
    assert [row.select_one("b").text for row in rows] == [BUDI.name, ANI.name, CITRA.name]
    assert "TPS 001 · Saksi utama" in said[0] and rows[0].select_one("form[action$='/3/hubungi']")
    assert not rows[1].select_one("form"), "nobody calls herself"
    assert not rows[2].select_one("form"), "Citra lives where Ani does not answer"
    assert "8400" not in page.text and "TPS 901" not in page.text


def test_when_all_are_trained_it_is_said(app: Flask, ani: Visitor) -> None:
    require(app)
    sit(app, BUDI.id)
    train(app, BUDI.id)
    assert "Semua yang bertugas sudah dilatih" in ani.get(f"/cakupan/{KAPUK}").words("main")
    assert "Tidak ada yang menunggu" in ani.get(f"/cakupan/{KAPUK}/belum-dilatih").words("main")
    assert "belum dilatih" not in ani.get(f"/cakupan/{CENGKARENG}").words("tbody")


def test_the_page_of_a_tps_says_of_everybody_whether_trained(app: Flask, ani: Visitor) -> None:
    require(app)
    sit(app, BUDI.id, CITRA.id)
    train(app, CITRA.id)
    page = ani.get(f"/tps/{FIRST}")
    chips = [chip.get_text(" ", strip=True) for chip in page.soup.select("main .rows .chip")]
    assert chips == ["– belum dilatih", "dilatih"]
    train(app, ANI.id)
    offered = {row.select_one("b").text: row.select_one(".chip").get_text(" ", strip=True)
               for row in ani.get(f"/tps/{FIRST}/isi?cari=a").soup.select("#pilih li")}  # fmt: skip
    assert offered[ANI.name] == "dilatih" and offered[BUDI.name] == "– belum dilatih"


def test_the_neighbours_see_nothing_of_it(app: Flask, citra: Visitor, ani: Visitor, budi: Visitor) -> None:
    require(app)
    sit(app, BUDI.id)
    sit(app, CITRA.id, station=NEXT_DOOR)
    citra.get(f"/cakupan/{KAPUK}/belum-dilatih", 404)
    budi.get(f"/cakupan/{KAPUK}/belum-dilatih", 404)
    assert CANARY not in ani.get(f"/cakupan/{CENGKARENG}/belum-dilatih").text
    for nonsense in ("31.999", "ID ", "%00", "31.73.01.9999"):
        ani.get(f"/cakupan/{nonsense}/belum-dilatih", 404)


def many(app: Flask, number: int) -> None:
    """So many volunteers outside of TPS 002 of Kapuk."""
    with app.app_context(), writing(), everywhere("a test seats many"):
        start = 3000 + db.session.query(Person).count()
        people = [{"id": start + n, "name": f"Warga {n:03}", "search_name": "warga", "region_code": KAPUK,
                   "created_at": LONG_AGO} for n in range(number)]  # fmt: skip
        db.session.execute(insert(Person), people)
        taken = [{"election_id": 1, "station_id": FIRST + 1, "region_code": KAPUK, "person_id": one["id"],
                  "slot": "luar", "since": LONG_AGO, "assigned_by": ANI.id} for one in people]  # fmt: skip
        db.session.execute(insert(Seat), taken)
        rebuild()


def test_the_list_comes_fifty_a_page_and_asks_the_same_for_any_number(
    app: Flask, ani: Visitor, statements: Callable[[], Any]
) -> None:
    def asked() -> int:
        with statements() as seen:
            ani.get(f"/cakupan/{CENGKARENG}/belum-dilatih")
        return len(seen.work)

    require(app)
    many(app, 3)
    ani.get("/")  # the first visit of the hour is noted
    few = asked()
    many(app, 120)
    assert asked() == few <= 4
    first = ani.get(f"/cakupan/{CENGKARENG}/belum-dilatih")
    assert len(first.soup.select("main .rows:last-of-type li")) == 50
    last = ani.get(f"/cakupan/{CENGKARENG}/belum-dilatih?hal=99")
    assert "101–123 dari 123" in last.words("nav.tools")


@pytest.mark.parametrize("path", [KOTA, CENGKARENG, "31", "ID"])
def test_a_map_page_still_asks_three_questions_at_most(
    app: Flask, dewi: Visitor, statements: Callable[[], Any], path: str
) -> None:
    require(app)
    sit(app, BUDI.id)
    dewi.get("/cakupan/ID")
    national.forget()
    with statements() as seen:
        dewi.get(f"/cakupan/{path}")
    assert len(seen.work) - (path in ("31", "ID")) <= 3


@pytest.mark.usefixtures("west_jakarta")
def test_the_pages_keep_their_weight_with_the_untrained(app: Flask, kartika: Visitor, dewi: Visitor) -> None:
    require(app)
    with app.app_context(), writing(), everywhere("a test trains some"):
        db.session.execute(update(VillageCount).values(trained=VillageCount.volunteers / 7))
        db.session.execute(update(StationCount).values(trained=StationCount.station_id % 2))
    national.forget()
    kota = kartika.get(f"/cakupan/{KOTA}")
    file = str(kota.soup.select("svg.map use")[0]["href"]).partition("#")[0]
    grid = sent(kartika.get(f"/cakupan/{KAPUK}"))
    print(
        f"\nbytes with training: kota {sent(kota)}, grid of 451 {grid}, nation {sent(dewi.get('/cakupan/ID'))}"
    )
    assert sent(kota) + sent(kartika.get(file)) <= 10 * KB and sent(kota) <= 3 * KB and grid <= 6 * KB

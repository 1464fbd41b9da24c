"""The page of a region: what is manned, what is missing, and the way down and up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import brotli
import pytest
import time_machine
from flask import Flask
from sqlalchemy import insert, select, update

from tests.cast import ANI, BUDI, CANARY, CENGKARENG, DEWI, GROGOL, KAPUK, KARTIKA, KOTA, station_id
from tests.coverage.conftest import region
from tests.visits import Page, Visitor
from webapp.coverage.figures import national
from webapp.coverage.figures.missing import Uncovered, uncovered
from webapp.places.models import Election, Region, Station, StationDay, VillageCount, VillageDay
from webapp.places.rules.codes import level_of, lineage, parent_of
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db

KB = 1024


def sent(page: Page) -> int:
    """Bytes as they travel, without headers."""
    return len(brotli.compress(page.text.encode(), quality=5))


def fill(visitor: Visitor, person: int, slot: str, station: int) -> None:
    visitor.post(f"/tps/{station}/isi", {"slot": slot, "orang": person})


def table(page: Page) -> list[tuple[str, str, str]]:
    """Rank, name and percent of every row."""
    rows = page.soup.select("tbody tr")
    return [
        (r.select_one(".rank").text, r.select_one("th a").text, r.select_one("td.n b").text) for r in rows
    ]  # type: ignore[union-attr]


def test_the_room_opens_at_ones_own_region_or_the_first_with_parts_to_compare(
    ani: Visitor, kartika: Visitor, dewi: Visitor
) -> None:
    assert ani.get("/cakupan", status=302).headers["Location"] == f"/cakupan/{CENGKARENG}"
    assert kartika.get("/cakupan", status=302).headers["Location"] == f"/cakupan/{KOTA}"
    assert (
        dewi.get("/cakupan?ukuran=relawan", status=302).headers["Location"]
        == f"/cakupan/{KOTA}?ukuran=relawan"
    )


def test_before_there_is_a_register_the_room_says_who_brings_it(
    app: Flask, dewi: Visitor, kartika: Visitor
) -> None:
    with app.app_context(), everywhere("a first day"):
        db.session.execute(update(Election).values(current=False))
        db.session.commit()
    assert "docs/data-formats.md" in dewi.get("/cakupan").text
    assert "begitu pusat memuat" in kartika.get(f"/cakupan/{KOTA}/kosong").text
    assert "Daftar TPS belum dimuat" in dewi.get("/").text
    assert "Daftar TPS belum dimuat" not in kartika.get("/").text


def test_a_witness_finds_no_coverage(budi: Visitor) -> None:
    for path in ("/cakupan", f"/cakupan/{KAPUK}", f"/cakupan/{KAPUK}/kosong"):
        budi.get(path, status=404)


def test_a_stranger_is_asked_to_sign_in(stranger: Visitor) -> None:
    stranger.get(f"/cakupan/{KAPUK}", status=302)


def test_the_neighbour_sees_nothing_of_anis_numbers(ani: Visitor, citra: Visitor) -> None:
    for path in (CENGKARENG, KAPUK, KOTA, "31", "ID", f"{KAPUK}/kosong"):
        citra.get(f"/cakupan/{path}", status=404)
    page = citra.get(f"/cakupan/{GROGOL}")
    assert "Kapuk" not in page.text and "Cengkareng" not in page.text
    assert CANARY not in ani.get(f"/cakupan/{CENGKARENG}").text
    ani.get(f"/cakupan/{GROGOL}", status=404)


@pytest.mark.parametrize(
    "code", ["31.999", "ID ", "id", "31.73.01.9999", "31.73.01.4005", "3173", "31.73.010", "%27--", "1%20OR%201=1",
             "31.73.", ".", "99", "31.73.01.1005.1", "%00", "%F0%9F%98%80"],
)  # fmt: skip
def test_what_is_no_region_is_not_found(dewi: Visitor, code: str) -> None:
    dewi.get(f"/cakupan/{code}", status=404)
    dewi.get(f"/cakupan/{code}/kosong", status=404)


def test_an_election_that_is_not_known_is_not_found(ani: Visitor) -> None:
    ani.get(f"/cakupan/{KAPUK}?pemilihan=nonsense", status=404)


def test_the_numbers_follow_the_seats_up_to_the_nation(ani: Visitor, dewi: Visitor) -> None:
    first = station_id(KAPUK, 1)
    fill(ani, BUDI.id, "utama", first)
    for code in (KAPUK, CENGKARENG, KOTA):
        assert "1 TPS dengan satu saksi" in dewi.get(f"/cakupan/{code}").text
    fill(ani, 1, "pengganti", first)
    for code, tps in ((KAPUK, 6), (CENGKARENG, 9), (KOTA, 12)):
        page = dewi.get(f"/cakupan/{code}")
        assert "1 TPS dengan dua saksi" in page.text and "2 relawan" in page.text
        assert page.words(".keys").startswith(f"TPS bersaksi {100 // tps}% kosong {tps - 1} dari TPS {tps}")


def test_above_the_kota_the_numbers_are_at_most_two_seconds_old(ani: Visitor, dewi: Visitor) -> None:
    assert "kosong 12" in dewi.get("/cakupan/ID").words(".keys")
    fill(ani, BUDI.id, "utama", station_id(KAPUK, 1))
    national.forget()
    for code in ("ID", "31"):
        assert "kosong 11" in dewi.get(f"/cakupan/{code}").words(".keys")


def test_another_election_shows_its_own_numbers(app: Flask, ani: Visitor) -> None:
    with app.app_context(), everywhere("a test adds an election"):
        other = Election(code="pemilu-2024", name="Pemilu Februari", date=now().date())
        db.session.add(other)
        db.session.flush()
        db.session.add(
            VillageCount(election_id=other.id, region_code=KAPUK, stations=7, one_witness=2, volunteers=2)
        )
        db.session.commit()
    page = ani.get(f"/cakupan/{CENGKARENG}?pemilihan=pemilu-2024")
    assert "kosong 5 dari TPS 7" in page.words(".keys") and "Pemilu Februari" in page.text
    down = page.one("tbody a[href*='1005']")
    assert "pemilihan=pemilu-2024" in str(down["href"])
    assert "dari TPS 9" in ani.get(f"/cakupan/{CENGKARENG}").words(".keys")


@pytest.mark.usefixtures("west_jakarta")
class TestWestJakarta:
    """With the real kota: 8 kecamatan, 56 kelurahan and their map."""

    def test_the_table_shows_the_kecamatan_worst_first_and_the_map_the_kelurahan(
        self, kartika: Visitor
    ) -> None:
        page = kartika.get(f"/cakupan/{KOTA}")
        rows = table(page)
        assert [rank for rank, _n, _p in rows] == [str(n) for n in range(1, 9)]
        rates = [int(percent.rstrip("%")) for _r, _n, percent in rows]
        assert rates == sorted(rates)
        assert len(page.soup.select("svg.map use.kel")) == 56
        discs = [text.text for text in page.soup.select("svg.map text")]
        assert sorted(discs) == [str(n) for n in range(1, 9)]
        assert "Skema, bukan batas resmi." in page.text
        legend = [int(b.text) for b in page.soup.select(".legend b")]
        assert sum(legend) == 56

    def test_a_kecamatan_is_a_detail_of_the_map_of_its_kota(self, ani: Visitor) -> None:
        page = ani.get(f"/cakupan/{CENGKARENG}")
        shapes = page.soup.select("svg.map use.kel")
        assert len(shapes) == 6
        assert all(f"/peta/{KOTA}.svg?v=" in str(one["href"]) for one in shapes)

    def test_the_file_of_shapes_has_every_shape_that_the_page_names(self, kartika: Visitor) -> None:
        page = kartika.get(f"/cakupan/{KOTA}")
        wanted = {str(use["href"]) for use in page.soup.select("svg.map use")}
        assert len({href.partition("#")[0] for href in wanted}) == 1
        shapes = kartika.get(wanted.pop().partition("#")[0])
        assert "immutable" in shapes.headers["Cache-Control"]
        assert {href.partition("#")[2] for href in wanted} <= {
            path["id"] for path in shapes.soup.select("path")
        }

    @pytest.mark.parametrize("measure", ["relawan", "hari-ini"])
    def test_map_table_and_legend_follow_the_measure(self, kartika: Visitor, measure: str) -> None:
        page = kartika.get(f"/cakupan/{KOTA}?ukuran={measure}")
        assert page.one(".seg a[aria-current]")["href"] == f"/cakupan/{KOTA}?ukuran={measure}"
        assert table(page) != table(kartika.get(f"/cakupan/{KOTA}"))
        assert all(f"ukuran={measure}" in str(a["href"]) for a in page.soup.select("tbody a, svg.map a"))

    def test_the_weight_of_the_pages_keeps_its_budget(self, kartika: Visitor, dewi: Visitor) -> None:
        kota = kartika.get(f"/cakupan/{KOTA}")
        file = str(kota.soup.select("svg.map use")[0]["href"]).partition("#")[0]
        first = sent(kota) + sent(kartika.get(file))
        grid = sent(kartika.get(f"/cakupan/{KAPUK}"))
        nation = sent(dewi.get("/cakupan/ID"))
        again = kartika.get(f"/cakupan/{KOTA}", headers={"If-None-Match": kota.headers["ETag"]}, status=304)
        print(f"\nbytes: kota {first} first, {sent(kota)} later, {len(again.text)} unchanged, "
              f"grid of 451 {grid}, nation {nation}")  # fmt: skip
        assert first <= 10 * KB and sent(kota) <= 3 * KB and grid <= 6 * KB and nation <= 25 * KB

    def test_an_unchanged_page_is_not_sent_again_and_a_changed_one_is(self, app: Flask) -> None:
        with time_machine.travel("2024-11-09T02:00:00Z", tick=False):
            ani, kartika = Visitor(app, ANI), Visitor(app, KARTIKA)
            kept = {"If-None-Match": kartika.get(f"/cakupan/{KOTA}").headers["ETag"]}
            kartika.get(f"/cakupan/{KOTA}", headers=kept, status=304)
            fill(ani, BUDI.id, "utama", station_id(KAPUK, 1))
            kartika.get(f"/cakupan/{KOTA}", headers=kept, status=200)

    def test_the_grid_shows_all_tps_in_blocks_of_fifty_and_the_special_ones_apart(self, ani: Visitor) -> None:
        page = ani.get(f"/cakupan/{KAPUK}")
        blocks = [block.text for block in page.soup.select(".block > span > b:first-child")]
        assert blocks[0] == "TPS 1–50" and blocks[8:] == ["TPS 401–446", "TPS 901–905"]
        assert len(page.soup.select("#daftar .who a")) == 50
        block = ani.get(f"/cakupan/{KAPUK}?blok=901")
        assert next(a.text for a in block.soup.select("#daftar .who a")) == "TPS 901"


def test_drilling_down_answers_the_part_with_title_and_action_and_back_the_page(ani: Visitor) -> None:
    part = ani.get(f"/cakupan/{KAPUK}", hx=True)
    assert not part.is_whole and part.one("#region") and part.one("title").text == "Kapuk · Simpul"
    assert len(part.soup.find_all(recursive=False)) == 1
    assert {tag["id"] for tag in part.soup.select("[hx-swap-oob]")} == {"nama", "letak", "naik", "aksi"}
    whole = ani.get(f"/cakupan/{KAPUK}")
    for outside in ("nama", "letak", "naik", "aksi"):
        whole.one(f"#{outside}")
    assert not whole.soup.select("[hx-swap-oob]")
    back = ani.get(f"/cakupan/{KAPUK}", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert back.is_whole
    assert "HX-Request" in back.headers["Vary"]


def test_every_link_of_the_drill_down_is_a_real_address_too(kartika: Visitor) -> None:
    page = kartika.get(f"/cakupan/{KOTA}")
    links = page.soup.select("[hx-get]")
    assert links
    for link in links:
        assert (
            link["href"] == link["hx-get"]
            and link["hx-push-url"] == "true"
            and link["hx-target"] == "#region"
        )
        kartika.get(str(link["href"]))


def test_the_way_up_ends_at_ones_own_region(ani: Visitor, dewi: Visitor) -> None:
    assert ani.get(f"/cakupan/{KAPUK}").one(".back")["href"] == f"/cakupan/{CENGKARENG}"
    assert not ani.get(f"/cakupan/{CENGKARENG}").soup.select(".trail a, .back")
    assert len(dewi.get(f"/cakupan/{KAPUK}").soup.select(".trail a")) == 5


def test_who_only_looks_is_led_to_the_list_and_not_to_a_seat(ani: Visitor, eko: Visitor) -> None:
    assert "/isi" in str(ani.get(f"/cakupan/{KAPUK}").one(".act a")["href"])
    assert str(eko.get(f"/cakupan/{KAPUK}").one(".act a")["href"]).endswith("/kosong")


@pytest.mark.parametrize(
    ("code", "moment", "day"),
    [
        (KAPUK, "2024-11-08T16:59:00Z", 8),  # 23.59 in Jakarta, already the 9th further east
        (KAPUK, "2024-11-08T17:00:00Z", 9),
        ("52.01.01.1001", "2024-11-08T16:30:00Z", 9),  # Lombok, one hour ahead
        ("91.01.01.1001", "2024-11-08T15:30:00Z", 9),  # Papua, two hours ahead
    ],
)
def test_checked_in_today_is_the_day_of_the_place(app: Flask, code: str, moment: str, day: int) -> None:
    with time_machine.travel(moment, tick=False), app.app_context(), everywhere("a test checks in"):
        dewi = Visitor(app, DEWI)
        add_line(code)
        for on, stations in ((8, 1), (9, 2)):
            there = VillageDay(election_id=1, region_code=code, day=date(2024, 11, on), stations=stations)
            db.session.add(there)
        db.session.commit()
        wanted = f"{day - 7} TPS hadir hari ini"
        for step in lineage(code):
            assert wanted in dewi.get(f"/cakupan/{step}").text, step


def add_line(code: str) -> None:
    """The regions down to `code`, as far as they are missing, with ten TPS in the last."""
    for step in lineage(code):
        if db.session.get(Region, step) is None:
            db.session.add(
                Region(
                    code=step, name=step, search_name=step, level=level_of(step), parent_code=parent_of(step)
                )
            )
            db.session.flush()
    if db.session.scalars(select(VillageCount).where(VillageCount.region_code == code)).first() is None:
        db.session.add(VillageCount(election_id=1, region_code=code, stations=10))


def test_a_region_without_tps_says_so(app: Flask, ani: Visitor, add_villages: Callable[[int], None]) -> None:
    page = ani.get(f"/cakupan/{CENGKARENG}?pemilihan=pilkada-2024")
    assert "Kapuk" in page.text
    with app.app_context(), everywhere("a test adds an election"):
        db.session.add(Election(code="kosong", name="Kosong", date=now().date()))
        db.session.commit()
    assert "belum ada TPS di daftar" in ani.get(f"/cakupan/{CENGKARENG}?pemilihan=kosong").text
    assert "Belum ada TPS kelurahan ini" in ani.get(f"/cakupan/{KAPUK}?pemilihan=kosong").text


@pytest.mark.parametrize("path", [KOTA, CENGKARENG, "31", "ID"])
def test_a_map_page_asks_at_most_three_questions_for_any_number_of_kelurahan(
    dewi: Visitor, statements: Callable[[], Any], add_villages: Callable[[int], None], path: str
) -> None:
    def asked() -> int:
        national.forget()
        with statements() as seen:
            dewi.get(f"/cakupan/{path}")
        return len(seen.work)

    add_villages(10)
    dewi.get("/cakupan/ID")  # the first visit of the hour is noted
    few = asked()
    with dewi.app.app_context():
        add_villages_more(290)
    assert asked() == few
    national_cold = 1 if path in ("31", "ID") else 0
    assert few - national_cold <= 3


def add_villages_more(many: int) -> None:
    with everywhere("a test fills a kecamatan"):
        codes = [f"{CENGKARENG}.{3000 + n}" for n in range(1, many + 1)]
        place = {"lat": "-6.1", "lng": "106.7"}
        db.session.execute(insert(Region), [region(c, f"Desa {c}", CENGKARENG, 4, place) for c in codes])
        rows = [{"election_id": 1, "region_code": c, "stations": 3, "one_witness": 1, "two_witnesses": 0, "full": 0,
                 "volunteers": 1, "version": 0} for c in codes]  # fmt: skip
        db.session.execute(insert(VillageCount), rows)
        db.session.commit()


def test_the_empty_tps_come_fifty_a_page_with_whom_to_call(
    app: Flask, ani: Visitor, kartika: Visitor
) -> None:
    with app.app_context(), everywhere("a test adds TPS"):
        db.session.execute(
            insert(Station),
            [{"election_id": 1, "village_code": KAPUK, "number": n, "retired": False} for n in range(6, 101)],
        )
        db.session.query(VillageCount).filter_by(region_code=KAPUK).update({"stations": 101})
        db.session.commit()
    fill(ani, BUDI.id, "utama", station_id(KAPUK, 1))
    first = kartika.get(f"/cakupan/{KOTA}/kosong")
    assert len(first.soup.select(".rows .who a")) == 50
    assert "TPS 001" not in [a.text for a in first.soup.select(".rows .who a")][3:]
    assert "Ani Lestari" in first.text and "8400" not in first.text
    assert first.soup.select("form[action='/orang/1/hubungi']")
    last = kartika.get(f"/cakupan/{KOTA}/kosong?hal=99")
    assert "101–106 dari 106" in last.words("nav.tools")
    assert "Ani Lestari" not in ani.get(f"/cakupan/{KAPUK}/kosong").words("form")


def test_a_region_where_all_is_manned_says_so(app: Flask, ani: Visitor) -> None:
    with app.app_context(), everywhere("a test mans all"):
        db.session.query(VillageCount).update({"one_witness": VillageCount.stations, "volunteers": 9})
        db.session.commit()
    page = ani.get(f"/cakupan/{CENGKARENG}/kosong")
    assert page.status == 200
    assert ani.get(f"/cakupan/{CENGKARENG}").soup.select("#aksi[hidden]")


@pytest.mark.parametrize(
    ("measure", "action", "missing"),
    [("saksi", "Lihat 11 TPS kosong", 11), ("relawan", "Lihat 12 TPS kurang orang", 12),
     ("hari-ini", "Lihat 10 TPS belum hadir", 10)],
)  # fmt: skip
def test_every_measure_leads_to_the_list_of_what_is_missing(
    app: Flask, ani: Visitor, kartika: Visitor, measure: str, action: str, missing: int
) -> None:
    first, second = station_id(KAPUK, 1), station_id(KAPUK, 2)
    fill(ani, BUDI.id, "utama", first)
    with app.app_context(), everywhere("a test checks in"):
        day = local_day(now(), 420)
        db.session.add(VillageDay(election_id=1, region_code=KAPUK, day=day, stations=2))
        for station in (first, second):
            db.session.add(StationDay(station_id=station, region_code=KAPUK, day=day, checkins=1))
        db.session.commit()
    page = kartika.get(f"/cakupan/{KOTA}?ukuran={measure}")
    assert page.words("#aksi") == action
    listed = kartika.get(str(page.one("#aksi a")["href"]))
    assert len(listed.soup.select(".who a")) == missing


def test_how_much_is_uncovered_is_one_question(inside: None, statements: Callable[[], Any]) -> None:
    with statements() as seen:
        found = uncovered(KOTA)
    assert len(seen.work) == 1
    assert (found.empty, found.stations, found.worst_code, found.worst_empty) == (12, 12, KAPUK, 6)
    assert uncovered("31.74") == Uncovered(0, 0)

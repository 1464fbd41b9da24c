"""Looking places up on the screen: every signed-in person sees the same tree and register."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask

from tests.cast import CENGKARENG, KAPUK, TOMANG
from tests.visits import Visitor
from webapp.places.models import Election, Shape, Station
from webapp.plumbing.database import db


def draw(app: Flask, path: str = "M1 1h9v9z") -> None:
    with app.app_context():
        db.session.merge(
            Shape(map_code="31.73", code=KAPUK, kind="cell", path=path, label_x=3, label_y=4, height=200)
        )
        db.session.merge(
            Shape(map_code="31.73", code=CENGKARENG, kind="outline", path="M0 0h9v9z", height=200)
        )
        db.session.commit()


def test_a_witness_walks_from_the_nation_down_to_the_tps(budi: Visitor) -> None:
    page = budi.get("/wilayah")
    assert page.one("h1").text == "Wilayah"
    for code, words in (
        ("31", "DKI Jakarta"),
        ("31.73", "Jakarta Barat"),
        (CENGKARENG, "Cengkareng"),
        (KAPUK, "Kapuk"),
    ):
        assert page.one(f'.rows a[href="/wilayah/{code}"]').text == words
        page = budi.get(f"/wilayah/{code}")
        assert page.one("h1").text == words
    assert "TPS 901" in page.words(".rows")
    assert "6 TPS" in page.words("h2")


def test_parts_say_how_many_tps_they_have_even_outside_ones_own_region(ani: Visitor) -> None:
    assert "12 TPS" in ani.get("/wilayah").words(".rows")
    assert ani.get("/wilayah/31.73").words(".rows").endswith("3 TPS")


def test_a_search_works_as_a_page_and_as_a_fragment(ani: Visitor) -> None:
    page = ani.get("/wilayah/ID?cari=kapuk")
    assert page.words(".rows") == "Kapuk Cengkareng, Jakarta Barat"
    part = ani.get("/wilayah/ID?cari=kapuk", hx=True)
    assert not part.is_whole
    assert part.one("#regions").select_one(f'a[href="/wilayah/{KAPUK}"]') is not None


def test_a_search_without_result_says_what_to_do(ani: Visitor) -> None:
    page = ani.get("/wilayah/ID?cari=atlantis")
    assert "Periksa ejaan" in page.words("main")
    assert page.soup.select('main a.btn[href="/wilayah/ID"]')


def test_an_unknown_region_is_not_found(ani: Visitor) -> None:
    for code in ("99", "31.99", "3173", "x"):
        assert "Cari namanya" in ani.get(f"/wilayah/{code}", status=404).text


def test_many_tps_are_shown_fifty_at_a_time(app: Flask, ani: Visitor, statements: Any) -> None:
    with app.app_context():
        election = db.session.query(Election).one()
        db.session.add_all(
            Station(election_id=election.id, village_code=TOMANG, number=n) for n in range(4, 122)
        )
        db.session.commit()
    page = ani.get(f"/wilayah/{TOMANG}")
    assert len(page.soup.select(".rows li")) == 50
    assert page.soup.select_one('a[rel="prev"]') is None
    with statements() as seen:
        last = ani.get(f"/wilayah/{TOMANG}?hal=99")
    assert len(seen.work) <= 6
    assert len(last.soup.select(".rows li")) == 21
    assert last.one('a[rel="prev"]')["href"] == f"/wilayah/{TOMANG}?hal=2"
    assert last.soup.select_one('a[rel="next"]') is None


def test_another_election_is_shown_on_request(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        db.session.add(Election(code="pemilu-2029", name="Pemilu 2029", date=date(2029, 2, 14)))
        db.session.commit()
    page = ani.get(f"/wilayah/{KAPUK}?pemilihan=pemilu-2029")
    assert "0 TPS · Pemilu 2029" in page.words("h2")
    assert page.soup.select_one(f'.trail a[href="/wilayah/{CENGKARENG}?pemilihan=pemilu-2029"]') is not None
    assert "tidak dikenal" in ani.get(f"/wilayah/{KAPUK}?pemilihan=x", status=404).text


def test_regions_can_be_looked_up_before_any_election(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        db.session.query(Election).update({"current": False})
        db.session.commit()
    assert ani.get("/wilayah/31.73").words(".rows").startswith("Cengkareng")


def test_the_outlines_of_a_map_are_kept_for_long_and_change_their_address(app: Flask, budi: Visitor) -> None:
    draw(app)
    asked = budi.get("/peta/31.73.svg")
    assert "no-cache" in asked.headers["Cache-Control"]
    assert f'<path id="k{KAPUK}" d="M1 1h9v9z"/>' in asked.text
    assert f'<path id="g{CENGKARENG}"' in asked.text
    version = asked.headers["ETag"].strip('"')
    kept = budi.get(f"/peta/31.73.svg?v={version}")
    assert "immutable" in kept.headers["Cache-Control"]
    assert "max-age=31536000" in kept.headers["Cache-Control"]
    assert "Set-Cookie" not in kept.headers
    budi.get("/peta/31.73.svg", status=304, headers={"If-None-Match": asked.headers["ETag"]})
    draw(app, "M2 2h9v9z")
    assert budi.get("/peta/31.73.svg").headers["ETag"] != asked.headers["ETag"]
    budi.get("/peta/31.99.svg", status=404)


def test_a_map_needs_signing_in(app: Flask, stranger: Visitor) -> None:
    draw(app)
    stranger.get("/peta/31.73.svg", status=401, headers={"Sec-Fetch-Dest": "image"})


def test_an_open_map_costs_one_statement(app: Flask, budi: Visitor, statements: Any) -> None:
    draw(app)
    budi.get("/peta/31.73.svg")
    with statements() as seen:
        budi.get("/peta/31.73.svg")
    assert len([said for said in seen.work if "shape" in said]) == 1

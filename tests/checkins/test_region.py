"""The list of a supervisor: his part of the country only, narrowed as he likes, odd ones in words."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from flask import Flask

from tests.cast import ANI, BUDI, CANARY, CENGKARENG, CITRA, GROGOL, KAPUK, KOTA, TOMANG, station_id
from tests.checkins.rows import NOON, check_in, many
from tests.visits import Visitor
from webapp.checkins.models import Oddity
from webapp.people.models import Mandate
from webapp.plumbing.database import db
from webapp.plumbing.submissions import Submission

LIST = "/check-in/wilayah"


def narrow_eko_to(app: Flask, code: str) -> None:
    """Make the supervisor of the kota one of a smaller part."""
    with app.app_context():
        db.session.query(Mandate).filter_by(person_id=6).one().region_code = code
        db.session.commit()


@pytest.fixture
def filled(app: Flask) -> Flask:
    """Three in Kapuk by Budi and Ani, one next door by Citra, one outside of the kota by Budi."""
    with app.app_context():
        check_in(BUDI.id, KAPUK, kind="tps", station_id=station_id(KAPUK, 1), note="=SUM(A1)")
        check_in(BUDI.id, KAPUK, NOON + timedelta(minutes=1), oddities=int(Oddity.TWICE), people_met=1200)
        check_in(
            ANI.id, CENGKARENG, NOON + timedelta(days=1), kind="lapangan", activity="deklarasi", voided_at=NOON,
            voided_by=ANI.id,
        )  # fmt: skip
        check_in(CITRA.id, TOMANG, NOON + timedelta(days=2), note=f"catatan {CANARY}")
        db.session.commit()
    return app


def names(page: Any) -> list[str]:
    return [cell.get_text(strip=True) for cell in page.soup.select("tbody th")]


def test_only_those_who_review_see_the_list(
    filled: Flask, ani: Visitor, kartika: Visitor, budi: Visitor
) -> None:
    for visitor in (ani, kartika, budi):
        for path in (LIST, f"{LIST}.csv"):
            visitor.get(path, status=404)


def test_the_newest_stands_first_and_a_voided_one_is_struck_through(filled: Flask, eko: Visitor) -> None:
    page = eko.get(LIST)
    assert names(page) == [CITRA.name, ANI.name, BUDI.name, BUDI.name]
    assert page.soup.select("tbody tr")[1].select("s") and "dibatalkan" in page.words("tbody tr:nth-child(2)")
    assert "1.200 orang" in page.words("tbody") and "TPS 001 Kapuk" in page.words("tbody")


def test_nobody_sees_the_neighbours(filled: Flask, eko: Visitor) -> None:
    narrow_eko_to(filled, CENGKARENG)
    page = eko.get(LIST)
    assert len(names(page)) == 3 and CANARY not in page.text
    for query in (f"wilayah={GROGOL}", f"wilayah={TOMANG}", "cari=citra", "wilayah=ID", "hari=2024-11-11"):
        assert CANARY not in eko.get(f"{LIST}?{query}").text.replace(f"Tomang {CANARY}", "")
    assert CANARY not in eko.get(f"{LIST}.csv?wilayah={TOMANG}").text


def test_somebody_from_elsewhere_is_counted_but_not_named(filled: Flask, eko: Visitor) -> None:
    narrow_eko_to(filled, CENGKARENG)
    with filled.app_context():
        check_in(CITRA.id, KAPUK, NOON + timedelta(hours=1))
        db.session.commit()
    page = eko.get(LIST)
    assert "Orang dari wilayah lain" in names(page) and CANARY not in page.text


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 4),
        ("hari=2024-11-09", 2),
        ("hari=kemarin", 4),
        ("jenis=tps", 1),
        ("jenis=lapangan", 1),
        ("jenis=rumah", 4),
        (f"wilayah={KAPUK}", 2),
        (f"wilayah={CENGKARENG}", 3),
        (f"wilayah={KOTA}", 4),
        ("wilayah=31.74", 0),
        ("wilayah=3174", 4),
        ("cari=budi", 2),
        ("cari=BUDI+san", 2),
        ("cari=%25", 4),
        ("cari=siapa", 0),
        ("janggal=1", 1),
        ("janggal=1&cari=ani", 0),
        ("kode=ZZZ-ZZZ", 0),
        ("hal=2", 0),
        ("hal=x", 4),
        ("cari=" + "x" * 500, 4),
    ],
)
def test_the_list_is_narrowed(filled: Flask, eko: Visitor, query: str, number: int) -> None:
    assert len(names(eko.get(f"{LIST}?{query}"))) == number
    if "hal" not in query:
        assert len(table(eko, query)) == number + 1


def test_a_receipt_is_found_however_it_is_typed(filled: Flask, budi: Visitor, eko: Visitor) -> None:
    budi.post("/check-in", {"jenis": "posko", "tempat": KAPUK})
    with filled.app_context():
        code = db.session.query(Submission).one().receipt
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')}"):
        assert names(eko.get(f"{LIST}?kode={typed}")) == [BUDI.name]


def test_what_is_odd_is_said_in_words(filled: Flask, eko: Visitor) -> None:
    page = eko.get(f"{LIST}?janggal=1")
    chip = page.one("tbody .chip")
    assert chip.get_text(strip=True) == "Dua kali dalam 5 menit" and chip.select_one(".k.no")
    assert page.one(".seg [aria-current]").get_text() == "Hanya yang janggal"


def table(visitor: Visitor, query: str = "") -> list[list[str]]:
    text = visitor.get(f"{LIST}.csv?{query}").text.removeprefix("\ufeff")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


def test_the_table_says_the_same_and_holds_no_formula_and_no_coordinates(filled: Flask, eko: Visitor) -> None:
    with filled.app_context():
        check_in(BUDI.id, KAPUK, NOON + timedelta(days=3), lat=-6.14321, lng=106.73219, accuracy=9)
        db.session.commit()
    head, *rows = table(eko)
    assert len(rows) == 5
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert told[0]["Ketelitian posisi (m)"] == "9" and "106.7" not in str(rows)
    assert told[4] | {"Catatan": "'=SUM(A1)", "TPS": "TPS 001", "Jam": "12.00", "Zona": "WIB"} == told[4]
    assert told[3]["Janggal"] == "Dua kali dalam 5 menit" and told[2]["Dibatalkan"] == "ya"


@pytest.mark.parametrize("number", [10, 200])
def test_a_list_takes_four_statements_however_long(
    app: Flask, eko: Visitor, statements: Callable[[], Any], number: int
) -> None:
    with app.app_context():
        many(BUDI.id, KAPUK, number, kind="tps", station_id=station_id(KAPUK, 1), oddities=1)
    with statements() as seen:
        page = eko.get(f"{LIST}?wilayah={CENGKARENG}&janggal=1&cari=budi&hari=")
    assert len(names(page)) == min(number, 100)
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        assert len(table(eko)) == number + 1
    assert len(seen.work) <= 2, seen.work
    if number > 100:
        more = eko.get(page.one("a[rel=next]")["href"])
        assert len(names(more)) == number - 100 and not more.soup.select("a[rel=next]")


def test_an_admin_sees_the_nation(filled: Flask, dewi: Visitor) -> None:
    page = dewi.get(LIST)
    assert len(names(page)) == 4
    assert [option["value"] for option in page.soup.select("select[name=wilayah] option")][:2] == ["", "ID"]


def test_an_empty_list_says_what_to_do(eko: Visitor) -> None:
    assert "Begitu orang Anda check-in" in eko.get(LIST).words()
    assert "Longgarkan saringan" in eko.get(f"{LIST}?jenis=tps").words()


def test_a_mandate_next_door_sees_only_next_door(filled: Flask, eko: Visitor) -> None:
    narrow_eko_to(filled, GROGOL)
    assert names(eko.get(LIST)) == [CITRA.name]
    assert "Kapuk" not in eko.get(f"{LIST}.csv").text

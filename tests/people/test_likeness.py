"""One comparable form of a name: signs, titles and degrees do not make another person, nor hide one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from bs4 import Tag
from flask import Flask
from sqlalchemy import select

from tests.cast import KAPUK, station_id
from tests.clock import NOW
from tests.people.test_seats import FIRST, SECOND, add_person, seats
from tests.visits import Page, Visitor
from webapp.people.models import Person
from webapp.people.rules.likeness import alike, same, words_of_name
from webapp.places.rules.names import fold
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

PHONE = "0840 1000 1001"


def people_with(app: Flask, phone: str = "+6284010001001") -> list[str]:
    with app.app_context(), everywhere("a test looks"):
        return list(db.session.scalars(select(Person.name).where(Person.phone == phone).order_by(Person.id)))


def register(
    visitor: Visitor, name: str, station: int = FIRST, status: int = 303, slot: str = "utama", **more: Any
) -> Page:
    told = {"slot": slot, "nama": name, "telepon": PHONE, **more}
    return visitor.post(f"/tps/{station}/isi", told, status=status)


@pytest.mark.parametrize(
    "name",
    [
        "Ma'ruf Hidayat", "Ma\u2019ruf Hidayat", "Ma\u02bcruf Hidayat", "Ma`ruf Hidayat", "MARUF HIDAYAT",
        "H. Ma'ruf Hidayat",
        "dr. H. Ma'ruf Hidayat, S.H., M.Si", "Drs.Ma'ruf Hidayat SH", "Ir. Ma'ruf Hidayat, S.Pd.",
        "Ma'r\u00fbf Hidayat, SE, MM",
        "Bapak Ma'ruf Hidayat A.Md", "Ma\u200b'ruf Hidayat",
    ],
)  # fmt: skip
def test_titles_degrees_and_signs_are_no_part_of_a_name(name: str) -> None:
    assert words_of_name(name) == ["maruf", "hidayat"]


@pytest.mark.parametrize("name", ["Haji", "Siti Sari", "Ma Siti", "Sp", "Ibu", "Made Ani"])
def test_what_may_be_a_name_stays_one(name: str) -> None:
    assert words_of_name(name) == fold(name).split()


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ma'ruf Hidayat", "Maruf Hidayat"), ("Siti Aminah", "SitiAminah"), ("Jos\u00e9 Tallo", "Jose  Tallo")],
)
def test_signs_and_blanks_alone_make_no_other_name(one: str, other: str) -> None:
    assert same(one, other) and alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("M. Yusuf", "Muhammad Yusuf"), ("Moh Yusuf", "Mohammad Yusuf"), ("Budi", "Budi Santoso"), ("H. Ahmad", "Achmad"),
     ("Siti Aminah", "Siti Aminnah"), ("Budi Santoso, S.H.", "Drs. Budi Santoso"), ("Budi Santoso", "Budi S."),
     ("A. Rizal", "Ahmad Rizal"), ("Djoko Soesilo", "Joko Susilo"), ("Yusuf Kala", "Jusuf Kalla"), ("Agus", "Agoes"),
     ("Moehamad", "Muhamad"), ("Md. Ridwan", "Muhammad Ridwan"), ("I Md. Budi", "I Made Budi"), ("Wahyu", "Wahju")],
)  # fmt: skip
def test_names_that_may_be_one_persons_are_asked_about(one: str, other: str) -> None:
    assert alike(one, other) and not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Siti Aminah", "Budi Santoso"), ("Ahmad", "Siti"), ("", "x"), ("!", "?"), ("Budi S.", "Siti"), ("Budi", "Rudi"),
     ("Siti Aminah", "Sri Aminah"), ("I Made Budi", "I Ketut Budi")]
)  # fmt: skip
def test_names_of_two_are_two(one: str, other: str) -> None:
    assert not alike(one, other) and not same(one, other)


def test_an_apostrophe_does_not_let_one_person_be_main_witness_twice(app: Flask, ani: Visitor) -> None:
    register(ani, "Ma'ruf Hidayat")
    page = register(ani, "Maruf Hidayat", SECOND, status=409)
    assert "sudah menjadi saksi utama di TPS 001" in page.words(".note")
    assert people_with(app) == ["Ma'ruf Hidayat"] and len(seats(app)) == 1


@pytest.mark.parametrize(
    "typed",
    ["maruf", "ma'ruf", "Ma\u02bcruf", "H. Maruf Hidayat, S.H.", "marufhidayat", "maruf hidayat spd", "maruf sh",
     "Mas Maruf", "Pdt. Maruf", "\U0001d40c\U0001d41a\U0001d42b\U0001d42e\U0001d41f"],
)  # fmt: skip
def test_a_person_is_found_however_the_name_is_typed(app: Flask, ani: Visitor, typed: str) -> None:
    register(ani, "Ma'ruf Hidayat")
    assert "Ma'ruf Hidayat" in ani.get(f"/tps/{SECOND}/isi?slot=utama&cari={typed}").words(".rows")


def test_any_spelling_of_muhammad_finds_the_others(app: Flask, ani: Visitor) -> None:
    with app.app_context(), everywhere("a test adds somebody"):
        for name in ("Mohammad Yusuf", "Muh. Yusuf", "H. M. Yusuf", "Mohtar Yusuf"):
            db.session.add(
                Person(name=name, search_name=fold(name), region_code=KAPUK, created_at=db.func.now())
            )
        db.session.commit()
    found = ani.get(f"/tps/{SECOND}/isi?slot=utama&cari=muhammad+yusuf").words(".rows")
    assert all(name in found for name in ("Mohammad Yusuf", "Muh. Yusuf", "H. M. Yusuf"))
    assert "Mohtar" not in found
    assert "Mohtar Yusuf" in ani.get(f"/tps/{SECOND}/isi?slot=utama&cari=moht").words(".rows")


def test_the_same_number_with_a_name_like_it_asks_whether_it_is_one_person(app: Flask, ani: Visitor) -> None:
    register(ani, "Ma'ruf Hidayat")
    page = register(ani, "H. Maruf", SECOND, status=409, slot="pengganti")
    assert "Orang yang sama?" in page.words("h2") and people_with(app) == ["Ma'ruf Hidayat"]
    choice = page.one("#pilih button[name=orang]")
    assert isinstance(choice, Tag) and "Ma'ruf Hidayat" in choice.get_text()
    ani.post(f"/tps/{SECOND}/isi", {"slot": "pengganti", "orang": str(choice["value"])})
    assert people_with(app) == ["Ma'ruf Hidayat"] and len(seats(app)) == 2


def test_another_person_with_a_shared_number_is_taken_when_somebody_says_so(app: Flask, ani: Visitor) -> None:
    register(ani, "Ma'ruf Hidayat")
    register(ani, "Maruf", SECOND, bersama="1")
    assert people_with(app) == ["Ma'ruf Hidayat", "Maruf"]
    register(ani, "Siti Aminah", station_id(KAPUK, 3))
    assert people_with(app)[-1] == "Siti Aminah"


def test_what_a_phone_kept_is_to_be_looked_at_and_says_how_to_go_on(app: Flask, ani: Visitor) -> None:
    register(ani, "Ma'ruf Hidayat")
    fields = {"tps": str(SECOND), "slot": "utama", "nama": "Maruf", "telepon": PHONE}
    item = {"id": str(uuid4()), "kind": "seat.assign", "fields": fields, "offset": 420}
    item["happened_at"] = (NOW - timedelta(hours=1)).isoformat()
    told = ani.post("/kirim", json={"items": [item]}, status=200).response.get_json()["verdicts"][0]
    assert told["verdict"] == "perlu diperiksa", told
    assert "Ma'ruf Hidayat" in told["reason"] and "Nomor dipakai bersama" in told["reason"]
    assert people_with(app) == ["Ma'ruf Hidayat"]


def test_a_new_user_who_may_be_known_already_is_asked_about(app: Flask, dewi: Visitor) -> None:
    known = add_person(app, "Ma'ruf Hidayat")
    told = {"peran": "witness", "wilayah": KAPUK, "nama": "Maruf", "telepon": "+628400009999"}
    page = dewi.post("/pengguna/baru", told, status=409)
    assert page.one(f"a[href='/pengguna/{known}']") and "Nomor dipakai bersama" in page.words("form")
    assert people_with(app, "+628400009999") == ["Ma'ruf Hidayat"]
    dewi.post("/pengguna/baru", told | {"bersama": "y"}, status=200)
    assert people_with(app, "+628400009999") == ["Ma'ruf Hidayat", "Maruf"]


def test_a_new_number_or_name_makes_nobody_a_second_time(app: Flask, dewi: Visitor) -> None:
    known, other = add_person(app, "Ma'ruf Hidayat"), add_person(app, "Maruf H.", phone="+628400008888")
    told = {"nama": "Maruf H.", "telepon": "+628400009999", "lahir": "1987"}
    page = dewi.post(f"/pengguna/{other}/ubah", told, status=409)
    assert page.one(f"a[href='/pengguna/{known}']") and "Nomor dipakai bersama" in page.words("form")
    assert [page.one(f"[name={field}]")["value"] for field in ("telepon", "lahir")] == [
        "+628400009999",
        "1987",
    ]
    assert people_with(app, "+628400009999") == ["Ma'ruf Hidayat"]
    dewi.post(f"/pengguna/{other}/ubah", told | {"bersama": "y"})
    dewi.post(f"/pengguna/{other}/ubah", {"nama": "Siti Aminah"})
    dewi.post(f"/pengguna/{other}/ubah", {"nama": "H. Ma'ruf"}, status=409)
    assert people_with(app, "+628400009999") == ["Ma'ruf Hidayat", "Siti Aminah"]


def test_a_phone_that_was_asked_reads_the_answers_when_it_sends_the_same_once_more(
    app: Flask, ani: Visitor
) -> None:
    register(ani, "Ma'ruf Hidayat")
    told = {"tps": str(SECOND), "slot": "pengganti", "nama": "H. Maruf", "telepon": PHONE}
    told |= {"id": str(uuid4()), "happened_at": NOW.isoformat(), "offset": "420", "clock": NOW.isoformat()}
    ani.send("seat.assign", told, "perlu diperiksa")
    page = ani.post(f"/tps/{SECOND}/isi", told, 422)
    assert "Orang yang sama?" in page.words("h2") and "Ma'ruf Hidayat" in page.words("#pilih")
    assert [box["value"] for box in page.soup.select("#nama, #telepon")] == ["H. Maruf", PHONE]
    assert people_with(app) == ["Ma'ruf Hidayat"] and len(seats(app)) == 1

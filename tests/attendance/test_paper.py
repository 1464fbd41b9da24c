"""The signed sheet, typed in afterwards: one form, a record a row, all of them or none, and once only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NINE, Scene, meeting_of, stamp, verdict_of
from tests.attendance.test_marking import tap
from tests.attendance.test_review import hand_in
from tests.effort import seconds
from tests.visits import Visitor
from webapp.attendance.forms.paper import read_numbers
from webapp.attendance.models import AttendanceRecord, Invitation, Sheet, SheetPhoto
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

EVENING = NINE + timedelta(hours=10)


@pytest.fixture(autouse=True)
def evening(ani: Visitor, citra: Visitor, budi: Visitor, eko: Visitor) -> Iterator[None]:
    """Cookies must not come from the future, so the whole test lies after the meeting."""
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(6)


def url(scene: Scene) -> str:
    return f"/lembar/{scene.sheet}/kertas"


def order(scene: Scene) -> str:
    return ",".join(map(str, scene.seats))


def told(scene: Scene, **more: Any) -> dict[str, Any]:
    return {"lembar": scene.sheet, "urutan": order(scene), **more}


def type_in(who: Visitor, scene: Scene, status: int = 303, **more: Any) -> Any:
    return who.post(url(scene), told(scene, **more), status)


def counted(app: Flask, model: Any) -> int:
    with app.app_context(), everywhere("a test counts"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def statuses(app: Flask, scene: Scene) -> list[str]:
    with app.app_context():
        return [verdict_of(seat).status for seat in scene.seats]


def test_numbers_letters_hours_guests_and_heads_go_in_as_one_form(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    one, two, _three, four, five, _six = scene.seats
    type_in(
        ani, scene, baris="1-2, 6", kepala="5", tamu="Pak Guru\nBu Lurah",
        **{f"tanda-{four}": "s", f"tanda-{five}": "h", f"jam-{five}": "09.40", f"jam-{two}": "0905"},
    )  # fmt: skip
    assert statuses(app, scene) == ["hadir", "hadir", "belum", "sakit", "terlambat", "hadir"]
    with app.app_context(), everywhere("a test looks"):
        late, early = verdict_of(five), verdict_of(two)
        assert (late.method, late.first_in) == ("kertas", NINE + timedelta(minutes=40))
        assert early.first_in == NINE + timedelta(minutes=5) and verdict_of(one).first_in is None
        names = db.session.scalars(select(Invitation.guest_name).where(Invitation.walk_in)).all()
        assert sorted(filter(None, names)) == ["Bu Lurah", "Pak Guru"]
        assert db.session.get_one(Sheet, scene.sheet).head_count == 5
    page = ani.get(scene.url)
    assert "5 baris dan 2 tamu dicatat dari kertas" in page.words(".toast")


def test_the_same_form_twice_adds_nothing(app: Flask, ani: Visitor, scene: Scene) -> None:
    for _ in range(2):
        type_in(ani, scene, baris="1-6", tamu="Pak Guru\nPak Guru")
    assert counted(app, AttendanceRecord) == 8, "two guests of one name stay two"
    assert "sudah tercatat" in ani.get(scene.url).words(".toast")


def test_what_others_recorded_stays_and_a_letter_outranks_it(app: Flask, ani: Visitor, scene: Scene) -> None:
    tap(ani, scene, scene.seats[0])
    tap(ani, scene, scene.seats[1])
    tap(ani, scene, scene.seats[2], "izin")
    type_in(ani, scene, baris="1 3", **{f"tanda-{scene.seats[1]}": "a", f"jam-{scene.seats[2]}": "09.10"})
    assert statuses(app, scene)[:3] == ["hadir", "alpa", "hadir"]
    assert counted(app, AttendanceRecord) == 5, "the first row was known"
    with app.app_context():
        assert verdict_of(scene.seats[0]).method == "tap"


def test_a_phone_sends_it_as_one_item_in_which_each_row_has_its_own_record(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    item = {k: str(v) for k, v in told(scene, baris="1-3").items()} | stamp(EVENING)
    ani.send("attendance.paper", item)
    ani.send("attendance.paper", item, "sudah ada")
    assert counted(app, AttendanceRecord) == 3
    assert statuses(app, scene)[:4] == ["hadir"] * 3 + ["belum"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Belum ada yang diisi"),
        ({"baris": "1 x2"}, "“x2” tidak terbaca"),
        ({"baris": "1-99"}, "Daftar ini dari 1 sampai 6"),
        ({"baris": "0"}, "Nomor 0 tidak ada"),
        ({"baris": "5-2"}, "terbalik"),
        ({"baris": "٣x"}, "tidak terbaca"),
        ({"baris": "1", "kepala": "banyak"}, "jumlah kepala dengan angka"),
        ({"baris": "1", "tamu": "x"}, "Nama tamu 2 sampai 80 huruf"),
        ({"baris": "1", "tamu": "Tamu\n" * 201}, "Paling banyak 200 tamu"),
        ({"baris": "1", "tanda-1": "i"}, "No. 1 ditulis hadir, tetapi di daftar dipilih Izin"),
        ({"tanda-1": "z"}, "no. 1 tidak terbaca"),
        ({"tanda-99999": "h"}, "satu baris tidak terbaca"),
        ({"jam-1": "25.00"}, "Jam no. 1 tidak terbaca"),
        ({"tanda-1": "s", "jam-1": "09.00"}, "Jam hanya untuk yang hadir"),
        ({"baris": "2", "jam-1": "06.00"}, "Jam no. 1 di luar rapat. Tulis antara 08.00 dan 12.00"),
        ({"baris": "1", "foto": "keluarga.jpg"}, "Foto ini tidak terbaca"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_row_and_leaves_everything_as_it_was(
    app: Flask, ani: Visitor, scene: Scene, fields: dict[str, str], says: str
) -> None:
    assert scene.seats[0] == 1
    page = type_in(ani, scene, 422, **fields)
    assert says in page.words(".sum"), page.words(".sum")
    assert counted(app, AttendanceRecord) == 0 and counted(app, Invitation) == 6
    if "baris" in fields:
        assert page.one("#baris")["value"] == fields["baris"], "what was typed stays"


@pytest.mark.parametrize(
    "fields",
    [
        {"urutan": ",".join(map(str, range(1, 5001))), "baris": "1-5000 " * 30_000},
        {"urutan": ",".join(map(str, range(1, 5001))), "baris": "1-5000 " * 280},
        {"tamu": "a\n" * 100_000},
        {"tamu": "a\n" * 150},
        {f"jam-{seat}": "x" for seat in range(1, 30_000)},
        {f"tanda-{seat}": "x" for seat in range(1, 30_000)},
    ],
    ids=lambda fields: f"{next(reversed(fields))}",
)
def test_a_form_that_is_made_to_take_long_is_refused_at_once(
    app: Flask, ani: Visitor, scene: Scene, fields: dict[str, str]
) -> None:
    began = time.process_time()
    page = type_in(ani, scene, 422, **fields)
    assert time.process_time() - began < seconds(2)
    typed = sum(map(len, fields.values()))  # which stays
    assert len(page.text) < typed + 60_000 and page.soup.select(".sum")
    assert counted(app, AttendanceRecord) == 0


def test_a_row_that_left_the_list_meanwhile_stops_all_of_it_and_says_so(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    ani.post(f"/rapat/{scene.meeting}/undangan", {"hapus": scene.seats[3]})
    page = type_in(ani, scene, 422, baris="1-6")
    assert "No. 4 sudah tidak ada di daftar ini" in page.words(".sum")
    assert counted(app, AttendanceRecord) == 0


def test_a_closed_sheet_is_not_typed_and_says_where_to_go(app: Flask, ani: Visitor, scene: Scene) -> None:
    hand_in(ani, scene)
    assert "sudah diajukan" in ani.get(url(scene)).words("main")
    type_in(ani, scene, baris="1")
    assert counted(app, AttendanceRecord) == 0


def test_strangers_and_those_without_the_list_find_nothing(
    app: Flask, citra: Visitor, budi: Visitor, eko: Visitor, stranger: Visitor, scene: Scene
) -> None:
    for who in (citra, budi, eko):
        who.get(url(scene), 404)
        type_in(who, scene, 404, baris="1")
    answer = stranger.get(url(scene), 302)
    assert "lanjut=" in str(answer.headers["Location"]) and "kertas" in str(answer.headers["Location"])


def test_the_rows_stand_in_the_printed_order_with_guests_behind(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    guest = {"rapat": scene.meeting, "nama": "Aaa Tamu", "waktu": "tepat"}
    ani.post(f"/lembar/{scene.sheet}/tamu", guest)
    page = ani.get(url(scene))
    names = [row.get_text() for row in page.soup.select(".hisa b")]
    assert names[0].startswith("1. Warga 001") and names[-1] == "7. Aaa Tamu"
    assert page.one("#kertas")["data-outbox"] == "attendance.paper"


def test_photos_of_the_sheet_are_named_and_shown_to_the_reviewer(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    type_in(ani, scene, baris="1-6", foto="a" * 64)
    assert counted(app, SheetPhoto) == 1
    hand_in(ani, scene)
    page = eko.get(f"/tinjauan/{scene.sheet}")
    assert "Foto 1 belum sampai" in page.words("#lembar") and "kertas" in page.words("tbody")


def test_63_rows_cost_no_statement_a_row(app: Flask, ani: Visitor, statements: Callable[[], Any]) -> None:
    with app.app_context():
        scene = meeting_of(63)
    ani.get(url(scene))
    with statements() as seen:
        ani.get(url(scene))
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        type_in(ani, scene, baris="1-63", tamu="Satu\nDua", id=str(uuid4()))
    assert len(seen.work) <= 16, seen.work
    assert counted(app, AttendanceRecord) == 65


@pytest.mark.parametrize(
    ("text", "rows"),
    [("12 15-20,31", [12, 15, 16, 17, 18, 19, 20, 31]), ("3 – 4;4", [3, 4]), ("", []), ("7", [7]),
     ("１２ ٣", [12, 3]), ("12\u201014", [12, 13, 14]), ("12\u221214", [12, 13, 14]), ("12. 14.", [12, 14]),
     ("12.0", [12]),
     ("12 s/d 14", [12, 13, 14]), ("12 s.d. 14", [12, 13, 14]), ("12sd14 dan 20", [12, 13, 14, 20]),
     ("12. sampai 14;\u200b20", [12, 13, 14, 20]), ("12.0-14.0", [12, 13, 14])],
)  # fmt: skip
def test_row_numbers_are_read_as_people_write_them(text: str, rows: list[int]) -> None:
    assert read_numbers(text, 40) == (rows, "")


@pytest.mark.parametrize("text", ["1.2", "1.234", "12-", "-12", "1-2-3", "dan", "12 s/d", "²", "123456"])
def test_what_is_no_row_is_told(app: Flask, text: str) -> None:
    with app.test_request_context():
        assert "tidak terbaca" in read_numbers(text, 9999)[1]


def test_an_hour_on_the_paper_may_name_the_zone_of_the_place(ani: Visitor, scene: Scene) -> None:
    one, two, *_rest = scene.seats
    type_in(ani, scene, **{f"jam-{one}": "09.20 WIB", f"jam-{two}": "９.２０"})

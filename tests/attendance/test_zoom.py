"""Who was there over Zoom: the file is read in full or not at all, and a person says whose each name is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NINE, Scene, meeting_of, stamp, verdict_of
from tests.attendance.test_oddities import said
from tests.attendance.test_review import hand_in
from tests.cast import ANI
from tests.visits import Page, Visitor
from webapp.attendance.models import AttendanceRecord, Invitation, Method
from webapp.attendance.rules import paper
from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.rules.zoom.gathering import Choice, gather
from webapp.attendance.rules.zoom.reading import read
from webapp.people.models import Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.budget import SenderBudget
from webapp.plumbing.database import db, writing

EVENING = NINE + timedelta(hours=10)
DAY = NINE + timedelta(hours=7)  # the local calendar day
US, ID = DAY.strftime("%m/%d/%Y"), DAY.strftime("%d/%m/%Y")
BLOCK = f"Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\n812 34,Rakor,{US} 08:50:12 AM,{US} 12:04:11 PM,x@y.id,194,63\n\n"  # noqa: E501
ENGLISH = (
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room\n"
    f"Warga 001,a@b.id,{US} 08:55:01 AM,{US} 10:01:00 AM,66,Yes,No\n"
    f"Warga 001,a@b.id,{US} 10:05:00 AM,{US} 11:00:00 AM,55,Yes,No\n"
    f"Kec. Cengkareng - Wrga 002,,{US} 09:40:00 AM,{US} 12:00:00 PM,140,Yes,No\n"
    f"iPhone,,{US} 09:00:00 AM,{US} 12:00:00 PM,180,Yes,No\n"
    f"Menunggu Saja,,{US} 09:00:00 AM,{US} 09:05:00 AM,5,Yes,Yes\n"
)
INDONESIAN = (
    "Nama (Nama Asli);Email Pengguna;Waktu Bergabung;Waktu Keluar;Durasi (Menit);Tamu\n"
    f"WARGA 001;;{ID} 08.55.01;{ID} 10.01.00;66;Ya\n"
)


@pytest.fixture(autouse=True)
def evening(ani: Visitor, citra: Visitor, eko: Visitor) -> Iterator[None]:
    """Cookies must not come from the future, so the whole test lies after the meeting."""
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(4)


def url(scene: Scene) -> str:
    return f"/lembar/{scene.sheet}/zoom"


def upload(who: Visitor, scene: Scene, content: str | bytes, status: int = 200) -> Page:
    data = content.encode() if isinstance(content, str) else content
    return who.post(url(scene), {"berkas": (BytesIO(data), "participants_812.csv")}, status)


def chosen(page: Page) -> dict[str, Any]:
    """The form as it stands."""
    fields: dict[str, Any] = {
        str(one["name"]): one["value"] for one in page.soup.select("#cocok input[type=hidden]")
    }
    for select_ in page.soup.select("#cocok select"):
        picked = select_.select_one("option[selected]")
        fields[str(select_["name"])] = picked["value"] if picked else ""
    return fields


def confirm(who: Visitor, scene: Scene, page: Page, status: int = 303, **more: Any) -> Page:
    return who.post(f"{url(scene)}/simpan", chosen(page) | more, status)


def place_of(page: Page, name: str) -> str:
    (row,) = [row for row in page.soup.select("#cocok li") if row.select_one("b").get_text() == name]
    return str(row["id"]).removeprefix("nama-")


def records(app: Flask) -> int:
    with app.app_context(), everywhere("a test counts"):
        return db.session.scalar(select(func.count()).select_from(AttendanceRecord)) or 0


def test_names_are_suggested_and_only_what_the_keeper_confirms_is_recorded(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    page = upload(ani, scene, BLOCK + ENGLISH)
    assert records(app) == 0, "reading stores nothing"
    words = page.words("#cocok")
    assert "Warga 001 masuk 08.55, 121 menit, 2 kali masuk · cocok" in words
    assert "Menunggu Saja" not in words and "a@b.id" not in page.text
    like, unknown = place_of(page, "Kec. Cengkareng - Wrga 002"), place_of(page, "iPhone")
    fields = chosen(page)
    assert fields[f"pilih-{place_of(page, 'Warga 001')}"] == str(scene.seats[0]), (
        "the same name, and only one"
    )
    assert fields[f"pilih-{like}"] == "" and "mirip" in page.words(f"#nama-{like}")
    assert fields[f"pilih-{unknown}"] == "" and "tidak dikenal" in page.words(f"#nama-{unknown}")
    confirm(ani, scene, page, **{f"pilih-{like}": str(scene.seats[1]), f"pilih-{unknown}": "tamu"})
    assert "2 dicatat, 1 tamu" in ani.get(scene.url).words(".toast")
    with app.app_context(), everywhere("a test looks"):
        first, second = verdict_of(scene.seats[0]), verdict_of(scene.seats[1])
        assert (first.status, first.method) == ("hadir", "zoom")
        assert first.first_in == NINE - timedelta(minutes=4, seconds=59)
        assert second.status == "terlambat"
        guest = db.session.scalars(select(Invitation).where(Invitation.walk_in)).one()
        assert guest.guest_name == "iPhone" and verdict_of(guest.id).status == "hadir"


def test_the_same_file_again_adds_nothing(app: Flask, ani: Visitor, scene: Scene) -> None:
    for _ in range(2):
        page = upload(ani, scene, ENGLISH)
        guest = {f"pilih-{place_of(page, 'iPhone')}": "tamu"}
        confirm(ani, scene, page, **guest)
        confirm(ani, scene, page, **guest)
    assert records(app) == 2
    assert "sudah dicatat hadir, zoom" in upload(ani, scene, ENGLISH).words("#cocok")


def test_what_was_undone_comes_back_with_the_file_only(app: Flask, ani: Visitor, scene: Scene) -> None:
    with time_machine.travel(EVENING, tick=False):
        page = upload(ani, scene, ENGLISH)
        confirm(ani, scene, page)
        with app.app_context(), everywhere("a test looks"):
            record = verdict_of(scene.seats[0]).record_id
        assert record
    later = stamp(EVENING + timedelta(minutes=1))
    with time_machine.travel(EVENING + timedelta(minutes=1), tick=False):
        undo = {"urung": str(record), "kursi": scene.seats[0], "rapat": scene.meeting, "lembar": scene.sheet}
        ani.post(scene.url, undo | later)
        confirm(ani, scene, page)
        with app.app_context():
            assert verdict_of(scene.seats[0]).status == "belum", "an old page brings nothing back"
        confirm(ani, scene, upload(ani, scene, ENGLISH))
        assert "1 dicatat" in ani.get(scene.url).words(".toast")
        with app.app_context():
            assert verdict_of(scene.seats[0]).status == "hadir"


def test_a_mark_of_the_keeper_wins(app: Flask, ani: Visitor, scene: Scene) -> None:
    said(app, scene, scene.seats[0], method=Method.TAP, kind="status", status="izin")
    confirm(ani, scene, upload(ani, scene, ENGLISH))
    with app.app_context():
        assert verdict_of(scene.seats[0]).status == "izin"
    assert records(app) == 1


def test_two_people_of_one_name_are_asked_about(app: Flask, ani: Visitor, scene: Scene) -> None:
    with app.app_context(), writing(), everywhere("a namesake"):
        seat = db.session.get_one(Invitation, scene.seats[1])
        db.session.get_one(Person, seat.person_id).name = "Warga 001"
    page = upload(ani, scene, ENGLISH)
    place = place_of(page, "Warga 001")
    assert chosen(page)[f"pilih-{place}"] == "" and "ada lebih dari satu" in page.words(f"#nama-{place}")
    assert len(page.soup.select(f"#nama-{place} option")) >= 4


def test_two_screens_of_one_person_count_once_from_the_first_on(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    page = upload(ani, scene, ENGLISH)
    seat = str(scene.seats[2])
    one, two = place_of(page, "iPhone"), place_of(page, "Warga 001")
    confirm(ani, scene, page, **{f"pilih-{one}": seat, f"pilih-{two}": seat})
    assert records(app) == 1
    with app.app_context():
        assert verdict_of(scene.seats[2]).first_in == NINE - timedelta(minutes=4, seconds=59)


def test_a_seat_may_be_named_by_its_number(app: Flask, ani: Visitor, scene: Scene) -> None:
    page = upload(ani, scene, ENGLISH)
    place = place_of(page, "iPhone")
    wrong = confirm(ani, scene, page, 422, **{f"no-{place}": "70"})
    assert "iPhone: tidak ada baris no. 70" in wrong.words(".sum")
    assert "no. 0" in confirm(ani, scene, page, 422, **{f"no-{place}": "0"}).words(".sum")
    confirm(ani, scene, page, **{f"no-{place}": "\u200e４."})
    with app.app_context():
        assert verdict_of(scene.seats[3]).status == "hadir"


@pytest.mark.parametrize(
    "content",
    [
        INDONESIAN.encode(), INDONESIAN.encode("utf-8-sig"), INDONESIAN.encode("utf-16"),
        INDONESIAN.encode("utf-16-le"), INDONESIAN.replace(";", "\t").encode(), INDONESIAN.encode("cp1252"),
        (BLOCK + ENGLISH).encode("utf-16"), ENGLISH.replace("\n", "\r\n").encode(),
        ENGLISH.replace(",", ";").encode(),
        f"Name,Join time,Duration\nWarga 001,{DAY:%Y-%m-%d} 08:55:01,66\n".encode(),
    ],
)  # fmt: skip
def test_however_it_was_written_it_is_read(content: bytes) -> None:
    stays = read(content, 420, NINE).stays
    assert stays[0].name(0).casefold() == "warga 001" and stays[0].minutes == 66
    assert stays[0].join == NINE - timedelta(minutes=4, seconds=59)


def test_a_list_without_hours_says_who_but_not_when(app: Flask, ani: Visitor, scene: Scene) -> None:
    page = upload(
        ani, scene, "Name (Original Name),User Email,Total Duration (Minutes),Guest\nWarga 001,,66,Yes\n"
    )
    confirm(ani, scene, page)
    with app.app_context():
        known = verdict_of(scene.seats[0])
        assert (known.status, known.first_in) == ("hadir", None)


def test_only_the_hours_of_this_session_count() -> None:
    text = (
        "Name,Join time,Leave time,Duration\n"
        f"Pagi,{DAY:%Y-%m-%d} 06:00:00,{DAY:%Y-%m-%d} 07:00:00,60\n"
        f"Siang,{DAY:%Y-%m-%d} 07:00:00,{DAY:%Y-%m-%d} 10:00:00,180\n"
        f"Siang,{DAY:%Y-%m-%d} 09:30:00,{DAY:%Y-%m-%d} 10:30:00,60\n"
    )
    hours = Hours(NINE, NINE + timedelta(hours=3), NINE + timedelta(minutes=15))
    found = gather(read(text.encode(), 420, NINE), Choice(420), hours)
    (one,) = found.shown
    assert (one.name, one.minutes, one.joins, found.outside) == ("Siang", 150, 2, 1)
    assert one.join == NINE - timedelta(hours=1), "from when the doors were open"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Pilih dulu berkas CSV|bukan daftar peserta"),
        (b"PK\x03\x04" + b"\0" * 200, "berkas Excel"),
        (bytes(range(256)) * 40, "bukan CSV yang terbaca"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\2" * 99, "bukan CSV yang terbaca"),
        ("No,HP\n1,0812\n", "bukan daftar peserta Zoom"),
        ("Name,Join time\n", "kosong"),
        ("Name,Join time,Duration\nBudi,kemarin pagi,5\n", "Baris 2: waktu “kemarin pagi”"),
        (f"Name,Join time,Duration\n,{US} 09:00:00 AM,5\n", "Baris 2: namanya kosong"),
        (f"Name,Join time,Duration\nBudi,{US} 09:00:00 AM,lama\n", "Baris 2: durasi “lama”"),
        ("Name,Join time,Duration\nBudi,01/02/2023 09:00:00 AM,5\n", "daftar rapat yang lain"),
        ("Name,Duration\n" + "Budi,5\n" * 5100, "lebih dari 5.000 baris"),
        ("Name,Duration\r" + "Budi,5\r" * 5100, "lebih dari 5.000 baris"),
        ("," * 100 + "Name,Duration\nBudi,5\n", "bukan daftar peserta Zoom"),
        ("Name,Duration\n" + "".join(f"Orang {n},5\n" for n in range(1001)), "lebih dari 1.000 nama"),
        ('Name,Duration\n"' + "x" * 200_000 + '",5\n', "bukan CSV yang terbaca"),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_and_stores_nothing(
    app: Flask, ani: Visitor, scene: Scene, content: str | bytes, says: str
) -> None:
    page = upload(ani, scene, content, 422)
    assert any(one in page.words(".sum") for one in says.split("|")), page.words(".sum")
    assert records(app) == 0


def test_a_huge_file_is_told_too(ani: Visitor, scene: Scene) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="berkas"; filename="a.csv"\r\n\r\nName,Duration\n'
    body = head + b"x" * 2_200_000 + b"\r\n--x--\r\n"
    page = ani.post(url(scene), body, 413, content_type="multipart/form-data; boundary=x")
    assert "lebih dari 2 MB" in page.words(".sum")
    assert "Pilih dulu berkas" in ani.post(url(scene), {}, 422).words(".sum")


def test_a_formula_is_a_name_like_any_other(app: Flask, ani: Visitor, scene: Scene) -> None:
    text = f'Name,Join time,Duration\n"=HYPERLINK(""http://x"")",{US} 09:00:00 AM,5\n<script>,{US} 09:00:00 AM,5\n'
    page = upload(ani, scene, text)
    assert not page.soup.select("#cocok script") and "=HYPERLINK" in page.words("#cocok")
    confirm(ani, scene, page, **{"pilih-0": "tamu", "pilih-1": "tamu"})
    table = ani.get(f"/lembar/{scene.sheet}/hadir.csv").text
    assert "'=HYPERLINK" in table


def test_what_comes_back_must_be_what_we_wrote(app: Flask, ani: Visitor, scene: Scene) -> None:
    with app.app_context():
        other = meeting_of(1)
    page = upload(ani, scene, ENGLISH)
    fields = chosen(page)
    save = f"{url(scene)}/simpan"
    ani.post(save, {**fields, "daftar": fields["daftar"][:-3]})
    ani.post(save, {})
    ani.post(f"{url(scene)}/baca", {})
    assert "Unggah berkasnya sekali lagi" in ani.get(url(scene)).words(".note.bad")
    for door in ("simpan", "baca"):
        ani.post(f"{url(other)}/{door}", fields, 404)
    nothing = {name: "" if name.startswith("pilih") else told for name, told in fields.items()}
    assert "Belum ada yang dipilih" in ani.post(save, nothing, 422).words(".sum")
    foreign = {"pilih-0": str(other.seats[0])}
    assert "tidak terbaca" in ani.post(save, fields | foreign, 422).words(".sum")
    with time_machine.travel(EVENING + timedelta(hours=25), tick=False):
        ani.post(save, fields)
    assert records(app) == 0


def test_the_page_says_as_what_it_read_the_file_and_reads_it_otherwise(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    """The account was left on UTC, so that nobody seems to have been there."""
    at, left = NINE + timedelta(minutes=3), NINE + timedelta(hours=2)
    text = f"Name,Join time,Leave time,Duration\nWarga 001,{at:%m/%d/%Y %H:%M},{left:%m/%d/%Y %H:%M},117\n"
    page = upload(ani, scene, text)
    assert "Tidak seorang pun" in page.words(".note") and "jam WIB" in page.words("#zoom_reading")
    assert "UTC+0 (1 orang di jam sesi)" in page.words("#zona")
    changed = chosen(page) | {"zona": "0"}
    unread = ani.post(f"{url(scene)}/simpan", changed, 422)
    assert "dibaca dengan cara yang baru" in unread.words(".sum")
    page = ani.post(f"{url(scene)}/baca", changed, 200)
    assert "masuk 09.03, 117 menit" in page.words("#cocok") and "jam UTC+0" in page.words(
        "#zoom_reading summary"
    )
    assert page.text.count("<html") == 1 and records(app) == 0
    confirm(ani, scene, page)
    with app.app_context():
        assert verdict_of(scene.seats[0]).first_in == at


def test_what_cannot_be_chosen_is_as_if_nothing_was(ani: Visitor, scene: Scene) -> None:
    page = upload(ani, scene, ENGLISH)
    odd = chosen(page) | {"zona": "13", "satu": "semua", "kolom": "-1"}
    assert "satu nama, satu orang" in ani.post(f"{url(scene)}/baca", odd, 200).words("#zoom_reading summary")


def test_guests_whose_names_are_pictures_are_as_many_as_they_are(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    text = "Name,Join time,Duration\n" + "".join(
        f"{name},{US} 09:0{n}:00 AM,60\n" for n, name in enumerate("🌸🔥…")
    )
    for _ in range(2):
        page = upload(ani, scene, text)
        confirm(ani, scene, page, **{f"pilih-{place_of(page, name)}": "tamu" for name in "🌸🔥…"})
    with app.app_context(), everywhere("a test looks"):
        guests = db.session.scalars(select(Invitation).where(Invitation.walk_in)).all()
        assert sorted(str(one.guest_name) for one in guests) == sorted("🌸🔥…")


def test_two_guests_of_one_name_keep_their_own_hours(app: Flask, ani: Visitor, scene: Scene) -> None:
    text = f"Name,Join time,Duration\niPhone,{US} 09:01:00 AM,20\niPhone,{US} 09:40:00 AM,60\n"
    page = upload(ani, scene, text)
    page = ani.post(f"{url(scene)}/baca", chosen(page) | {"satu": "baris"}, 200)
    confirm(ani, scene, page, **{"pilih-0": "tamu", "pilih-1": "tamu"})
    with app.app_context(), everywhere("a test looks"):
        guests = db.session.scalars(select(Invitation).where(Invitation.walk_in)).all()
        hours = sorted((verdict_of(one.id).first_in - NINE).seconds // 60 for one in guests)
        assert hours == [1, 40]


@pytest.mark.parametrize(("name", "status"), [("🌸", 303), ("A", 422), ("...", 303)])
def test_at_the_door_a_picture_is_a_name_too(ani: Visitor, scene: Scene, name: str, status: int) -> None:
    told = {"rapat": scene.meeting, "lembar": scene.sheet, "nama": name} | stamp(NINE)
    with time_machine.travel(NINE + timedelta(minutes=1), tick=False):
        ani.post(f"/lembar/{scene.sheet}/tamu", told, status)


def test_strangers_find_nothing_and_a_closed_list_says_so(
    app: Flask, ani: Visitor, citra: Visitor, eko: Visitor, scene: Scene
) -> None:
    page = upload(ani, scene, ENGLISH)
    for who in (citra, eko):
        who.get(url(scene), 404)
        upload(who, scene, ENGLISH, 404)
        confirm(who, scene, page, 404)
    hand_in(ani, scene)
    assert "sudah diajukan" in ani.get(url(scene)).words("main")
    assert "sudah diajukan" in confirm(ani, scene, page, 422).words(".sum")
    assert ANI.id and records(app) == 0


def test_hundreds_of_names_cost_no_statement_a_name(
    app: Flask, ani: Visitor, statements: Callable[[], Any]
) -> None:
    with app.app_context():
        scene = meeting_of(300)
    rows = "".join(f"Warga {n:03},{US} 09:00:00 AM,60\n" for n in range(1, 301))
    with statements() as seen:
        page = upload(ani, scene, "Name,Join time,Duration\n" + rows)
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        confirm(ani, scene, page)
    assert len(seen.work) <= 10, seen.work
    assert records(app) == 300


def test_every_guest_of_the_list_counts_in_the_keepers_budget_and_there_is_an_end_of_them(
    app: Flask, ani: Visitor, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def guests(first: int, status: int = 303) -> Page:
        names = "".join(
            f"Tamu {n},,{US} 09:00:00 AM,{US} 12:00:00 PM,180,Yes,No\n" for n in range(first, first + 3)
        )
        page = upload(ani, scene, ENGLISH.partition("\n")[0] + "\n" + names)
        return confirm(ani, scene, page, status, **{f"pilih-{n}": "tamu" for n in range(3)})

    def spent() -> int:
        with app.app_context():
            return db.session.scalars(select(SenderBudget.items)).one()

    monkeypatch.setitem(app.config, "SIMPUL", replace(app.config["SIMPUL"], budget_items=3))
    guests(0)
    assert (spent(), records(app)) == (4, 3), "what is larger than any budget passes as the first of its hour"
    assert "terlalu banyak" in guests(3, 429).words(".sum")
    monkeypatch.setitem(app.config, "SIMPUL", replace(app.config["SIMPUL"], budget_items=600))
    monkeypatch.setattr(paper, "MOST_GUESTS", 5)
    assert "paling banyak 5 tamu" in guests(3, 422).words(".sum")
    assert (spent(), records(app)) == (4, 3)

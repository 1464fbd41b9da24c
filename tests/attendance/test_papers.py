"""Paper and tables: they say what the screen says, whoever is on the list, and fit on their pages."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select

from tests.attendance.scenes import NINE, also_invited, meeting_of
from tests.cast import ANI, CENGKARENG, KAPUK, LONG_AGO
from tests.effort import FULL
from tests.visits import Visitor
from webapp.attendance.figures.papers.certificate import certificate_pdf
from webapp.attendance.figures.papers.minutes import FollowUpLine, Minutes, minutes_pdf
from webapp.attendance.models import Invitation, Meeting, MeetingSession, Sheet, Site, Status, Verdict
from webapp.attendance.rules.laying import lay
from webapp.people.models import Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

WORDS = tuple(status.value for status in Status)
CAME = (Status.HADIR, Status.TERLAMBAT)
TWELVE = 12  # people who may be invited to a random meeting
NAMES = (
    "Muhammad Abdurrahman Al-Ghifari Siregar Nasution bin Haji Sulaiman Harahap",
    "X" * 120,
    "محمد عبد الله",
    "李小龙",
    "Zé\u0301\u0323 🎉\u202etsil\u202c\u0007",
    "Пётр Ωμέγα",
    "=cmd|' /C calc'!A0",
)


def paper_of(who: Visitor, path: str) -> PdfReader:
    return PdfReader(io.BytesIO(who.get(path).response.get_data()))


def words_of(paper: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in paper.pages).split())


def renamed(names: tuple[str, ...], phone: str | None = None) -> None:
    """The newest people get these names. Inside an app context."""
    with writing(), everywhere("a scene is set"):
        newest = db.session.scalars(select(Person).order_by(Person.id.desc()).limit(len(names)))
        for person, name in zip(newest, names, strict=True):
            person.name, person.phone = name, phone


# --- the list to be signed -----------------------------------------------------------------------------------


def test_63_people_and_20_empty_rows_fit_four_pages(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(
            63, title="Rakor " + "Saksi Tempat Pemungutan Suara " * 6, place="Gedung Serbaguna " * 10
        )
    paper = paper_of(ani, f"/lembar/{scene.sheet}/hadir.pdf?isi=kosong")
    assert len(paper.pages) <= 4
    words = words_of(paper)
    assert all(f"Warga {n:03}" in words for n in range(1, 64))
    assert all(f" {n}. " in f"{words} " for n in range(1, 84)) and "84." not in words
    assert "DAFTAR HADIR" in words and "Mengetahui," in words and "1/4" in words and "4/4" in words
    assert all(f"#{seat}" in words for seat in scene.seats)
    for page in paper.pages:
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)


def test_every_paper_is_headed_by_the_organisation(
    app: Flask, ani: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = replace(app.config["SIMPUL"], organisation="Relawan Contoh")
    monkeypatch.setitem(app.config, "SIMPUL", told)
    with app.app_context():
        scene = meeting_of(1)
    for path in (f"/lembar/{scene.sheet}/hadir.pdf", f"/rapat/{scene.meeting}/notulen.pdf"):
        assert words_of(paper_of(ani, path)).startswith("Relawan Contoh")


def test_the_filled_list_says_what_was_recorded_instead_of_asking_for_signatures(
    app: Flask, ani: Visitor
) -> None:
    with app.app_context():
        scene = meeting_of(63)
        _say(scene.session, [(scene.seats[0], "hadir"), (scene.seats[1], "sakit")])
    words = words_of(paper_of(ani, f"/lembar/{scene.sheet}/hadir.pdf?isi=terisi"))
    assert "Tanda tangan" not in words and "Hadir 09.00" in words
    assert "Sakit 1 dari 63 undangan" in words and "belum diajukan" in words


def test_no_whole_phone_number_stands_on_paper(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2)
        also_invited(scene, ANI)
        renamed(("Siti", "Tono"), "+6281234560017")
    for form in ("kosong", "terisi"):
        words = words_of(paper_of(ani, f"/lembar/{scene.sheet}/hadir.pdf?isi={form}"))
        assert "0812-••••-0017" in words and "3456" not in words and ANI.phone[-8:] not in words


def test_a_delegate_stands_on_paper_with_whom_she_stands_for(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2)
        with writing(), everywhere("a scene is set"):
            db.session.get_one(Invitation, scene.seats[0]).stands_for = scene.seats[1]
    assert "mewakili Warga 002" in words_of(paper_of(ani, f"/lembar/{scene.sheet}/hadir.pdf"))
    assert "mewakili Warga 002" in ani.get(f"/lembar/{scene.sheet}/hadir.csv").text


@pytest.mark.parametrize("form", ["kosong", "terisi"])
def test_any_name_can_be_printed(app: Flask, ani: Visitor, form: str) -> None:
    with app.app_context():
        scene = meeting_of(len(NAMES), title="\u202eRapat 会议 🎉", place="Jl. ☃" * 40)
        renamed(NAMES)
    words = words_of(paper_of(ani, f"/lembar/{scene.sheet}/hadir.pdf?isi={form}"))
    assert "□□□" in words and "Пётр Ωμέγα" in words and "=cmd|" in words


def test_a_list_too_long_for_paper_is_refused_in_a_sentence(
    app: Flask, ani: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.attendance.views.papers.LONGEST", 2)
    with app.app_context():
        scene = meeting_of(3)
    page = ani.get(f"/lembar/{scene.sheet}/hadir.pdf", 422)
    assert "terlalu panjang untuk satu PDF" in page.text and "XLSX" in page.text
    ani.get(f"/lembar/{scene.sheet}/hadir.xlsx")


# --- 200 random meetings ---------------------------------------------------------------------------------------

Seat = tuple[
    int | None, bool, tuple[str, str]
]  # who of the twelve (None: a name only), guest, word at each session
seats = st.lists(
    st.tuples(
        st.none() | st.integers(0, TWELVE - 1), st.booleans(), st.tuples(*[st.sampled_from(WORDS)] * 2)
    ),
    max_size=5,
    unique_by=lambda seat: seat[0] if seat[0] is not None else object(),
)
sites = st.lists(st.tuples(seats, st.none() | st.integers(0, 20)), min_size=1, max_size=2)


@pytest.fixture
def twelve(app: Flask) -> list[int]:
    with app.app_context(), writing(), everywhere("a scene is set"):
        people = [
            Person(name=f"Orang {n}", search_name=f"orang {n}", region_code=KAPUK, created_at=LONG_AGO)
            for n in range(TWELVE)
        ]
        db.session.add_all(people)
        db.session.flush()
        return [one.id for one in people]


def random_meetings(most: int) -> settings:
    """The same ones in every run; the database of the test goes on from one to the next.

    Drawing and reading paper costs what it costs: outside `FULL` a tenth of them are tried.
    """
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(
        max_examples=most if FULL else most // 20,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=checks,
    )


@pytest.mark.slow
@random_meetings(200)
@given(listed=seats, heads=st.none() | st.integers(0, 20))
def test_screen_tables_and_paper_agree_whatever_was_recorded(
    app: Flask, eko: Visitor, twelve: list[int], listed: list[Seat], heads: int | None
) -> None:
    with app.app_context():
        _meeting, sheet = _held([(listed, heads)], 1, twelve)
    expected = _expected([(guest, words[0]) for _who, guest, words in listed], heads)
    assert _on_screen(eko, sheet) == _rates(expected)
    assert _in_csv(eko, f"/lembar/{sheet}/hadir.csv") == expected
    assert _in_book(eko, f"/lembar/{sheet}/hadir.xlsx") == expected
    assert _on_paper(eko, f"/lembar/{sheet}/hadir.pdf?isi=terisi") == expected


@random_meetings(50)
@given(plan=sites, sessions=st.integers(1, 2))
def test_the_page_of_a_meeting_and_its_tables_agree(
    app: Flask, eko: Visitor, twelve: list[int], plan: list[tuple[list[Seat], int | None]], sessions: int
) -> None:
    with app.app_context():
        meeting, _sheet = _held(plan, sessions, twelve)
    persons = _in_csv(eko, f"/rapat/{meeting}/rekap.csv")
    known = {who for listed, _heads in plan for who, _guest, _words in listed if who is not None}
    invited = {who for listed, _heads in plan for who, guest, _words in listed if who in known and not guest}
    names = sum(who is None and not guest for listed, _heads in plan for who, guest, _words in listed)
    assert len(invited) + names <= persons["dari"] <= len(known) + names
    assert persons == _in_book(eko, f"/rapat/{meeting}/rekap.xlsx")
    assert _on_the_page(eko, meeting) == _rates(persons)


def _held(plan: list[tuple[list[Seat], int | None]], sessions: int, twelve: list[int]) -> tuple[int, int]:
    """The meeting, and the list of its first session at its first site."""
    with writing(), everywhere("a scene is set"):
        meeting = Meeting(
            region_code=CENGKARENG, kind="rakor", title="Rakor", created_by=ANI.id, created_at=NINE
        )
        db.session.add(meeting)
        db.session.flush()
        for number in range(sessions):
            start = NINE + timedelta(hours=4 * number)
            hours = {
                "starts_at": start,
                "ends_at": start + timedelta(hours=3),
                "late_after": start,
                "offset": 420,
            }
            db.session.add(MeetingSession(meeting_id=meeting.id, region_code=CENGKARENG, **hours))
        said = [_site(meeting.id, listed, twelve) for listed, _heads in plan]
        lay(meeting.id)
        for verdict in db.session.scalars(
            select(Verdict)
            .join(Invitation)
            .where(Invitation.meeting_id == meeting.id)
            .order_by(Verdict.session_id)
        ):
            words = next(told for told in said if verdict.invitation_id in told)[verdict.invitation_id]
            verdict.status, verdict.first_in = words.pop(0), NINE
        found = select(Sheet).where(Sheet.meeting_id == meeting.id).order_by(Sheet.session_id, Sheet.site_id)
        lists = db.session.scalars(found).all()
        for sheet, (_listed, heads) in zip(lists, plan, strict=False):
            sheet.head_count = heads
        return meeting.id, lists[0].id


def _site(meeting: int, listed: list[Seat], twelve: list[int]) -> dict[int, list[str]]:
    """A site with its seats: what is said of each at each session."""
    site = Site(meeting_id=meeting, region_code=CENGKARENG, place="Aula", offset=420)
    db.session.add(site)
    db.session.flush()
    found = {}
    for who, guest, words in listed:
        person = None if who is None else twelve[who]
        seat = Invitation(
            meeting_id=meeting,
            site_id=site.id,
            region_code=CENGKARENG,
            person_id=person,
            guest_name=None if person else "Tamu",
            walk_in=guest,
            invited_by=ANI.id,
            invited_at=NINE,
        )
        db.session.add(seat)
        db.session.flush()
        found[seat.id] = list(words)
    return found


def _say(session: int, told: list[tuple[int, str]]) -> None:
    with writing(), everywhere("a scene is set"):
        for seat, word in told:
            verdict = db.session.get_one(Verdict, (seat, session))
            verdict.status, verdict.method = word, "tap"
            verdict.first_in = verdict.said_at = NINE


def _expected(said: list[tuple[bool, str]], heads: int | None) -> dict[str, int]:
    """Counted here once more, in another way."""
    invited = [word for guest, word in said if not guest]
    numbers = {word: invited.count(word) for word in WORDS}
    numbers["tamu"] = sum(guest and word in CAME for guest, word in said)
    numbers["dari"] = len(invited)
    if heads is not None:
        here = numbers["hadir"] + numbers["terlambat"] + numbers["tamu"]
        numbers |= {"hitungan kepala": heads, "selisih": heads - here}
    return numbers


def _rates(numbers: dict[str, int]) -> list[str]:
    """As the screens put them together."""
    seats = numbers["dari"]
    came, excused = numbers["hadir"] + numbers["terlambat"], numbers["izin"] + numbers["sakit"]
    return [f"{came}/{seats}", f"{excused}/{seats}", f"{numbers['alpa']}/{seats}", str(numbers["tamu"])]


def _on_screen(who: Visitor, sheet: int) -> list[str]:
    return [dd.get_text().split()[0] for dd in who.get(f"/tinjauan/{sheet}").soup.select(".rates dd")]


def _on_the_page(who: Visitor, meeting: int) -> list[str]:
    page = who.get(f"/rapat/{meeting}")
    came, seats = page.one(".count b").get_text().split("/")
    izin, sick, absent, _open, guests = re.findall(r"\d+", page.words(".count ~ .small"))[:5]
    return [f"{came}/{seats}", f"{int(izin) + int(sick)}/{seats}", f"{absent}/{seats}", guests]


def _totals(rows: list[list[Any]]) -> dict[str, int]:
    """The block of totals of a table, with what they are a part of."""
    found = [
        row[:3]
        for row in rows
        if row[0] and str(row[0]).lower() in (*WORDS, "tamu", "hitungan kepala", "selisih")
    ]
    numbers = {str(words): int(number) for words, number, _of in found}
    return numbers | {"dari": int(re.findall(r"\d+", str(found[0][2]))[0])}


def _in_csv(who: Visitor, path: str) -> dict[str, int]:
    text = who.get(path).text.lstrip("\ufeff")
    return _totals([row for row in csv.reader(io.StringIO(text), delimiter=";") if len(row) > 2])


def _in_book(who: Visitor, path: str) -> dict[str, int]:
    book = openpyxl.load_workbook(io.BytesIO(who.get(path).response.get_data()), read_only=True)
    return _totals([[*row] for row in book.worksheets[0].iter_rows(values_only=True) if len(row) > 2])


def _on_paper(who: Visitor, path: str) -> dict[str, int]:
    _list, _mark, block = words_of(paper_of(who, path)).rpartition("Jumlah Hadir")
    told = f"Hadir{block}"
    pattern = (
        r"(Hadir|Terlambat|Izin|Sakit|Alpa|Belum|Tamu|Hitungan kepala|Selisih) (-?\d+) (dari \d+ undangan)?"
    )
    found = re.findall(pattern, told)
    return {word.lower(): int(number) for word, number, _of in found} | {
        "dari": int(re.findall(r"\d+", found[0][2])[0])
    }


# --- certificate and minutes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Budi Santoso", *NAMES])
def test_a_certificate_is_one_page_across_whatever_the_name(app: Flask, name: str) -> None:
    with app.test_request_context():
        content = certificate_pdf(
            name, "Bimtek " + name, date(2024, 11, 9), "K7-22", "https://x.example/sertifikat/K7-22"
        )
    paper = PdfReader(io.BytesIO(content))
    assert len(paper.pages) == 1 and paper.pages[0].mediabox.width > paper.pages[0].mediabox.height
    words = words_of(paper)
    assert "SERTIFIKAT" in words and "K7-22" in words and "Sabtu 9 November 2024" in words


def _minutes(points: int, words: str) -> Minutes:
    return Minutes(
        *("Rakor", "Rakor", "Sabtu 9 November 2024", "Aula", "40 dari 63 undangan"),
        agenda=["Pembukaan"],
        decisions=[f"{n} {words}" for n in range(points)],
        follow_ups=[FollowUpLine("Cetak daftar", "Ani", "12 November")],
    )


@pytest.mark.parametrize(("points", "whole"), [(0, True), (5, True), (30, True), (80, False), (3000, False)])
def test_minutes_fit_one_page_and_say_where_the_rest_is(app: Flask, points: int, whole: bool) -> None:
    with app.test_request_context():
        content = minutes_pdf(_minutes(points, "Setiap TPS dijaga dua saksi yang terlatih. " * 2))
    paper = PdfReader(io.BytesIO(content))
    assert len(paper.pages) == 1
    words = words_of(paper)
    assert ("Cetak daftar — Ani, paling lambat 12 November" in words) is whole
    assert ("selengkapnya di Simpul" in words) is not whole
    assert ("Belum ada." in words) is (points == 0)


def test_one_point_of_any_length_does_not_push_the_page(app: Flask) -> None:
    with app.test_request_context():
        content = minutes_pdf(_minutes(2, "kata\n" * 5000 + "x" * 20000))
    assert len(PdfReader(io.BytesIO(content)).pages) == 1

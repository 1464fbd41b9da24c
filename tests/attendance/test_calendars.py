"""The own calendar: a private address that opens one person's meetings and nothing else, and can be taken back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar
from sqlalchemy import select

from tests.attendance.scenes import NINE, also_invited, meeting_of
from tests.attendance.test_arranging import hours, place
from tests.cast import ANI, BUDI, CANARY, CENGKARENG, CITRA, KARTIKA, KOTA
from tests.visits import Visitor
from webapp.attendance.figures.calendars import Entry, calendar_of
from webapp.attendance.models import CalendarFeed
from webapp.people.models import Account, Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.logs import Discreet


def address(who: Visitor) -> str:
    """The path of a new address."""
    who.post("/kalender", {})
    return "/kalender/" + who.get("/kalender").one("textarea").text.strip().rpartition("/")[2]


def events(who: Visitor, path: str) -> list[Any]:
    page = who.get(path)
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    data = page.response.get_data()
    found = list(Calendar.from_ical(data).walk("VEVENT"))
    assert read_elsewhere(data) == [
        (one["UID"], one["SUMMARY"], one["DTSTART"].dt, one["DTEND"].dt) for one in found
    ]
    return found


def read_elsewhere(data: bytes) -> list[tuple[Any, ...]]:
    """The same as a reader sees it that did not write it: the remote calendar of a smart home."""
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    read = IcsCalendarStream.calendar_from_ics(data.decode())
    return [(one.uid, one.summary, one.dtstart, one.dtend) for one in read.events]


@pytest.fixture
def budis(app: Flask, budi: Visitor) -> str:
    with app.app_context():
        scene = meeting_of(2, place="Aula Kapuk", link="https://zoom.example/1")
        also_invited(scene, BUDI, CITRA)
        meeting_of(1, title="Rapat lain")
    return address(budi)


def test_a_calendar_shows_the_own_meetings_and_nobody_elses_name(stranger: Visitor, budis: str) -> None:
    (event,) = events(stranger, budis)
    assert (event["SUMMARY"], event["LOCATION"]) == ("Rakor Cengkareng", "Aula Kapuk, Cengkareng")
    assert event["DTSTART"].dt == NINE and event["DTEND"].dt == NINE + timedelta(hours=3)
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 0)
    assert event["URL"].endswith("/rapat/1") and "https://zoom.example/1" in event["DESCRIPTION"]
    text = stranger.get(budis).text
    for name in ("Warga", BUDI.name, ANI.name, CANARY, "Rapat lain", "+62", "ATTENDEE", "ORGANIZER"):
        assert name not in text
    assert "DTSTAMP:" in text and "LAST-MODIFIED:" in text and f"DTSTART:{NINE:%Y%m%dT%H%M%SZ}" in text


def test_readers_are_told_in_the_words_of_the_standard_when_to_look_again(
    stranger: Visitor, budis: str
) -> None:
    """RFC 7986 5.7 and RFC 5545 3.3.6: a duration begins with P. Outlook knows the second one."""
    lines = stranger.get(budis).text.split("\r\n")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines and "X-PUBLISHED-TTL:PT1H" in lines
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]


@pytest.mark.parametrize(
    "typed",
    [
        "Rakor; saksi, \\n dan BEGIN:VEVENT",
        "Rapat évaluasi Ñ 🌸 " + "panjang sekali " * 10,
        "satu\x0bdua\x0ctiga\x1cempat\x85lima\u2028enam\u2029tujuh\rdelapan\x07",
        'kutip "ganda": titik dua = sama dengan',
    ],
)
def test_whatever_was_typed_stays_inside_of_its_line(typed: str) -> None:
    at = NINE - timedelta(days=1)
    entry = Entry(
        1,
        2,
        typed,
        None,
        NINE,
        NINE + timedelta(hours=1),
        at,
        None,
        0,
        True,
        typed,
        "tatap muka",
        typed,
        None,
        typed,
    )
    data = calendar_of(
        [entry, replace(entry, session_id=3)], lambda _meeting: "https://simpul.example/rapat/1"
    )
    for uid, summary, starts, ends in read_elsewhere(data):
        assert uid.endswith("@simpul") and (starts, ends) == (entry.starts_at, entry.ends_at)
        assert (
            summary.split()
            == typed.translate(dict.fromkeys(map(ord, "\x07\r\x0b\x0c\x1c\x85\u2028\u2029"), " ")).split()
        )
    assert len(read_elsewhere(data)) == 2


def test_it_changes_with_the_meeting_and_keeps_its_id(ani: Visitor, stranger: Visitor, budis: str) -> None:
    (before,) = events(stranger, budis)
    ani.post("/rapat/1/batal", {"alasan": "Gedung banjir"})
    (off,) = events(stranger, budis)
    assert (off["UID"], off["STATUS"], off["SEQUENCE"]) == (before["UID"], "CANCELLED", 1)
    assert "Gedung banjir" in off["DESCRIPTION"] and off["LAST-MODIFIED"].dt >= before["LAST-MODIFIED"].dt
    ani.post("/rapat/1/aktifkan", {})
    ani.post("/rapat/1/susunan/sesi", hours())
    again, second = events(stranger, budis)
    assert (again["UID"], again["STATUS"], again["SEQUENCE"]) == (before["UID"], "CONFIRMED", 3)
    assert second["UID"] != again["UID"] and second["SUMMARY"] == "Rakor Cengkareng · Hari kedua"


def test_what_has_not_changed_is_not_sent_again(ani: Visitor, stranger: Visitor, budis: str) -> None:
    tag = stranger.get(budis).headers["ETag"]
    assert stranger.get(budis).headers["ETag"] == tag
    stranger.get(budis, 304, headers={"If-None-Match": tag})
    ani.post("/rapat/1/batal", {"alasan": "Gedung banjir"})
    assert stranger.get(budis, headers={"If-None-Match": tag}).headers["ETag"] != tag


def test_a_new_address_makes_the_old_one_worthless(
    app: Flask, budi: Visitor, stranger: Visitor, budis: str
) -> None:
    new = address(budi)
    assert new != budis
    stranger.get(budis, 404)
    stranger.get(new)
    budi.post("/kalender", {"hapus": "1"})
    budi.post("/kalender", {"hapus": "1"})
    stranger.get(new, 404)
    assert "Buat alamat" in budi.get("/kalender").words("button")
    stranger.get("/kalender/x.ics", 404)
    with app.app_context():
        assert not db.session.scalars(select(CalendarFeed)).all()
    assert len(new.rpartition("/")[2]) >= 32 + 4, "192 bits"


def test_each_person_has_an_address_of_her_own(ani: Visitor, budi: Visitor) -> None:
    first, second = address(ani), address(budi)
    assert first != second
    assert first.split("/")[2] not in budi.get("/kalender").text
    assert budi.get("/kalender").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("how", ["withdrawn", "off"])
def test_who_takes_no_part_any_more_has_no_calendar(
    app: Flask, stranger: Visitor, budis: str, how: str
) -> None:
    with app.app_context(), writing(), everywhere("somebody leaves"):
        if how == "withdrawn":
            db.session.get_one(Person, BUDI.id).withdrawn_at = now()
        else:
            db.session.get_one(Account, BUDI.id).active = False
    stranger.get(budis, 404)


def test_a_keeper_has_the_sites_of_her_own_region_and_those_in_her_charge(
    app: Flask, ani: Visitor, kartika: Visitor, citra: Visitor, stranger: Visitor
) -> None:
    with app.app_context():
        meeting_of(1, title="Rakor kecamatan")
        meeting_of(1, by=KARTIKA, code=KOTA, title="Rakor kota")
    kartika.post("/rapat/2/susunan/lokasi", place(CENGKARENG, tempat="Aula Ani", pj=str(ANI.id)))
    told = [(one["SUMMARY"], one["LOCATION"]) for one in events(stranger, address(ani))]
    assert sorted(told) == [("Rakor kecamatan", "Cengkareng"), ("Rakor kota", "Aula Ani, Cengkareng")]
    assert [one["SUMMARY"] for one in events(stranger, address(kartika))] == ["Rakor kota"]
    assert events(stranger, address(citra)) == []


def test_what_was_long_ago_is_left_out(app: Flask, ani: Visitor, stranger: Visitor) -> None:
    with app.app_context():
        for days, title in ((-40, "Dulu"), (-20, "Baru saja"), (300, "Kelak")):
            meeting_of(1, title=title, start=now() + timedelta(days=days))
    assert [one["SUMMARY"] for one in events(stranger, address(ani))] == ["Baru saja", "Kelak"]


def test_the_feed_costs_two_statements_however_many_meetings(
    app: Flask, ani: Visitor, stranger: Visitor, statements: Any
) -> None:
    path, many = address(ani), []
    for more in (1, 20):
        with app.app_context():
            for n in range(more):
                meeting_of(1, start=NINE + timedelta(days=n))
        stranger.get(path)
        with statements() as seen:
            stranger.get(path)
        many.append(len(seen.work))
    assert many == [2, 2]


@pytest.fixture
def written() -> Iterator[list[str]]:
    """What the log of this process says, as it would be written."""
    said: list[str] = []
    form = Discreet("%(message)s")

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(form.format(record))

    ear = Ear(level=logging.DEBUG)
    logging.getLogger().addHandler(ear)
    yield said
    logging.getLogger().removeHandler(ear)


def test_the_address_never_stands_in_a_log(written: list[str]) -> None:
    logging.getLogger("x").error(
        "GET %s failed: %s", "/kalender/geheim_Token-123.ics", "https://s/kalender/abc-_9"
    )
    assert written == ["GET /kalender/[rahasia] failed: https://s/kalender/[rahasia]"]


def test_gunicorn_writes_no_address_either() -> None:
    import runpy
    from pathlib import Path
    from types import SimpleNamespace

    from gunicorn.config import Config

    told = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
    logger = told["logger_class"](Config())
    request = SimpleNamespace(headers=[])
    answer = SimpleNamespace(status="200 OK", sent=1, headers=[])
    path = "/kalender/geheim_Token-123.ics"
    environ = {"PATH_INFO": path, "RAW_URI": path, "REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1"}
    atoms = logger.atoms(answer, request, environ, timedelta(seconds=1))
    assert "geheim" not in str(atoms) and atoms["U"] == "/kalender/[rahasia]"

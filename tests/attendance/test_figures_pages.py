"""The pages of the figures: what they print, how one walks down, what they refuse, and what they weigh."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import brotli
import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from tests.attendance.history import SERIES, Maker, Past
from tests.cast import ANI, BUDI, CENGKARENG, CITRA, EKO, GROGOL, KAPUK, KOTA, LONG_AGO
from tests.visits import Page, Visitor
from webapp.attendance.models import Invitation, Meeting, MeetingSession, Sheet, Site, Verdict
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db

ALL = "dari=2024-09-01&sampai=2024-12-31"
TABLES = ("wilayah", "peran", "simpul", "seri")


@pytest.fixture
def past(app: Flask) -> Past:
    with app.app_context():
        made = Maker(7).make(meetings=16)
        db.session.expunge_all()
        db.session.remove()
    return made


def one_meeting(
    app: Flask, statuses: str, *, state: str = "diajukan", said: str = "", guests: int = 0
) -> int:
    """Two days ago: a seat of Kapuk for each letter of `statuses` (h t i s a), those in `said` (y) said yes."""
    words = {"h": "hadir", "t": "terlambat", "i": "izin", "s": "sakit", "a": "alpa"}
    with app.app_context(), everywhere("a scene is set"):
        at = now() - timedelta(days=2)
        meeting = Meeting(
            region_code=CENGKARENG, kind="rakor", title="Rakor Cengkareng", created_by=ANI.id, created_at=at
        )
        db.session.add(meeting)
        db.session.flush()
        told = {"meeting_id": meeting.id, "region_code": CENGKARENG}
        session = MeetingSession(
            starts_at=at, ends_at=at + timedelta(hours=3), late_after=at, offset=420, **told
        )
        site = Site(offset=420, **told)
        db.session.add_all([session, site])
        db.session.flush()
        db.session.add(Sheet(session_id=session.id, site_id=site.id, state=state, **told))
        for place, letter in enumerate(statuses + "h" * guests):
            walk_in = place >= len(statuses)
            seat = Invitation(
                site_id=site.id, role=None if walk_in else "witness", seat_code=None if walk_in else KAPUK,
                person_id=BUDI.id if place == 0 else None, walk_in=walk_in, invited_by=ANI.id,
                invited_at=LONG_AGO, rsvp="datang" if said[place : place + 1] == "y" else None, **told,
            )  # fmt: skip
            db.session.add(seat)
            db.session.flush()
            db.session.add(
                Verdict(
                    invitation_id=seat.id, session_id=session.id, region_code=CENGKARENG, status=words[letter]
                )
            )
        db.session.commit()
        made = meeting.id
        db.session.remove()
    return made


def test_every_number_stands_with_what_it_is_a_part_of(app: Flask, ani: Visitor) -> None:
    one_meeting(app, "hhtisaa", said="yyyyyyn", guests=2)
    row = ani.get("/rapat/angka").words("tbody tr:first-child")
    assert "hadir 3 dari 7 undangan (42%)" in row
    assert "1 di antaranya terlambat · izin 1, sakit 1 · alpa 2 · tamu 0" in row
    assert "tidak datang padahal menyanggupi: 1 dari 6 yang menyanggupi" in row
    roles = ani.get("/rapat/angka?menurut=peran").words("table")
    assert "Saksi hadir 3 dari 7 undangan (42%)" in roles
    assert "Perorangan tidak ada undangan" in roles and "tamu 2" in roles


def test_lists_that_are_not_in_do_not_count_and_are_named(app: Flask, ani: Visitor) -> None:
    open_one = one_meeting(app, "hhhh", state="draf")
    returned = one_meeting(app, "hh", state="dikembalikan")
    page = ani.get("/rapat/angka")
    assert "Belum ada angka" in page.text
    assert "2 lembar belum masuk, belum dihitung" in page.words("#lists-out")
    links = {link["href"] for link in page.soup.select("#lists-out a")}
    assert links == {f"/rapat/{open_one}", f"/rapat/{returned}"}
    one_meeting(app, "ha")
    page = ani.get("/rapat/angka")
    assert "hadir 1 dari 2 undangan (50%)" in page.text and "Dari 1 lembar" in page.text


def test_one_walks_down_from_the_kota_to_a_kelurahan(app: Flask, kartika: Visitor) -> None:
    one_meeting(app, "ha")
    page = kartika.get("/rapat/angka?jenis=rakor")
    for place in ("Cengkareng", "Kapuk"):
        link = page.one("tbody th a")
        assert link.get_text() == place and "jenis=rakor" in link["href"]
        page = kartika.get(link["href"])
        assert "hadir 1 dari 2 undangan" in page.text
    trail = [link.get_text() for link in page.soup.select(".trail a")]
    assert trail == ["Jakarta Barat", "Cengkareng", "Kapuk"]
    assert page.words("tbody th").startswith("Kapuk hadir") and not page.soup.select("tbody th a")


def test_figures_stay_inside_the_scope(app: Flask, past: Past, ani: Visitor, visit: Any) -> None:
    one_meeting(app, "ha")
    for code in (KOTA, GROGOL, "31", "ID", "x", "31.73.99", "' OR 1=1", "%00"):
        ani.get(f"/rapat/angka?wilayah={code}", 404)
        ani.get(f"/rapat/angka.csv?wilayah={code}", 404)
    citra = visit(CITRA).get("/rapat/angka")
    assert "Cengkareng" not in citra.words("table") and "Kapuk" not in citra.words("table")
    visit(EKO).get("/rapat/angka")
    visit(BUDI).get("/rapat/angka", 404)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("dari=2026-13-01", "Tanggal ini tidak terbaca"),
        ("sampai=kemarin", "Tanggal ini tidak terbaca"),
        ("dari=1066-10-14", "terlalu jauh"),
        ("dari=2024-10-02&sampai=2024-10-01", "Hari terakhir harus sesudah hari pertama"),
        ("jenis=pesta", "Pilih salah satu dari daftar"),
    ],
)
def test_what_cannot_be_asked_is_said_and_a_table_is_shown_all_the_same(
    app: Flask, ani: Visitor, query: str, says: str
) -> None:
    one_meeting(app, "ha")
    page = ani.get(f"/rapat/angka?{query}", 422)
    assert says in page.words(".sum") and "hadir 1 dari 2" in page.text


def test_odd_addresses_do_no_harm(app: Flask, ani: Visitor) -> None:
    one_meeting(app, "ha")
    for query in ("menurut=x", "hal=0", "hal=99999999999", "hal=-1", "menurut=seri&seri=", "dari=2099-12-31"):
        ani.get(f"/rapat/angka?{query}")
    ani.get("/rapat/angka?menurut=seri&seri=1", 404)
    assert "Belum ada rapat berseri" in ani.get(f"/rapat/angka?menurut=seri&seri={SERIES[0]}").text


def test_a_period_holds_whole_local_days(app: Flask, ani: Visitor) -> None:
    one_meeting(app, "ha")
    day = local_day(now() - timedelta(days=2))
    for first, last, seen in ((0, 0, True), (-9, -1, False), (1, 9, False), (-3, 3, True)):
        since, until = day + timedelta(days=first), day + timedelta(days=last)
        page = ani.get(f"/rapat/angka?dari={since}&sampai={until}")
        assert ("hadir 1 dari 2" in page.text) is seen, (first, last)


@pytest.mark.parametrize("table", TABLES)
def test_screen_csv_and_workbook_say_the_same(past: Past, kartika: Visitor, table: str) -> None:
    query = f"menurut={table}&{ALL}"
    with time_machine.travel(now(), tick=False):  # both files say the minute
        text = kartika.get(f"/rapat/angka.csv?{query}").response.get_data(as_text=True).lstrip("\ufeff")
        content = kartika.get(f"/rapat/angka.xlsx?{query}").response.data
    sheet = list(csv.reader(StringIO(text), delimiter=";"))
    book = load_workbook(BytesIO(content)).active
    told = [["" if cell is None else str(cell) for cell in row] for row in book.iter_rows(values_only=True)]
    assert [[cell for cell in row if cell] for row in told if any(row)] == [
        [cell for cell in row if cell] for row in sheet if any(row)
    ]
    assert sum(seats_in(row, sheet[0]) for row in body(sheet)) == on_screen(
        kartika.get(f"/rapat/angka?{query}")
    )
    assert "Kartika Sari" in sheet[-1][0] and "lembar belum masuk" in sheet[-2][0]
    assert "Jakarta Barat" in sheet[-1][0] and "Semua jenis rapat" in sheet[-1][0]


def body(rows: list[list[str]]) -> list[list[str]]:
    return rows[1 : rows.index([])]


def seats_in(row: list[str], head: list[str]) -> int:
    return int(row[head.index("Undangan")])


def on_screen(page: Page) -> int:
    return sum(int(n.replace(".", "")) for n in re.findall(r"dari ([\d.]+) undangan", page.words("tbody")))


def test_charts_are_small_named_and_need_no_looser_policy(past: Past, kartika: Visitor) -> None:
    seen = 0
    for table in TABLES:
        for chart in kartika.get(f"/rapat/angka?menurut={table}&{ALL}").soup.select("table svg"):
            assert len(brotli.compress(str(chart).encode(), quality=5)) < 1000
            assert chart["role"] == "img" and (chart.find("title") or chart.get("aria-label"))
            seen += 1
    assert seen >= 8
    one = kartika.get(f"/rapat/angka?menurut=seri&seri={SERIES[0]}&{ALL}")
    chart = one.one("#series .narrow svg")
    assert len(brotli.compress(str(chart).encode(), quality=5)) < 1000
    assert len(one.soup.select("#series tbody tr")) * 2 == len(chart.select("rect"))


def test_the_pages_are_light(past: Past, kartika: Visitor) -> None:
    for table in TABLES:
        page = kartika.get(f"/rapat/angka?menurut={table}&{ALL}").text
        assert len(brotli.compress(page.encode(), quality=5)) < 8_000, table


def test_a_page_costs_the_same_however_much_there_was(
    app: Flask, kartika: Visitor, statements: Callable[[], Any]
) -> None:
    with app.app_context():
        Maker(3).make(meetings=6)
        db.session.remove()
    before = {table: _cost(kartika, table, statements) for table in TABLES}
    with app.app_context():
        Maker(4).make(meetings=20, people=30)
        db.session.remove()
    assert {table: _cost(kartika, table, statements) for table in TABLES} == before
    assert max(before.values()) <= 6


def _cost(visitor: Visitor, table: str, statements: Callable[[], Any]) -> int:
    with statements() as seen:
        visitor.get(f"/rapat/angka?menurut={table}&{ALL}")
    return len(seen.work)


def test_ones_own_figures_are_for_oneself_and_those_who_answer_for_one(
    app: Flask, budi: Visitor, ani: Visitor, citra: Visitor, dewi: Visitor, statements: Callable[[], Any]
) -> None:
    one_meeting(app, "ha", said="yy")
    one_meeting(app, "a", said="y")
    one_meeting(app, "h", state="draf")
    own = budi.get(f"/orang/{BUDI.id}/kehadiran")
    for page in (own, ani.get(f"/orang/{BUDI.id}/kehadiran"), dewi.get(f"/orang/{BUDI.id}/kehadiran")):
        assert "hadir 1 dari 2 undangan (50%)" in page.text
        assert "1 dari 2 yang menyanggupi" in page.text and "1 lembar belum masuk" in page.text
    assert "semua rapat" in own.text
    citra.get(f"/orang/{BUDI.id}/kehadiran", 404)
    budi.get(f"/orang/{ANI.id}/kehadiran", 404)
    part = ani.get(f"/orang/{BUDI.id}/kehadiran", hx=True)
    assert not part.is_whole and part.one("#own-figures")
    assert f"/orang/{BUDI.id}/kehadiran" in ani.get(f"/orang/{BUDI.id}").text
    assert f"/orang/{BUDI.id}/kehadiran" in dewi.get(f"/pengguna/{BUDI.id}").text
    assert f"/orang/{BUDI.id}/kehadiran" in budi.get("/akun").text
    with statements() as seen:
        ani.get(f"/orang/{BUDI.id}/kehadiran")
    assert len(seen.work) <= 3, seen.work


def test_a_cancelled_meeting_is_in_no_figure(app: Flask, ani: Visitor, budi: Visitor) -> None:
    made = one_meeting(app, "hh")
    with app.app_context(), everywhere("the meeting is called off"):
        db.session.get_one(Meeting, made).cancelled_at = now()
        db.session.commit()
        db.session.remove()
    assert "Belum ada angka" in ani.get("/rapat/angka").text
    assert "Belum ada rapat" in budi.get(f"/orang/{BUDI.id}/kehadiran").text

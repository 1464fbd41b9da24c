"""Somebody whose mandate is over: the own account, the way out, and what waits on the phone; nobody else's number."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import ANI, BUDI, KAPUK
from tests.clock import NOW
from tests.visits import Visitor
from webapp.people.models import ContactView, Mandate
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db


@pytest.fixture(autouse=True)
def _ended(app: Flask) -> None:
    with app.app_context():
        for mandate in db.session.query(Mandate).filter_by(person_id=BUDI.id):
            mandate.until = date(2026, 11, 30)
        db.session.commit()


def test_the_first_page_is_the_own_account_and_every_link_of_it_opens(budi: Visitor) -> None:
    assert budi.get("/", status=303).headers["Location"] == "/akun"
    page = budi.get("/akun")
    assert "Belum ada tugas" in page.words("main") and ANI.name not in page.text
    links = {str(one["href"]) for one in page.soup.select("a[href^='/']")} - {"/"}
    assert {"/keluar", "/persetujuan", "/perangkat", "/antrean"} <= links
    for link in links:
        budi.get(link)


@pytest.mark.parametrize(
    "path",
    ["/lainnya", "/wilayah", f"/wilayah/{KAPUK}", f"/peta/{KAPUK}.svg", "/kartu", "/kalender", "/kiriman"],
)
def test_everything_else_is_not_there(budi: Visitor, path: str) -> None:
    budi.get(path, status=404)


def test_nobodys_number_is_told(app: Flask, budi: Visitor) -> None:
    budi.post(f"/orang/{ANI.id}/hubungi", status=404)
    with app.app_context(), everywhere("test"):
        assert db.session.scalar(select(func.count(ContactView.id))) == 0


def test_what_waits_on_the_phone_still_gets_its_answer(budi: Visitor) -> None:
    budi.get("/antrean")
    item = {
        "id": str(uuid4()),
        "kind": "checkin",
        "fields": {},
        "happened_at": NOW.isoformat(),
        "offset": 420,
    }
    answer = budi.post("/kirim", json={"items": [item]}, status=200).response.get_json()
    assert [one["id"] for one in answer["verdicts"]] == [item["id"]]


def test_the_address_of_the_calendar_opens_nothing_more(app: Flask, stranger: Visitor) -> None:
    from webapp.attendance.rules.calendars import new_feed

    with app.app_context():
        token = new_feed(BUDI.id).token
        theirs = new_feed(ANI.id).token
        db.session.commit()
    stranger.get(f"/kalender/{token}.ics", status=404)
    stranger.get(f"/kalender/{theirs}.ics")

"""Belum sinkron: a supervisor sees whose phone is out of touch and what it holds, and calls them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import delete

from tests.cast import ANI, BUDI, CANARY, CITRA, EKO, KAPUK, LONG_AGO, TOMANG, Actor
from tests.clock import NOW
from tests.visits import Visitor
from webapp.people.models import Account, DeviceSession, Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import hour
from webapp.plumbing.database import db, writing

HOUR = timedelta(hours=1)


def phone(
    app: Flask,
    of: Actor,
    ago: float,
    held: int = 0,
    oldest: float | None = None,
    *,
    other: bool = False,
    **more: Any,
) -> None:
    """This actor's phone (or another one of theirs): heard `ago` hours ago, holding so much since `oldest` hours."""
    told = {
        "last_seen_at": NOW - HOUR * ago,
        "held": held,
        "held_at": NOW - HOUR * ago if held else None,
        "held_oldest_at": None if oldest is None else NOW - HOUR * oldest,
        **more,
    }
    with app.app_context(), writing():
        row = db.session.get_one(DeviceSession, of.device)
        if other:
            row = DeviceSession(id=uuid4(), account_id=of.id, label="HP lama", created_at=LONG_AGO)
            db.session.add(row)
        for name, value in told.items():
            setattr(row, name, value)


def crowd(app: Flask, many: int) -> None:
    """So many people of Kapuk, the n-th silent for n + 2 hours and a bit."""
    with app.app_context(), writing(), everywhere("a scene is set"):
        for n in range(many):
            person = Person(
                name=f"Warga {n:03}", search_name=f"warga {n:03}", region_code=KAPUK, created_at=LONG_AGO
            )
            db.session.add(person)
            db.session.flush()
            account = Account(person_id=person.id, phone=f"+62841{n:07}", created_at=LONG_AGO)
            db.session.add(account)
            db.session.flush()
            seen = NOW - HOUR * (n + 2.1)
            db.session.add(
                DeviceSession(
                    id=uuid4(), account_id=account.id, label="HP", created_at=LONG_AGO, last_seen_at=seen
                )
            )


def names(page: Any) -> list[str]:
    return [found.get_text() for found in page.soup.select(".thread .who > b")]


def test_a_supervisor_reads_who_is_silent_since_when_and_what_the_phone_holds(
    app: Flask, eko: Visitor
) -> None:
    phone(app, BUDI, 7, held=3, oldest=8.5)
    words = eko.get("/sinkron").words(".thread")
    assert "Budi Santoso" in words and "8 jam belum sinkron" in words
    assert "3 kiriman belum terkirim sejak" in words
    assert hour(NOW - HOUR * 7) in words and hour(NOW - HOUR * 8.5) in words


def test_who_holds_something_comes_first_then_the_longest_silent(app: Flask, eko: Visitor) -> None:
    phone(app, ANI, 50)
    phone(app, CITRA, 30)
    phone(app, BUDI, 7, held=1, oldest=7)
    assert names(eko.get("/sinkron")) == ["Budi Santoso", "Ani Lestari", f"Citra {CANARY}"]
    assert "2 hari belum sinkron" in eko.get("/sinkron").words(".thread")


def test_the_border_is_two_six_or_a_whole_day(app: Flask, eko: Visitor) -> None:
    phone(app, ANI, 3)
    phone(app, BUDI, 7)
    phone(app, CITRA, 25)
    seen = {hours: len(names(eko.get(f"/sinkron?jam={hours}"))) for hours in (2, 6, 24)}
    assert seen == {2: 3, 6: 2, 24: 1}
    assert len(names(eko.get("/sinkron"))) == len(names(eko.get("/sinkron?jam=5"))) == 2


def test_a_phone_that_is_online_but_does_not_get_rid_of_its_items_is_out_of_touch_too(
    app: Flask, eko: Visitor
) -> None:
    phone(app, BUDI, 0, held=2, oldest=9)
    words = eko.get("/sinkron").words(".thread")
    assert "9 jam belum sinkron" in words and "2 kiriman" in words


def test_the_last_contact_is_that_of_the_phone_in_use_and_a_revoked_one_says_nothing(
    app: Flask, eko: Visitor
) -> None:
    phone(app, BUDI, 1)
    phone(app, BUDI, 400, other=True)
    phone(app, BUDI, 500, held=9, oldest=500, other=True, revoked_at=NOW)
    assert names(eko.get("/sinkron")) == []
    phone(app, BUDI, 40, held=2, oldest=41, other=True)
    page = eko.get("/sinkron")
    assert names(page) == ["Budi Santoso"] and "2 kiriman" in page.words(".thread")
    assert hour(NOW - HOUR) in page.words(".thread")


@pytest.mark.parametrize(
    ("who", "seen"), [("ani", True), ("kartika", True), ("dewi", True), ("citra", False)]
)
def test_one_sees_ones_own_region_only(
    app: Flask, who: str, seen: bool, request: pytest.FixtureRequest
) -> None:
    phone(app, BUDI, 7, held=3, oldest=8)
    page = request.getfixturevalue(who).get("/sinkron")
    assert ("Budi Santoso" in page.text) is seen
    if not seen:
        assert "Semua terhubung" in page.words("main")


def test_the_neighbours_are_not_counted_either(app: Flask, ani: Visitor, budi: Visitor) -> None:
    phone(app, CITRA, 30, held=3, oldest=30)
    page = ani.get("/sinkron")
    assert CANARY not in page.text and "0" in page.words(".seg [aria-current]")
    budi.get("/sinkron", 404)


def test_all_are_said_to_be_in_touch_of_those_only_who_have_signed_in(app: Flask, eko: Visitor) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.execute(delete(DeviceSession).where(DeviceSession.account_id != EKO.id))
    page = eko.get("/sinkron").words("main")
    assert "1 orang memakai Simpul, dan semua HP-nya terhubung dalam 6 jam terakhir" in page
    assert "5 orang lain punya akun tetapi belum pernah masuk" in page
    with app.app_context(), writing(), everywhere("a scene is set"):
        seen = NOW - HOUR * 7
        db.session.add(
            DeviceSession(id=uuid4(), account_id=BUDI.id, label="HP", created_at=LONG_AGO, last_seen_at=seen)
        )
    page = eko.get("/sinkron")
    assert "1 dari 2 orang, lebih dari 6 jam" in page.words() and "4 orang lain" in page.words("main")


def test_whoever_is_switched_off_or_has_withdrawn_is_not_called(app: Flask, eko: Visitor) -> None:
    phone(app, BUDI, 7)
    phone(app, ANI, 7)
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.get_one(Account, BUDI.id).active = False
        db.session.get_one(Person, ANI.id).withdrawn_at = NOW
    assert names(eko.get("/sinkron")) == []


def test_they_are_found_by_name_and_called_by_one_tap(app: Flask, eko: Visitor) -> None:
    phone(app, BUDI, 7)
    phone(app, ANI, 8)
    page = eko.get("/sinkron?cari=san")
    assert names(page) == ["Budi Santoso"]
    assert BUDI.phone not in page.text
    answer = eko.post(page.one(".thread form")["action"], hx=True, status=200)
    assert "0840-0000-003" in answer.text
    assert "Tidak ada yang cocok" in eko.get("/sinkron?cari=zzz").words("main")


def test_two_hundred_are_paged_and_cost_no_more_than_one(
    app: Flask, eko: Visitor, statements: Callable[[], Any]
) -> None:
    crowd(app, 205)
    with statements() as seen:
        page = eko.get("/sinkron?jam=2")
    assert len(seen.work) <= 4, seen.work
    assert len(names(page)) == 100 and names(page)[0] == "Warga 204"
    assert "1–100 dari 205" in page.words(".tools")
    last = eko.get(eko.get(page.one("a[rel=next]")["href"]).one("a[rel=next]")["href"])
    assert len(names(last)) == 5 and names(last)[-1] == "Warga 000"
    assert len(names(eko.get("/sinkron?jam=2&hal=99999"))) == 5


def test_sending_is_contact_to_the_minute(app: Flask, budi: Visitor, eko: Visitor) -> None:
    phone(app, BUDI, 7, held=3, oldest=8)
    assert names(eko.get("/sinkron")) == ["Budi Santoso"]
    budi.post("/kirim", json={"held": {"count": 0, "oldest": None}}, status=200)
    assert names(eko.get("/sinkron")) == []


def test_a_person_next_door_with_an_office_here_stays_with_the_neighbours(app: Flask, ani: Visitor) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        db.session.get_one(Person, BUDI.id).region_code = TOMANG
    phone(app, BUDI, 7)
    assert names(ani.get("/sinkron")) == []

"""Consent: asked before anything else, and taken back with everything that hangs on it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import ANI, BUDI, KAPUK, station_id
from tests.visits import Visitor
from webapp.people.figures.people import coordinators_of
from webapp.people.figures.search import search
from webapp.people.models import Account, Consent, Person, Seat, Slot
from webapp.people.rules.seats import Act, assign
from webapp.places.models import Station, VillageCount
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

MOMENT = datetime(2024, 11, 1, tzinfo=UTC)


@pytest.fixture
def budi_sits(app: Flask) -> None:
    """Budi is witness at TPS 001 of Kapuk."""
    with app.app_context():
        with everywhere("a test"), writing():
            station = db.session.get_one(Station, station_id(KAPUK, 1))
            assign(station, db.session.get_one(Person, BUDI.id), Slot.MAIN, Act(ANI.id, MOMENT))
        db.session.remove()


@pytest.mark.usefixtures("budi_sits")
def test_whoever_withdraws_is_not_seated_found_or_called_any_more(
    app: Flask, budi: Visitor, ani: Visitor
) -> None:
    budi.post("/persetujuan", {"jawaban": "tidak"})
    assert budi.get("/", status=302).headers["Location"].startswith("/masuk")
    ani.post(f"/orang/{BUDI.id}/hubungi", status=404)
    with app.app_context():
        with everywhere("a test"):
            assert search("Budi") == []
            assert db.session.scalars(select(Seat.end_reason)).all() == ["mengundurkan diri"]
            kapuk = db.session.scalars(select(VillageCount).where(VillageCount.region_code == KAPUK)).one()
            assert (kapuk.one_witness, kapuk.volunteers) == (0, 0)
            assert [row.given for row in db.session.scalars(select(Consent))] == [False]
        db.session.remove()


def test_a_seat_cannot_be_given_to_whoever_has_withdrawn(budi: Visitor, ani: Visitor) -> None:
    budi.post("/persetujuan", {"jawaban": "tidak"})
    tps = station_id(KAPUK, 1)
    ani.post(f"/tps/{tps}/isi", {"tps": tps, "orang": BUDI.id, "slot": "utama"}, status=404)


def test_a_coordinator_who_withdraws_is_nobodys_to_call(app: Flask, ani: Visitor) -> None:
    ani.post("/persetujuan", {"jawaban": "tidak"})
    with app.app_context():
        with everywhere("a test"):
            assert coordinators_of([KAPUK])[KAPUK][0] != ANI.id
        db.session.remove()


def test_agreeing_anew_opens_everything_but_the_seat(app: Flask) -> None:
    from webapp.people.rules.consent import agree, refuse

    with app.app_context():
        with everywhere("a test"), writing():
            account = db.session.scalars(select(Account).where(Account.person_id == BUDI.id)).one()
            refuse(account.id)
            agree(account.id)
            assert [found.id for found in search("Budi")] == [BUDI.id]
        db.session.remove()


def test_whoever_does_not_agree_reads_what_happens_now(budi: Visitor) -> None:
    answer = budi.post("/persetujuan", {"jawaban": "tidak"})
    page = budi.get(answer.headers["Location"])
    assert "tidak ada yang akan mengundang atau menghubungi Anda" in page.words("main")
    assert "Hubungi koordinator Anda" in page.words("main")

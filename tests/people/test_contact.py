"""Hubungi: one number at a time, on record, inside the scope or up one's own line."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from tests.cast import ANI, BUDI, CITRA, EKO, KAPUK, KARTIKA, LONG_AGO
from tests.visits import Visitor
from webapp.people.models import AuditEntry, ContactView, Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db


def readings(app: Flask) -> list[tuple[int, int]]:
    with app.app_context(), everywhere("test"):
        rows = db.session.scalars(select(ContactView).order_by(ContactView.id))
        return [(row.reader_id, row.person_id) for row in rows]


def test_ani_gets_the_links_for_budi_and_it_is_on_record(ani: Visitor, app: Flask) -> None:
    answer = ani.post(f"/orang/{BUDI.id}/hubungi", status=200, hx=True)
    assert not answer.is_whole
    assert [a["href"] for a in answer.soup.select("a")] == [f"tel:{BUDI.phone}", "https://wa.me/628400000003"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert readings(app) == [(ANI.id, BUDI.id)]
    with app.app_context(), everywhere("test"):
        assert db.session.scalars(select(AuditEntry.act)).all() == ["contact.read"]


def test_without_script_the_links_stand_on_a_page(ani: Visitor) -> None:
    assert "0840-0000-003" in ani.post(f"/orang/{BUDI.id}/hubungi", status=200).words("main li")


def test_citra_next_door_learns_nothing(citra: Visitor, app: Flask) -> None:
    citra.post(f"/orang/{BUDI.id}/hubungi", status=404, hx=True)
    citra.post("/orang/9999/hubungi", status=404, hx=True)
    assert readings(app) == []


def test_budi_reaches_his_own_line_upward_and_nobody_else(budi: Visitor) -> None:
    for leader in (ANI, KARTIKA, EKO):
        budi.post(f"/orang/{leader.id}/hubungi", status=200, hx=True)
    budi.post(f"/orang/{CITRA.id}/hubungi", status=404, hx=True)


def test_ani_does_not_reach_her_neighbour(ani: Visitor) -> None:
    ani.post(f"/orang/{CITRA.id}/hubungi", status=404, hx=True)


def test_the_thirty_first_number_within_an_hour_waits_and_that_is_on_record(ani: Visitor, app: Flask) -> None:
    with app.app_context(), everywhere("test"):
        people = [
            Person(
                name=f"Orang {n}",
                search_name=f"orang {n}",
                phone="+628400000099",
                region_code=KAPUK,
                created_at=LONG_AGO,
            )
            for n in range(31)
        ]
        db.session.add_all(people)
        db.session.commit()
        ids = [one.id for one in people]
    for one in ids[:30]:
        ani.post(f"/orang/{one}/hubungi", status=200, hx=True)
    for _ in range(3):  # on record once, however often she asks
        ani.post(f"/orang/{ids[30]}/hubungi", status=429, hx=True)
    ani.post(f"/orang/{ids[0]}/hubungi", status=200, hx=True)  # one that is known already
    with app.app_context(), everywhere("test"):
        refused = select(func.count()).where(AuditEntry.act == "contact.refused")
        assert db.session.scalar(refused) == 1


def test_budi_sees_whom_he_may_call_with_name_and_office_and_no_number(budi: Visitor) -> None:
    page = budi.get("/akun")
    assert "Ani Lestari Koordinator Cengkareng" in page.words("main")
    assert [form["action"] for form in page.soup.select("main form")] == [
        f"/orang/{leader.id}/hubungi" for leader in (ANI, KARTIKA, EKO)
    ]
    assert ANI.phone[3:] not in page.text and CITRA.name not in page.text

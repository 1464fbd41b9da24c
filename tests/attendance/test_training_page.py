"""The page of a bimtek's training: what it asks for, who completed it, and what the others lack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.attendance.courses import Course, enrol
from tests.attendance.scenes import meeting_of
from tests.cast import ANI, BUDI, CANARY, CENGKARENG, CITRA
from tests.visits import Visitor
from webapp.attendance.models import Meeting, SheetState
from webapp.attendance.rules.training import Demand, demand
from webapp.people.rules.permissions import Role
from webapp.places.rules.scope import Scope, bind, everywhere
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


@pytest.fixture
def course(app: Flask, inside: None) -> Course:
    return Course()


def test_the_coordinator_of_the_meeting_says_what_it_asks_for(app: Flask, kartika: Visitor) -> None:
    with app.app_context():
        course = Course(role=None)
    path = f"/rapat/{course.id}/pelatihan"
    mark = kartika.get(path).one("input[name=dasar]")["value"]
    for _ in range(2):
        kartika.post(path, {"peran": "witness", "boleh": "1", "dasar": mark})
    page = kartika.get(path)
    assert page.one("select[name=peran] option[selected]")["value"] == "witness"
    assert page.one("input[name=boleh]")["value"] == "1"
    stale = kartika.post(path, {"peran": "coordinator", "boleh": "0", "dasar": mark}, 409)
    assert "baru saja diubah orang lain" in stale.words(".sum")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"peran": "presiden"}, "Pilih salah satu"),
        ({"peran": "admin"}, "Pilih salah satu"),
        ({"peran": "witness", "boleh": "dua"}, "Isi dengan angka"),
        ({"peran": "witness", "boleh": "-1"}, "Isi dengan angka"),
        ({"peran": "witness", "boleh": "99999999999999999999"}, "Isi dengan angka"),
        ({"peran": "witness", "boleh": "2"}, "paling banyak 1"),
    ],
)
def test_what_cannot_be_asked_for_is_explained_and_changes_nothing(
    app: Flask, kartika: Visitor, wrong: dict[str, str], says: str
) -> None:
    with app.app_context():
        course = Course(role=None)
    page = kartika.post(f"/rapat/{course.id}/pelatihan", wrong, 422)
    assert says in page.words(".sum")
    with app.app_context(), everywhere("a test looks"):
        kept = Demand.of(db.session.get_one(Meeting, course.id))
        assert kept == Demand(None, 0)


def test_after_the_first_approved_list_nothing_is_asked_anew(course: Course) -> None:
    course.put(SheetState.APPROVED, sites=[0], sessions=[0])
    with pytest.raises(Refusal, match="tidak bisa diubah lagi"):
        demand(course.id, Demand(Role.COORDINATOR))
    demand(course.id, Demand(Role.WITNESS))  # the same as before is no change
    course.put(SheetState.RETURNED)
    demand(course.id, Demand(Role.COORDINATOR, 1))


def test_only_the_region_that_holds_it_says_what_it_asks_for(course: Course) -> None:
    bind(Scope((CENGKARENG,), ANI.id))
    with pytest.raises(NotThere):
        demand(course.id, Demand(None))


def test_whoever_keeps_one_site_sees_its_people_and_no_form(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        course = Course()
        course.mark(course.seat(BUDI.id, 0), "hadir", "hadir")
        course.seat(CITRA.id, 1)
        course.put(SheetState.APPROVED, sites=[0])
    page = ani.get(f"/rapat/{course.id}/pelatihan")
    assert "Budi Santoso" in page.text and CANARY not in page.text
    assert not page.soup.select("main form") and "Wajib untuk: Saksi" in page.words("main")
    ani.post(f"/rapat/{course.id}/pelatihan", {"peran": "", "dasar": ""}, 404)


def test_the_page_says_who_completed_it_and_what_the_others_lack(
    app: Flask, eko: Visitor, budi: Visitor
) -> None:
    with app.app_context():
        course = Course()
        course.mark(course.seat(BUDI.id), "hadir", "hadir")
        course.mark(course.seat(ANI.id), "hadir", "alpa")
        course.seat(CITRA.id, 1)
        course.put(SheetState.APPROVED, sites=[0])
    page = eko.get(f"/rapat/{course.id}/pelatihan")
    assert page.words(".keys").startswith("sudah selesai 1 dari peserta 3")
    rows = {row.select_one(".who > *").text: row.get_text(" ") for row in page.soup.select("main .rows li")}
    assert "2 dari 2 sesi" in rows["Budi Santoso"] and "PDF" in rows["Budi Santoso"]
    assert "1 dari 2 sesi · kurang 1" in " ".join(rows["Ani Lestari"].split())
    assert "menunggu lembar disetujui" in rows[CITRA.name]
    budi.get(f"/rapat/{course.id}/pelatihan", 404)


def test_no_such_page_for_a_rakor_or_next_door(app: Flask, ani: Visitor, citra: Visitor) -> None:
    with app.app_context():
        rakor, bimtek = meeting_of(1), meeting_of(1, kind="bimtek")
    ani.get(f"/rapat/{rakor.meeting}/pelatihan", 404)
    ani.get(f"/rapat/{bimtek.meeting}/pelatihan")
    citra.get(f"/rapat/{bimtek.meeting}/pelatihan", 404)
    citra.post(f"/rapat/{bimtek.meeting}/pelatihan", {"peran": "witness"}, 404)


def test_the_list_asks_the_same_for_any_number_of_people(
    app: Flask, kartika: Visitor, statements: Callable[[], Any]
) -> None:
    def asked() -> int:
        with statements() as seen:
            kartika.get(f"/rapat/{course.id}/pelatihan")
        return len(seen.work)

    with app.app_context():
        course = Course()
        enrol(course, 3)
        course.put(SheetState.APPROVED)
    kartika.get("/")  # the first visit of the hour is noted
    few = asked()
    with app.app_context():
        enrol(course, 200)
    assert asked() == few <= 4
    last = kartika.get(f"/rapat/{course.id}/pelatihan?hal=99")
    assert "201–203 dari 203" in last.words("nav.tools")

"""What an administrator's own screens must not tell: a hidden number by trying, and who else belongs to us."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import BUDI, CENGKARENG, CITRA, DEWI, KAPUK
from tests.clock import NOW
from tests.visits import Page, Visitor
from webapp.people.models import AuditEntry, Mandate, Person
from webapp.people.rules.users import accounts
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

NEW = {"nama": "Sari Wulandari", "telepon": "0840-0000-077", "peran": "coordinator", "wilayah": CENGKARENG}


@pytest.fixture(autouse=True)
def _confined(app: Flask) -> None:
    """Dewi answers for Cengkareng alone; Citra lives and works next door."""
    with app.app_context(), everywhere("test"):
        db.session.scalars(select(Mandate).where(Mandate.person_id == DEWI.id)).one().region_code = CENGKARENG
        db.session.commit()


def listed(dewi: Visitor, typed: str) -> set[str]:
    return {cell.get_text() for cell in dewi.get(f"/pengguna?cari={typed}").soup.select("tbody th")}


def test_a_number_is_found_whole_or_by_its_last_four_digits(dewi: Visitor) -> None:
    for typed in ("0840 0000 003", "%2B628400000003", "62 840-0000-003"):
        assert listed(dewi, typed) == {BUDI.name}
    assert listed(dewi, "0003") == {BUDI.name}
    digits = BUDI.phone[1:]
    parts = {digits[a:b] for a in range(len(digits)) for b in range(a + 3, len(digits) + 1)}
    known = {digits, digits[2:], digits[-4:]}
    for part in sorted(parts - known)[::5]:
        assert listed(dewi, part) == set(), part


def collisions(app: Flask) -> int:
    with app.app_context(), everywhere("test"):
        found = select(AuditEntry).where(AuditEntry.act == accounts.COLLISION, AuditEntry.actor_id == DEWI.id)
        return len(db.session.scalars(found).all())


def words(page: Page) -> str:
    return page.words(".err, .sum")


@pytest.mark.parametrize(
    "wrong", [{"lahir": "2025"}, {"lahir": "20"}, {"nama": "7"}, {"wilayah": "31.73.02"}]
)
def test_a_form_that_fails_anyhow_says_the_same_of_every_number(
    app: Flask, dewi: Visitor, wrong: dict[str, str]
) -> None:
    status = 404 if "wilayah" in wrong else 422
    free = dewi.post("/pengguna/baru", NEW | wrong, status=status)
    taken = dewi.post("/pengguna/baru", NEW | wrong | {"telepon": CITRA.phone}, status=status)
    assert words(free) == words(taken)
    assert collisions(app) == 0


def test_a_number_of_next_door_is_taken_whatever_the_name_and_that_is_kept(app: Flask, dewi: Visitor) -> None:
    told = {
        words(dewi.post("/pengguna/baru", NEW | {"telepon": CITRA.phone, "nama": name}, status=422))
        for name in (CITRA.name, NEW["nama"])
    }
    assert len(told) == 1 and "sudah dipakai" in told.pop()
    dewi.post(
        f"/pengguna/{BUDI.id}/ubah", {"nama": BUDI.name, "wilayah": KAPUK, "telepon": CITRA.phone}, status=422
    )
    assert collisions(app) == 3


def test_a_list_of_numbers_is_not_tried_to_its_end(app: Flask, dewi: Visitor) -> None:
    with app.app_context(), everywhere("test"):
        entry = {"act": accounts.COLLISION, "subject": "person", "subject_id": DEWI.id, "region_code": KAPUK}
        many = accounts.MOST_COLLISIONS - 1
        db.session.add_all(AuditEntry(at=NOW, actor_id=DEWI.id, **entry) for _ in range(many))
        db.session.commit()
    dewi.post("/pengguna/baru", NEW | {"telepon": CITRA.phone}, status=422)
    for phone in (CITRA.phone, NEW["telepon"]):
        dewi.post("/pengguna/baru", NEW | {"telepon": phone}, status=429)


def test_nothing_of_somebody_who_withdrew_is_changed_but_mandates_end(
    app: Flask, dewi: Visitor, budi: Visitor
) -> None:
    path = f"/pengguna/{BUDI.id}"
    mark = str(dewi.get(f"{path}/ubah").one("input[name=dasar]")["value"])
    budi.post("/persetujuan", {"jawaban": "tidak"})
    change = {"nama": BUDI.name, "wilayah": KAPUK, "lahir": "1987", "dasar": mark}
    assert "menarik persetujuannya" in dewi.post(f"{path}/ubah", change, status=422).words("main")
    dewi.post(f"{path}/tugas", {"peran": "coordinator", "wilayah": KAPUK}, status=422)
    page = dewi.get(path)
    assert "menarik persetujuannya" in page.words("main")
    assert not page.soup.select("a[href$='/ubah'], a[href$='/tugas']")
    with app.app_context(), everywhere("test"):
        mandate = db.session.scalars(select(Mandate.id).where(Mandate.person_id == BUDI.id)).one()
    dewi.post(f"{path}/tugas/{mandate}", {"laku": "akhiri"})
    dewi.post(f"{path}/tugas/{mandate}", {"laku": "buka"}, status=422)
    with app.app_context(), everywhere("test"):
        assert db.session.get_one(Person, BUDI.id).birth_year is None
        held = db.session.scalars(select(Mandate).where(Mandate.person_id == BUDI.id)).one()
        assert held.until is not None

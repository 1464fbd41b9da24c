"""Groups: found, renamed, ended; joined and left; nobody outside sees them; and lists stay cheap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import ANI, BUDI, CANARY, CENGKARENG, CITRA, GROGOL, KAPUK, LONG_AGO
from tests.visits import Visitor
from webapp.people.models import Account, AuditEntry, Group, Membership, Person
from webapp.people.rules import consent
from webapp.places.rules.names import fold
from webapp.places.rules.scope import EVERYWHERE, Scope, bind, everywhere
from webapp.plumbing.database import db


def group_of(app: Flask, name: str = "Relawan Kapuk", code: str = KAPUK, members: int = 0) -> int:
    """A group with so many members, all of the region."""
    with app.app_context():
        with everywhere("a group is made"):
            group = Group(
                region_code=code, name=name, search_name=fold(name), created_at=LONG_AGO, created_by=ANI.id
            )
            db.session.add(group)
            db.session.flush()
            for number in range(members):
                person = Person(
                    name=f"Warga {number:03}", search_name=f"warga {number:03}", region_code=code,
                    created_at=LONG_AGO,
                )  # fmt: skip
                db.session.add(person)
                db.session.flush()
                db.session.add(
                    Membership(
                        group_id=group.id,
                        person_id=person.id,
                        region_code=code,
                        since=LONG_AGO,
                        added_by=ANI.id,
                    )
                )
            made = group.id
            db.session.commit()
        db.session.remove()
    return made


def rows(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        bind(EVERYWHERE)
        found = list(db.session.scalars(select(model).order_by(model.id)))
        db.session.expunge_all()
        db.session.remove()
    return found


def test_a_coordinator_founds_a_group_and_fills_it(app: Flask, ani: Visitor) -> None:
    assert "Belum ada simpul" in ani.get("/simpul").text
    made = ani.post("/simpul/baru", {"nama": "  Relawan   Kapuk ", "wilayah": KAPUK})
    page = ani.get(made.headers["Location"])
    assert "Relawan Kapuk" in page.text and "Belum ada anggota" in page.text
    found = ani.get(f"{made.headers['Location']}?cari=budi")
    assert found.one('[name="orang"]')["value"] == str(BUDI.id)
    added = ani.post(f"{made.headers['Location']}/anggota", {"orang": BUDI.id, "cari": "budi"})
    page = ani.get(added.headers["Location"])
    assert "1 anggota" in page.text and "sudah anggota" in page.text
    assert "Budi Santoso masuk simpul ini." in page.words("#urung")
    assert "1 anggota" in ani.get("/simpul").text
    assert "Relawan Kapuk" in ani.get(f"/orang/{BUDI.id}").text


def test_sent_twice_it_is_founded_and_joined_once(app: Flask, ani: Visitor) -> None:
    first = ani.post("/simpul/baru", {"nama": "Relawan Kapuk", "wilayah": KAPUK}).headers["Location"]
    assert ani.post("/simpul/baru", {"nama": "relawan KAPUK", "wilayah": KAPUK}).headers["Location"] == first
    for _ in range(2):
        ani.post(f"{first}/anggota", {"orang": BUDI.id})
    assert (len(rows(app, Group)), len(rows(app, Membership))) == (1, 1)
    one = rows(app, Membership)[0].id
    for _ in range(2):
        ani.post(f"{first}/keluar", {"keluar": one})
    left = rows(app, Membership)[0].until
    assert left is not None
    assert [entry.act for entry in rows(app, AuditEntry)] == ["group.found", "group.join", "group.leave"]


def test_a_name_is_there_once_among_the_active_of_a_region(app: Flask, ani: Visitor) -> None:
    known = group_of(app)
    answer = ani.post("/simpul/baru", {"nama": "RELAWAN kapuk", "wilayah": KAPUK}, 409)
    assert "sudah ada di wilayah ini" in answer.text and 'value="RELAWAN kapuk"' in answer.text
    ani.post("/simpul/baru", {"nama": "Relawan Kapuk", "wilayah": CENGKARENG})
    ani.post(f"/simpul/{known}/keadaan", {"aktif": "0"})
    ani.post("/simpul/baru", {"nama": "Relawan Kapuk", "wilayah": KAPUK})
    refused = ani.post(f"/simpul/{known}/keadaan", {"aktif": "1"})
    assert "sudah ada di wilayah ini" in ani.get(refused.headers["Location"]).text
    other = group_of(app, "Relawan Rawa")
    assert "sudah ada" in ani.post(f"/simpul/{other}/ubah", {"nama": "relawan kapuk"}, 409).text
    assert [one.name for one in rows(app, Group)] == ["Relawan Kapuk"] * 3 + ["Relawan Rawa"]


def test_who_is_taken_out_comes_back_with_one_tap(app: Flask, ani: Visitor) -> None:
    group = group_of(app, members=2)
    before = rows(app, Membership)
    left = ani.get(ani.post(f"/simpul/{group}/keluar", {"keluar": before[0].id}).headers["Location"])
    assert "1 anggota" in left.text and "keluar dari simpul ini" in left.words("#urung")
    undo = left.one('[name="urung"]')["value"]
    for _ in range(2):
        ani.post(f"/simpul/{group}/urung", {"urung": undo})
    after = rows(app, Membership)
    assert [(one.since, one.until) for one in after] == [(one.since, None) for one in before]


def test_who_left_last_on_a_page_leaves_no_empty_one(app: Flask, ani: Visitor) -> None:
    made = f"/simpul/{group_of(app, members=51)}"
    last = ani.get(f"{made}?hal=2").one('[name="keluar"]')["value"]
    page = ani.get(ani.post(f"{made}/keluar?hal=2", {"keluar": last}).headers["Location"])
    assert "Belum ada anggota" not in page.text and len(page.soup.select('[name="keluar"]')) == 50


def test_who_was_added_by_a_slip_is_out_again_with_one_tap(app: Flask, ani: Visitor) -> None:
    group = group_of(app)
    page = ani.get(ani.post(f"/simpul/{group}/anggota", {"orang": BUDI.id}).headers["Location"])
    ani.post(f"/simpul/{group}/urung", {"urung": page.one('[name="urung"]')["value"]})
    assert "Belum ada anggota" in ani.get(f"/simpul/{group}").text


def test_an_ended_group_takes_nobody_and_can_be_opened_again(app: Flask, ani: Visitor) -> None:
    group = group_of(app, members=1)
    ani.post(f"/simpul/{group}/keadaan", {"aktif": "0"})
    page = ani.get(f"/simpul/{group}")
    assert "diakhiri" in page.text and not page.soup.select('[name="orang"], [name="keluar"]')
    assert "sudah diakhiri" in ani.post(f"/simpul/{group}/anggota", {"orang": BUDI.id}, 409).text
    assert "Relawan Kapuk" not in ani.get("/simpul").text
    assert "Relawan Kapuk" in ani.get("/simpul?tampil=berakhir").text
    assert "Belum masuk simpul" in ani.get(f"/orang/{rows(app, Membership)[0].person_id}").text
    ani.post(f"/simpul/{group}/keadaan", {"aktif": "1"})
    assert "1 anggota" in ani.get("/simpul").text


def test_what_makes_no_sense_is_told_and_changes_nothing(app: Flask, ani: Visitor) -> None:
    group = group_of(app)
    for name in ("", "  ", "ab", "!!!!", "x" * 81):
        assert ani.post("/simpul/baru", {"nama": name, "wilayah": KAPUK}, 422).soup.select(".err")
        assert ani.post(f"/simpul/{group}/ubah", {"nama": name}, 422).soup.select(".err")
    assert "Pilih wilayah" in ani.post("/simpul/baru", {"nama": "Relawan Baru"}, 422).text
    ani.post("/simpul/baru", {"nama": "Relawan Baru", "wilayah": GROGOL}, 404)
    for value in ("", "x", "-1", "9" * 30, "0"):
        ani.post(f"/simpul/{group}/anggota", {"orang": value}, 422)
        ani.post(f"/simpul/{group}/keluar", {"keluar": value}, 422)
        ani.post(f"/simpul/{group}/urung", {"urung": f"k{value}"}, 422)
    ani.post(f"/simpul/{group}/anggota", {"orang": CITRA.id}, 404)
    ani.post(f"/simpul/{group}/keluar", {"keluar": "999"}, 404)
    ani.get(f"/simpul/{group}?hal=99999999999&baru=x&cari=%00")
    assert (len(rows(app, Group)), rows(app, Membership)) == (1, [])


def test_the_group_next_door_is_nobodys_business(app: Flask, ani: Visitor, budi: Visitor) -> None:
    theirs = group_of(app, f"Simpul {CANARY}", GROGOL, members=1)
    member = rows(app, Membership)[0].id
    assert CANARY not in ani.get("/simpul").text
    for path in (f"/simpul/{theirs}", f"/simpul/{theirs}/ubah"):
        ani.get(path, 404)
        budi.get(path, 404)
    for act, told in (
        ("anggota", {"orang": BUDI.id}),
        ("keluar", {"keluar": member}),
        ("ubah", {"nama": "Lain"}),
    ):
        ani.post(f"/simpul/{theirs}/{act}", told, 404)
    own = group_of(app)
    ani.post(f"/simpul/{own}/keluar", {"keluar": member}, 404)
    assert (rows(app, Membership)[0].until, len(rows(app, Membership))) == (None, 1)


def test_a_member_from_elsewhere_is_named_but_has_no_page_here(app: Flask, ani: Visitor) -> None:
    group = group_of(app)
    with app.app_context(), everywhere("a member who lives elsewhere"):
        db.session.add(
            Membership(group_id=group, person_id=CITRA.id, region_code=KAPUK, since=LONG_AGO, added_by=ANI.id)
        )
        db.session.commit()
    page = ani.get(f"/simpul/{group}")
    assert CITRA.name in page.text and not page.soup.select(f'a[href="/orang/{CITRA.id}"]')
    ani.get(f"/orang/{CITRA.id}", 404)


def test_who_withdraws_consent_leaves_all_groups(app: Flask, ani: Visitor) -> None:
    group = group_of(app)
    ani.post(f"/simpul/{group}/anggota", {"orang": BUDI.id})
    with app.app_context():
        bind(Scope((), BUDI.id))
        account = db.session.scalars(select(Account.id).where(Account.person_id == BUDI.id)).one()
        consent.refuse(account)
        db.session.commit()
        db.session.remove()
    one = rows(app, Membership)[0]
    assert one.until is not None
    assert not ani.get(f"/simpul/{group}?cari=budi").soup.select('[name="orang"]')
    ani.post(f"/simpul/{group}/anggota", {"orang": BUDI.id}, 404)
    assert ani.get(
        ani.post(f"/simpul/{group}/urung", {"urung": f"k{one.id}"}, 404).headers.get("X", "/simpul")
    )
    assert rows(app, Membership)[0].until is not None


@pytest.mark.parametrize("count", [1, 55])
def test_lists_cost_the_same_however_long(
    app: Flask, ani: Visitor, statements: Callable[[], Any], count: int
) -> None:
    for number in range(count):
        group_of(app, f"Simpul {number:03}", members=1)
    big = group_of(app, "Yang besar", members=count)
    with statements() as seen:
        first = ani.get("/simpul")
    assert len(seen.work) <= 4, seen.work
    with statements() as seen:
        members = ani.get(f"/simpul/{big}?cari=warga")
    assert len(seen.work) <= 6, seen.work
    assert ("hal=2" in first.text, "hal=2" in members.text) == (count > 50, count > 50)
    if count > 50:
        assert "Yang besar" in ani.get("/simpul?hal=2").text
        assert "Warga 054" in ani.get(f"/simpul/{big}?hal=2").text

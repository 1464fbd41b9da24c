"""Administration of users: who may do what to whom, once, and on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.cast import (
    ACTORS,
    ANI,
    BUDI,
    CANARY,
    CENGKARENG,
    CITRA,
    DEWI,
    EKO,
    GROGOL,
    KAPUK,
    KARTIKA,
    KOTA,
    LONG_AGO,
    TOMANG,
)
from tests.clock import TODAY
from tests.visits import Visitor
from webapp.people.models import Account, AuditEntry, DeviceSession, Mandate, Person
from webapp.people.rules import users as rules
from webapp.people.rules.permissions import Role
from webapp.people.rules.viewer import load_viewer
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

SARI = {"nama": "Sari Wulandari", "telepon": "0840-0000-077", "peran": "coordinator", "wilayah": CENGKARENG}
SARI_PHONE = "+628400000077"


def rows(app: Flask, query: Any) -> list[Any]:
    with app.app_context(), everywhere("test"):
        return list(db.session.scalars(query))


def trail(app: Flask) -> list[str]:
    return rows(app, select(AuditEntry.act).order_by(AuditEntry.id))


def confine(app: Flask, person_id: int, code: str) -> None:
    """Let somebody's mandate cover `code` alone."""
    with app.app_context(), everywhere("test"):
        db.session.scalars(select(Mandate).where(Mandate.person_id == person_id)).one().region_code = code
        db.session.commit()


def crowd(app: Flask, many: int, word: str) -> None:
    """That many witnesses of Kapuk who never signed in."""
    with app.app_context(), everywhere("test"):
        for n in range(many):
            name = f"{word} {n:03}"
            person = Person(name=name, search_name=name.lower(), region_code=KAPUK, created_at=LONG_AGO)
            db.session.add(person)
            db.session.flush()
            phone = f"+62840{len(word)}{word.encode().hex()[:3]}{n:03}"
            db.session.add(Account(person_id=person.id, phone=phone, created_at=LONG_AGO))
            db.session.add(
                Mandate(person_id=person.id, role="witness", region_code=KAPUK, since=LONG_AGO.date())
            )
        db.session.commit()


# --- the list ------------------------------------------------------------------------------------


def test_dewi_sees_everybody_with_masked_numbers(dewi: Visitor) -> None:
    page = dewi.get("/pengguna")
    for actor in ACTORS:
        assert actor.name in page.text
        assert actor.phone[3:] not in page.text
    assert "0840-••••-0003" in page.words("tbody")
    assert "Semua 6" in page.words(".seg")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cari=budi", {BUDI.name}),
        ("cari=0840 0000 004", {CITRA.name}),
        ("cari=0004", {CITRA.name}),
        ("cari=santoso+BUDI", {BUDI.name}),
        ("peran=supervisor", {EKO.name}),
        (f"wilayah={CENGKARENG}&peran=coordinator", {ANI.name, KARTIKA.name}),
        ("keadaan=belum", {actor.name for actor in ACTORS}),
        ("keadaan=nonaktif", set()),
        ("keadaan=terkunci", set()),
        ("cari=tidak+ada", set()),
        ("peran=raja&hal=abc&keadaan=x&wilayah=3174", {actor.name for actor in ACTORS}),
    ],
)
def test_the_list_is_narrowed(dewi: Visitor, query: str, found: set[str]) -> None:
    page = dewi.get(f"/pengguna?{query}")
    assert {cell.get_text() for cell in page.soup.select("tbody th")} == found


def test_the_list_costs_the_same_for_ten_and_for_two_hundred(
    app: Flask, dewi: Visitor, statements: Callable[[], Any]
) -> None:
    crowd(app, 10, "Orang")
    dewi.get("/pengguna")  # writes down that this device was here
    with statements() as few:
        dewi.get("/pengguna")
    crowd(app, 190, "Warga")
    with statements() as many:
        page = dewi.get("/pengguna?hal=2")
    assert len(few.work) == len(many.work) <= 4
    assert len(page.soup.select("tbody tr")) == 50
    assert "51–100 dari 206" in page.words("nav")


def test_an_admin_of_one_kecamatan_sees_nobody_next_door(app: Flask, dewi: Visitor) -> None:
    confine(app, DEWI.id, CENGKARENG)
    page = dewi.get("/pengguna")
    assert CANARY not in page.text and EKO.name not in page.text
    assert ANI.name in page.text
    dewi.get(f"/pengguna/{CITRA.id}", status=404)


@pytest.mark.parametrize("path", ["", "/baru", f"/{BUDI.id}", f"/{BUDI.id}/ubah", f"/{BUDI.id}/tugas"])
def test_nobody_but_an_admin_finds_these_pages(
    ani: Visitor, kartika: Visitor, budi: Visitor, citra: Visitor, eko: Visitor, path: str
) -> None:
    for visitor in (ani, kartika, budi, citra, eko):
        visitor.get(f"/pengguna{path}", status=404)


@pytest.mark.parametrize("act", ["ubah", "tugas", "tugas/3", "akun", "rahasia", "keadaan", "perangkat"])
def test_nobody_but_an_admin_may_act(citra: Visitor, eko: Visitor, app: Flask, act: str) -> None:
    citra.post(f"/pengguna/{BUDI.id}/{act}", {}, status=404)
    eko.post(f"/pengguna/{BUDI.id}/{act}", {}, status=404)
    assert trail(app) == []


@pytest.mark.parametrize("act", ["ubah", "tugas", "tugas/4", "akun", "rahasia", "keadaan", "perangkat"])
def test_an_admin_next_door_may_not_act(app: Flask, dewi: Visitor, act: str) -> None:
    confine(app, DEWI.id, CENGKARENG)
    dewi.post(f"/pengguna/{CITRA.id}/{act}", SARI | {"laku": "akhiri"}, status=404)
    assert trail(app) == []


# --- creating ------------------------------------------------------------------------------------


def test_a_new_coordinator_gets_a_pin_that_is_shown_once_and_works(
    dewi: Visitor, stranger: Visitor, app: Flask
) -> None:
    shown = dewi.post("/pengguna/baru", SARI, status=200)
    pin = shown.words("code")
    assert shown.headers["Cache-Control"] == "no-store" and len(pin) == 6
    stranger.post("/masuk", {"telp": SARI_PHONE, "pin": pin})
    assert stranger.get("/akun", status=303).headers["Location"] == "/persetujuan"
    assert pin not in dewi.get("/pengguna?cari=sari").text
    assert trail(app) == ["person.register", "account.create", "mandate.grant"]


def test_a_new_supervisor_gets_a_password(dewi: Visitor, stranger: Visitor) -> None:
    shown = dewi.post("/pengguna/baru", SARI | {"peran": "supervisor", "wilayah": KOTA}, status=200)
    password = shown.words("code")
    stranger.post("/masuk", {"telp": SARI_PHONE, "cara": "sandi", "sandi": password})
    stranger.get("/akun", status=303)


def test_the_same_form_twice_makes_one_user(dewi: Visitor, app: Flask) -> None:
    dewi.post("/pengguna/baru", SARI, status=200)
    again = dewi.post("/pengguna/baru", SARI)
    assert "sudah dibuat" in dewi.get(again.headers["Location"]).words("main")
    assert len(rows(app, select(Account).where(Account.phone == SARI_PHONE))) == 1
    assert len(trail(app)) == 3


def test_one_number_is_one_account(dewi: Visitor, app: Flask) -> None:
    page = dewi.post("/pengguna/baru", SARI | {"telepon": BUDI.phone}, status=422)
    assert "sudah dipakai" in page.words(".err") and "Sari Wulandari" in page.text
    assert rows(app, select(Person).where(Person.name == SARI["nama"])) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"nama": ""},
        {"telepon": "021 555"},
        {"peran": "admin"},
        {"wilayah": ""},
        {"wilayah": "3173"},
        {"lahir": "20"},
    ],
)
def test_mistakes_are_told_and_nothing_is_made(dewi: Visitor, app: Flask, wrong: dict[str, str]) -> None:
    page = dewi.post("/pengguna/baru", SARI | wrong, status=422)
    assert page.soup.select(".err, .sum")
    assert trail(app) == []


def test_an_admin_cannot_create_outside_the_own_part(app: Flask, dewi: Visitor) -> None:
    confine(app, DEWI.id, CENGKARENG)
    for outside in (GROGOL, KOTA, TOMANG, "ID"):
        dewi.post("/pengguna/baru", SARI | {"wilayah": outside}, status=404)
    assert trail(app) == []


def test_somebody_registered_without_account_becomes_the_same_person(dewi: Visitor, app: Flask) -> None:
    with app.app_context(), everywhere("test"):
        known = Person(
            name=SARI["nama"],
            search_name="sari wulandari",
            phone=SARI_PHONE,
            region_code=KAPUK,
            created_at=LONG_AGO,
        )
        db.session.add(known)
        db.session.commit()
        known_id = known.id
    dewi.post("/pengguna/baru", SARI, status=200)
    assert [one.person_id for one in rows(app, select(Account).where(Account.phone == SARI_PHONE))] == [
        known_id
    ]


# --- granting ------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("code", ["ID", KOTA, CENGKARENG, KAPUK, GROGOL, "94.01"])
def test_only_below_the_own_role_and_inside_the_own_part(
    app: Flask, actor: Any, role: Role, code: str
) -> None:
    confine(app, DEWI.id, CENGKARENG)
    with app.app_context():
        who = load_viewer(str(actor.device))
        assert who is not None
        expected = actor is DEWI and role is not Role.ADMIN and code in (CENGKARENG, KAPUK)
        assert rules.may_grant(who, role, code) is expected


def test_a_mandate_is_granted_once(dewi: Visitor, app: Flask) -> None:
    given = {"peran": "coordinator", "wilayah": KAPUK}
    dewi.post(f"/pengguna/{BUDI.id}/tugas", given)
    dewi.post(f"/pengguna/{BUDI.id}/tugas", given)
    held = rows(app, select(Mandate).where(Mandate.person_id == BUDI.id, Mandate.role == "coordinator"))
    assert len(held) == 1 and held[0].granted_by == DEWI.id
    assert trail(app) == ["mandate.grant"]


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (str(TODAY - timedelta(days=1)), "masanya sudah lewat"),
        (str(TODAY), "Tugas diberikan"),
        ("", "Tugas diberikan"),
    ],
)
def test_a_mandate_of_a_time_that_is_over_is_not_called_given(dewi: Visitor, until: str, says: str) -> None:
    told = {"peran": "coordinator", "wilayah": KAPUK, "mulai": "2020-01-01", "sampai": until}
    dewi.post(f"/pengguna/{BUDI.id}/tugas", told)
    assert says in dewi.get(f"/pengguna/{BUDI.id}").words(".toast")


def test_nobody_touches_an_equal_or_oneself(dewi: Visitor, app: Flask) -> None:
    with app.app_context(), everywhere("test"):
        db.session.add(Mandate(person_id=KARTIKA.id, role="admin", region_code=KAPUK, since=LONG_AGO.date()))
        db.session.commit()
    for person_id in (KARTIKA.id, DEWI.id):
        page = dewi.get(f"/pengguna/{person_id}")
        assert "hanya bisa melihat" in page.words("main") and not page.soup.select("form[action*=rahasia]")
        dewi.post(f"/pengguna/{person_id}/keadaan", {"aktif": "0"}, status=422)
        dewi.post(f"/pengguna/{person_id}/tugas", {"peran": "witness", "wilayah": KAPUK}, status=422)
        dewi.post(f"/pengguna/{person_id}/rahasia", {"segel": "x"})
    assert trail(app) == []


def test_nobody_resets_a_supervisor_of_a_wider_region(app: Flask, dewi: Visitor) -> None:
    confine(app, DEWI.id, GROGOL)  # Eko lives there, and supervises the whole kota
    dewi.post(f"/pengguna/{EKO.id}/keadaan", {"aktif": "0"}, status=422)
    assert rows(app, select(Account.active).where(Account.id == EKO.id)) == [True]


def test_a_mandate_ends_at_once_and_opens_again(dewi: Visitor, ani: Visitor, app: Flask) -> None:
    mandate = rows(app, select(Mandate).where(Mandate.person_id == ANI.id))[0].id
    path = f"/pengguna/{ANI.id}/tugas/{mandate}"
    assert dewi.get(path).one("button[value=akhiri]")
    dewi.get(f"/pengguna/{BUDI.id}/tugas/{mandate}", status=404)
    dewi.post(path, {"laku": "akhiri"})
    dewi.post(path, {"laku": "akhiri"})
    with app.app_context():
        who = load_viewer(str(ANI.device))
        assert who is not None and who.mandates == ()
    dewi.post(path, {"laku": "buka"})
    with app.app_context():
        who = load_viewer(str(ANI.device))
        assert who is not None and len(who.mandates) == 1
    assert trail(app) == ["mandate.end", "mandate.open"]
    dewi.post(f"/pengguna/{BUDI.id}/tugas/{mandate}", {"laku": "akhiri"}, status=404)


def test_a_staff_mandate_sleeps_until_there_is_a_password(dewi: Visitor, app: Flask, ani: Visitor) -> None:
    dewi.post(f"/pengguna/{ANI.id}/tugas", {"peran": "supervisor", "wilayah": CENGKARENG})
    assert "buatkan kata sandi" in dewi.get(f"/pengguna/{ANI.id}").words("main")
    assert "setelah Anda punya kata sandi" in ani.get("/akun").words("main")


# --- one user ------------------------------------------------------------------------------------


def test_details_are_changed_and_the_trail_tells_fields_not_names(dewi: Visitor, app: Flask) -> None:
    form = {"nama": "Budi  Santosa", "telepon": "0840 0000 088", "lahir": "1990", "wilayah": KAPUK}
    dewi.post(f"/pengguna/{BUDI.id}/ubah", form)
    dewi.post(f"/pengguna/{BUDI.id}/ubah", form)
    budi = rows(app, select(Person).where(Person.id == BUDI.id))[0]
    assert (budi.name, budi.phone, budi.birth_year) == ("Budi Santosa", "+628400000088", 1990)
    assert rows(app, select(Account.phone).where(Account.person_id == BUDI.id)) == ["+628400000088"]
    entries = rows(app, select(AuditEntry))
    assert len(entries) == 1
    assert entries[0].before == {"name": "•", "phone": "•", "birth_year": None}
    assert entries[0].actor_id == DEWI.id and entries[0].device_session_id == DEWI.device
    assert "Santos" not in str(entries[0].after) and "8400" not in str(entries[0].after)


def test_a_reset_signs_out_shows_once_and_is_not_repeated_by_a_reload(
    dewi: Visitor, budi: Visitor, app: Flask
) -> None:
    seal = dewi.get(f"/pengguna/{BUDI.id}").one("button[name=segel]")["value"]
    shown = dewi.post(f"/pengguna/{BUDI.id}/rahasia", {"segel": seal}, status=200)
    assert len(shown.words("code")) == 6 and shown.headers["Cache-Control"] == "no-store"
    budi.get("/akun", status=302)
    kept = rows(app, select(Account.pin_hash).where(Account.id == BUDI.id))
    dewi.post(f"/pengguna/{BUDI.id}/rahasia", {"segel": seal})
    assert rows(app, select(Account.pin_hash).where(Account.id == BUDI.id)) == kept
    assert trail(app) == ["pin.reset"]


def test_switching_off_ends_every_device_and_on_again_is_one_tap(
    dewi: Visitor, budi: Visitor, app: Flask
) -> None:
    for _ in range(2):
        dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "0"})
    budi.get("/akun", status=302)
    assert "Nonaktif" in dewi.get("/pengguna?keadaan=nonaktif").words("tbody")
    dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "1"})
    assert trail(app) == ["account.off", "account.on"]


def test_devices_are_revoked_at_the_next_request(dewi: Visitor, budi: Visitor, app: Flask) -> None:
    budi.get("/akun")
    dewi.post(f"/pengguna/{BUDI.id}/perangkat")
    dewi.post(f"/pengguna/{BUDI.id}/perangkat")
    budi.get("/akun", status=302)
    assert (
        rows(app, select(DeviceSession.revoked_at).where(DeviceSession.account_id == BUDI.id))[0] is not None
    )
    assert trail(app) == ["devices.revoke"]


# --- the trail -----------------------------------------------------------------------------------


def test_the_trail_can_be_read_by_an_admin_only(dewi: Visitor, ani: Visitor, eko: Visitor) -> None:
    dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "0"})
    page = dewi.get("/jejak")
    assert "Menonaktifkan akun" in page.words("main") and BUDI.name in page.words("main")
    assert f"{DEWI.name} · HP uji" in page.words("main")
    for visitor in (ani, eko):
        visitor.get("/jejak", status=404)


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_trail(dewi: Visitor, app: Flask, change: str) -> None:
    dewi.post(f"/pengguna/{BUDI.id}/keadaan", {"aktif": "0"})
    with app.app_context():
        with pytest.raises(DBAPIError, match="only added to"):
            db.session.execute(text(change))
        db.session.rollback()
    assert trail(app) == ["account.off"]


def test_two_who_change_the_same_user_do_not_undo_each_other(dewi: Visitor, app: Flask) -> None:
    path = f"/pengguna/{BUDI.id}/ubah"
    mark = str(dewi.get(path).one("input[name=dasar]")["value"])
    form = {"nama": BUDI.name, "wilayah": KAPUK, "dasar": mark}
    dewi.post(path, form | {"nama": "Budi Hartono"})
    page = dewi.post(path, form | {"lahir": "1987"}, 409)
    assert "baru saja diubah orang lain" in page.words("main")
    with app.app_context(), everywhere("test"):
        budi = db.session.get_one(Person, BUDI.id)
        assert (budi.name, budi.birth_year) == ("Budi Hartono", None)
    again = {"dasar": str(page.one("input[name=dasar]")["value"]), "nama": "Budi Hartono", "lahir": "1987"}
    dewi.post(path, form | again)

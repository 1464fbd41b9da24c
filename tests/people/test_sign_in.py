"""Signing in: what the door asks, how often it may be tried, what it says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.cast import ANI, BUDI, DEWI
from tests.visits import Page, Visitor
from webapp.people.models import CONSENT_VERSION, Account, AuditEntry, Consent, DeviceSession, SignInAttempt
from webapp.people.rules import secrets
from webapp.people.views.door import onward
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

PEPPER = "p" * 32
PIN, PASSWORD = "386042", "tiga kata acak"
NINE = datetime(2024, 11, 9, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def hashes() -> dict[str, str]:
    return {"pin": secrets.hash_pin(PIN, PEPPER), "password": secrets.hash_password(PASSWORD)}


@pytest.fixture(autouse=True)
def _secrets(app: Flask, hashes: dict[str, str]) -> None:
    with app.app_context():
        for account in db.session.scalars(select(Account)):
            account.pin_hash = hashes["pin"]
            if account.password_hash:
                account.password_hash = hashes["password"]
        db.session.commit()


def try_pin(visitor: Visitor, phone: str = ANI.phone, pin: str = PIN, status: int = 303, **more: Any) -> Page:
    return visitor.post("/masuk", {"telp": phone, "pin": pin, **more}, status=status)


def went(visitor: Visitor, answer: Page) -> str:
    """Where a new browser ends after signing in: it shows at the door that it takes cookies."""
    assert answer.headers["Location"].startswith("/masuk?kuki=1")
    return str(visitor.get(answer.headers["Location"], status=303).headers["Location"])


def test_ani_signs_in_with_number_and_pin(stranger: Visitor) -> None:
    answer = try_pin(stranger, "0840 000-0001")
    assert went(stranger, answer) == "/"
    assert "Ani" in stranger.get("/akun").text


@pytest.mark.parametrize("way", [{"pin": PIN}, {"cara": "sandi", "sandi": PASSWORD}], ids=["PIN", "password"])
def test_a_browser_that_refuses_cookies_is_told_so(app: Flask, way: dict[str, str]) -> None:
    refusing = Visitor(app)
    refusing.client = app.test_client(use_cookies=False)
    form = {"telp": DEWI.phone if "sandi" in way else ANI.phone, "lanjut": "/rapat", **way}
    answer = refusing.post("/masuk", form)
    page = refusing.get(answer.headers["Location"])
    assert "menolak kuki" in page.words(".note.bad") and "Izinkan kuki" in page.words(".note.bad")
    assert page.one("input[name=lanjut]")["value"] == "/rapat"
    assert bool(page.soup.select("input[name=sandi]")) == ("sandi" in way)


def test_a_browser_that_brought_a_cookie_goes_straight_in(stranger: Visitor) -> None:
    stranger.get(try_pin(stranger).headers["Location"], status=303)
    stranger.post("/keluar")
    assert try_pin(stranger, lanjut="/akun").headers["Location"] == "/akun"


def test_whoever_comes_back_later_is_not_told_of_cookies(stranger: Visitor) -> None:
    stranger.get(try_pin(stranger).headers["Location"], status=303)
    stranger.post("/keluar")
    assert "menolak kuki" not in stranger.get("/masuk?kuki=1").text


@pytest.mark.parametrize(
    ("there", "says"),
    [("/hadir/7.1.AAAAAAAAAAAAAA", "Kode layar terbaca. Masuk dulu"), ("/akun", "Masuk dulu"), ("/", "")],
)
def test_the_door_says_why_it_stands_there(stranger: Visitor, there: str, says: str) -> None:
    asked = stranger.get("/masuk", query_string={"lanjut": there})
    assert says in asked.words(".note") and bool(says) == bool(asked.soup.select(".note"))


def test_dewi_signs_in_with_a_password(stranger: Visitor) -> None:
    form = {"telp": DEWI.phone, "cara": "sandi", "sandi": PASSWORD}
    stranger.post("/masuk", form)
    assert "Admin" in stranger.get("/akun").words("main")


@pytest.mark.parametrize("written", ["+62 840 000 0001", "62840-0000001", "8400000001", "(0840) 0000.001"])
def test_any_way_of_writing_the_number_signs_in(stranger: Visitor, written: str) -> None:
    try_pin(stranger, written)


def test_the_page_costs_at_most_one_statement(stranger: Visitor, statements: Callable[[], Any]) -> None:
    with statements() as seen:
        page = stranger.get("/masuk")
    assert len(seen.work) <= 1
    assert page.one("input[name=pin]")["inputmode"] == "numeric"
    assert stranger.get("/masuk?cara=sandi").one("input[name=sandi]")


def test_whoever_is_signed_in_is_sent_on(ani: Visitor) -> None:
    assert ani.get("/masuk?lanjut=/akun", status=303).headers["Location"] == "/akun"


# --- the same answer -----------------------------------------------------------------------------


def test_unknown_number_wrong_secret_and_disabled_account_get_the_same_answer(
    stranger: Visitor, app: Flask
) -> None:
    with app.app_context():
        db.session.get_one(Account, BUDI.id).active = False
        db.session.commit()
    answers = {
        stranger.post("/masuk", {"telp": phone, "pin": pin}, status=422).words(".note")
        for phone, pin in [
            ("0840 999 9999", PIN),
            (ANI.phone, "904817"),
            (BUDI.phone, PIN),
        ]
    }
    assert len(answers) == 1 and "tidak cocok" in answers.pop()


def test_a_missing_field_is_told_without_an_attempt(stranger: Visitor, app: Flask) -> None:
    page = stranger.post("/masuk", {"telp": "", "pin": ""}, status=422)
    assert len(page.soup.select(".err")) == 2
    assert attempts(app) == []


@pytest.mark.parametrize("way", [{"pin": "1"}, {"pin": PIN}, {"cara": "sandi", "sandi": PASSWORD}])
@pytest.mark.parametrize("typed", ["tidak ada", "0840 0000", "+60 12 345 6789", "12.34567890", "8" * 99])
def test_what_is_no_number_is_said_so_and_is_no_attempt(
    stranger: Visitor, app: Flask, typed: str, way: dict[str, str]
) -> None:
    for _ in range(6):
        page = stranger.post("/masuk", {"telp": typed, **way}, status=422)
    told = page.words(".err")
    assert "Ini tidak dihitung sebagai percobaan." in told and "tidak cocok" not in page.words("main")
    assert (
        page.one("input[name=telp]")["aria-invalid"] == "true"
        and page.one("input[name=telp]")["value"] == typed
    )
    assert attempts(app) == []


def test_a_number_that_is_pasted_with_its_name_signs_in(stranger: Visitor, app: Flask) -> None:
    for written in (
        "WA 0840-0000-001.",
        "tel:+62-840-0000-001",
        "https://wa.me/628400000001",
        '"0840_0000_001";',
    ):
        try_pin(Visitor(app), written)


def test_every_answer_costs_one_hash(stranger: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = secrets._hasher.verify

    class Counting:
        verify = staticmethod(lambda kept, typed: seen.append(kept) or real(kept, typed))
        hash = staticmethod(secrets._hasher.hash)
        check_needs_rehash = staticmethod(secrets._hasher.check_needs_rehash)

    monkeypatch.setattr(secrets, "_hasher", Counting())
    for form in (
        {"telp": "0840 999 9999", "pin": PIN},
        {"telp": ANI.phone, "pin": "904817"},
        {"telp": "0840 000 0009", "sandi": PASSWORD, "cara": "sandi"},
        {"telp": ANI.phone, "sandi": PASSWORD, "cara": "sandi"},
    ):
        stranger.post("/masuk", form, status=422)
    assert len(seen) == 4


def test_a_pin_is_no_password_and_the_other_way_round(stranger: Visitor) -> None:
    stranger.post("/masuk", {"telp": DEWI.phone, "cara": "sandi", "sandi": PIN}, status=422)
    try_pin(stranger, DEWI.phone, PASSWORD, status=422)


def test_staff_who_come_with_a_pin_have_no_powers_and_read_why(stranger: Visitor) -> None:
    try_pin(stranger, DEWI.phone)
    assert "masuk dengan kata sandi" in stranger.get("/akun").words("main")
    stranger.get("/pengguna", status=404)


def test_an_outdated_hash_is_made_anew(stranger: Visitor, app: Flask) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with app.app_context():
        db.session.get_one(Account, ANI.id).pin_hash = weak.hash(secrets._peppered(PIN, PEPPER))
        db.session.commit()
    try_pin(stranger)
    with app.app_context():
        kept = db.session.get_one(Account, ANI.id).pin_hash
        assert kept is not None and not secrets.is_outdated(kept)
    try_pin(Visitor(app))


# --- limits --------------------------------------------------------------------------------------


def attempts(app: Flask) -> list[bool]:
    with app.app_context():
        return list(db.session.scalars(select(SignInAttempt.succeeded).order_by(SignInAttempt.id)))


def test_five_failures_lock_for_fifteen_minutes_even_for_the_right_pin(stranger: Visitor, app: Flask) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        for _ in range(5):
            try_pin(stranger, pin="904817", status=422)
        locked = try_pin(stranger, status=429)
        assert "15 menit" in locked.words(".note") and locked.headers["Retry-After"] == "900"
        clock.shift(timedelta(minutes=10))
        assert "5 menit" in try_pin(stranger, status=429).words(".note")
        clock.shift(timedelta(minutes=4, seconds=59))
        assert "1 menit" in try_pin(stranger, status=429).words(".note")
        clock.shift(timedelta(seconds=1))
        try_pin(stranger)
    assert attempts(app)[:5] == [False] * 5 and attempts(app)[-1] is True


def test_tries_during_the_lock_do_not_make_it_longer(stranger: Visitor) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        for _ in range(5):
            try_pin(stranger, pin="904817", status=422)
        for _ in range(14):
            clock.shift(timedelta(minutes=1))
            try_pin(stranger, pin="904817", status=429)
        clock.shift(timedelta(minutes=1))
        try_pin(stranger)


def test_an_unknown_number_locks_just_the_same(stranger: Visitor) -> None:
    for _ in range(5):
        try_pin(stranger, "0840 999 9999", status=422)
    assert "menit" in try_pin(stranger, "+62 840 999 9999", status=429).words(".note")


def test_a_lock_concerns_one_number_alone(stranger: Visitor) -> None:
    for _ in range(5):
        try_pin(stranger, pin="904817", status=422)
    try_pin(stranger, BUDI.phone)


def test_the_list_of_users_shows_who_is_locked_and_a_new_pin_unlocks(
    stranger: Visitor, dewi: Visitor, app: Flask
) -> None:
    for _ in range(5):
        try_pin(stranger, pin="904817", status=422)
    assert "Terkunci 1" in dewi.get("/pengguna").words(".seg")
    assert [row.get_text() for row in dewi.get("/pengguna?keadaan=terkunci").soup.select("tbody th")] == [
        ANI.name
    ]
    page = dewi.get(f"/pengguna/{ANI.id}")
    assert "Terkunci" in page.words("main")
    seal = page.one("button[name=segel]")["value"]
    pin = dewi.post(f"/pengguna/{ANI.id}/rahasia", {"segel": seal}, status=200).words("code")
    try_pin(stranger, pin=pin)


def test_one_address_is_slowed_but_never_locked(stranger: Visitor, app: Flask) -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        with app.app_context():
            address = secrets.key_of("127.0.0.1", "address", PEPPER)
            db.session.add_all(
                SignInAttempt(phone_key=f"{n}", address_key=address, at=NINE, succeeded=False)
                for n in range(61)
            )
            db.session.commit()
        slowed = try_pin(stranger, status=429)
        assert slowed.headers["Retry-After"] == "5"
        clock.shift(timedelta(minutes=1))
        try_pin(stranger)


def test_a_forged_forwarding_header_changes_nothing(stranger: Visitor, app: Flask) -> None:
    try_pin(
        stranger,
        pin="904817",
        status=422,
    )
    stranger.post(
        "/masuk", {"telp": ANI.phone, "pin": "904818"}, status=422, headers={"X-Forwarded-For": "203.0.113.9"}
    )
    with app.app_context():
        assert len(set(db.session.scalars(select(SignInAttempt.address_key)))) == 1


# --- the session ---------------------------------------------------------------------------------


def test_signing_in_gives_a_new_session(app: Flask, stranger: Visitor) -> None:
    with stranger.client.session_transaction() as session:
        session["_user_id"] = "known to a thief"
        session["planted"] = "1"
    answer = try_pin(stranger)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Expires=" in cookie
    with stranger.client.session_transaction() as session:
        assert "planted" not in session and session["_user_id"] != "known to a thief"
        device = session["_user_id"]
    with app.app_context():
        assert db.session.get_one(DeviceSession, UUID(device)).account_id == ANI.id


def test_two_sign_ins_are_two_devices(app: Flask) -> None:
    phone = {
        "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/124.0 Mobile Safari/537.36"
    }
    first, second = Visitor(app), Visitor(app)
    first.post("/masuk", {"telp": ANI.phone, "pin": PIN}, headers=phone)
    second.post("/masuk", {"telp": ANI.phone, "pin": PIN})
    listed = first.get("/perangkat").words("main")
    assert "Android · Chrome" in listed and "Perangkat ini" in listed and "Perangkat lain" in listed


def test_ani_signs_out_and_the_cookie_is_worth_nothing(ani: Visitor, app: Flask) -> None:
    assert ani.get("/keluar").one("main form")["action"] == "/keluar"
    ani.get("/akun")  # a GET alone signs nobody out
    answer = ani.post("/keluar")
    assert answer.headers["Location"] == "/masuk" and answer.headers["Clear-Site-Data"] == '"cache"'
    Visitor(app, ANI).get("/akun", status=302)


def test_a_lost_phone_is_signed_out_from_another(app: Flask) -> None:
    lost, mine = Visitor(app, ANI), Visitor(app)
    try_pin(mine)
    mine.post(f"/perangkat/{ANI.device}/keluar")
    lost.get("/akun", status=302)
    mine.get("/akun")


def test_nobody_signs_out_somebody_elses_device(citra: Visitor, ani: Visitor) -> None:
    citra.post(f"/perangkat/{ANI.device}/keluar")
    ani.get("/akun")


def test_out_of_all_devices(app: Flask, ani: Visitor) -> None:
    other = Visitor(app)
    try_pin(other)
    ani.post("/perangkat/keluar")
    ani.get("/akun", status=302)
    other.get("/akun", status=302)


# --- onward --------------------------------------------------------------------------------------


def test_signing_in_leads_to_where_one_was_going(stranger: Visitor) -> None:
    asked = stranger.get("/pengguna?cari=budi", status=302)
    form = stranger.get(asked.headers["Location"])
    lanjut = form.one("input[name=lanjut]")["value"]
    assert lanjut == "/pengguna?cari=budi"
    assert went(stranger, try_pin(stranger, lanjut=lanjut)) == lanjut


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "///evil.example", "/\\evil.example", "https://evil.example", "evil", "/\t/evil.example",
     " //evil.example", "/\n/evil.example", "javascript:alert(1)", "\\\\evil.example", "/\u2028/evil", "", None],
)  # fmt: skip
def test_no_other_site_is_ever_led_to(path: str | None) -> None:
    assert onward(path) == "/"


@given(st.text(alphabet=st.sampled_from("/\\:@?#.\t\n ae%2f\u00a0"), max_size=12))
def test_wherever_it_leads_it_is_our_own_site(path: str) -> None:
    led = urljoin("https://simpul.example/masuk", onward(path))
    assert urlsplit(led).netloc == "simpul.example"
    assert not onward(path).startswith(("//", "/\\"))


# --- consent and a secret of one's own -------------------------------------------------------------


def new_account(app: Flask) -> None:
    with app.app_context():
        account = db.session.get_one(Account, ANI.id)
        account.temporary, account.consent_version = True, None
        db.session.commit()


def test_the_first_sign_in_asks_for_consent_then_for_an_own_pin(stranger: Visitor, app: Flask) -> None:
    new_account(app)
    try_pin(stranger)
    assert stranger.get("/akun", status=303).headers["Location"] == "/persetujuan"
    asked = stranger.get("/persetujuan")
    assert "NIK" in asked.words("main") and not asked.soup.select("nav.bar")
    for _ in range(2):
        stranger.post("/persetujuan", {"jawaban": "setuju"})
    assert stranger.get("/akun", status=303).headers["Location"] == "/ganti-pin"
    assert not stranger.get("/ganti-pin").soup.select("input[name=lama]")
    stranger.post("/ganti-pin", {"baru": PIN, "ulangi": PIN}, status=422)  # the one the admin knows
    stranger.post("/ganti-pin", {"baru": "904817", "ulangi": "904817"})
    stranger.get("/akun")
    with app.app_context():
        kept = db.session.scalars(select(Consent).where(Consent.person_id == ANI.id)).all()
        assert [(row.given, row.channel, row.version) for row in kept] == [(True, "web", CONSENT_VERSION)]
    try_pin(Visitor(app), pin="904817")


def test_whoever_does_not_agree_is_signed_out_and_that_is_kept(stranger: Visitor, app: Flask) -> None:
    new_account(app)
    try_pin(stranger)
    assert stranger.post("/persetujuan", {"jawaban": "tidak"}).headers["Location"] == "/masuk?tidak=1"
    stranger.get("/akun", status=302)
    with app.app_context():
        assert [row.given for row in db.session.scalars(select(Consent))] == [False]


def test_consent_can_be_taken_back_and_stops_everything(ani: Visitor, app: Flask) -> None:
    ani.post("/persetujuan", {"jawaban": "tidak"})
    ani.get("/akun", status=302)
    again = Visitor(app)
    try_pin(again)
    assert again.get("/akun", status=303).headers["Location"] == "/persetujuan"


def test_anybody_may_read_what_is_kept(stranger: Visitor) -> None:
    assert "UU 27" in stranger.get("/privasi").text


@pytest.mark.parametrize(
    ("lama", "baru", "ulangi", "says"),
    [
        ("000001", "904817", "904817", "tidak cocok"),
        (PIN, "123456", "123456", "mudah ditebak"),
        (PIN, "904817", "904818", "Tidak sama"),
        (PIN, "90481", "90481", "6 angka"),
    ],
)
def test_a_new_pin_is_checked(ani: Visitor, lama: str, baru: str, ulangi: str, says: str) -> None:
    page = ani.post("/ganti-pin", {"lama": lama, "baru": baru, "ulangi": ulangi}, status=422)
    assert says in page.words("main")


def test_a_new_pin_signs_the_other_devices_out_and_twice_is_once(ani: Visitor, app: Flask) -> None:
    other = Visitor(app)
    try_pin(other)
    form = {"lama": PIN, "baru": "904817", "ulangi": "904817"}
    ani.post("/ganti-pin", form)
    ani.post("/ganti-pin", form)
    other.get("/akun", status=302)
    ani.get("/akun")
    try_pin(Visitor(app), pin="904817")
    with app.app_context(), everywhere("test"):
        assert list(db.session.scalars(select(AuditEntry.act))) == ["pin.renew"]


def test_guessing_the_old_pin_on_a_stolen_phone_locks_too(ani: Visitor) -> None:
    for _ in range(5):
        ani.post("/ganti-pin", {"lama": "000001", "baru": "904817", "ulangi": "904817"}, status=422)
    ani.post("/ganti-pin", {"lama": PIN, "baru": "904817", "ulangi": "904817"}, status=429)


def test_a_stolen_phone_cannot_guess_the_pin_as_the_new_one_either(ani: Visitor) -> None:
    for _ in range(5):
        ani.post("/ganti-pin", {"lama": "000001", "baru": "904817", "ulangi": "904817"}, status=422)
    ani.post("/ganti-pin", {"lama": "000001", "baru": PIN, "ulangi": PIN}, status=429)


def test_a_browser_keeps_its_name_whoever_signs_in_on_it(stranger: Visitor, visit: Any, app: Flask) -> None:
    try_pin(stranger)
    stranger.post("/keluar")
    try_pin(stranger, BUDI.phone)
    other = visit(None)
    other.client.set_cookie("hp", "no such name", path="/masuk")
    try_pin(other, BUDI.phone)
    with app.app_context():
        named = select(DeviceSession.handset).where(DeviceSession.handset.is_not(None))
        first, second, third = db.session.scalars(named.order_by(DeviceSession.created_at)).all()
    assert first == second != third

"""How often signing in may be tried: by number, by phone, by network, and what the whole installation hears of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import ANI, BUDI, DEWI
from tests.clock import NOW
from tests.visits import Page, Visitor
from webapp.people.models import Account, AuditEntry, SignInAttempt, SignInTurn
from webapp.people.rules import limits, secrets
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

PEPPER = "p" * 32
PIN, WRONG = "386042", "904817"
HASHED = secrets.hash_pin(PIN, PEPPER)
CARRIER = "203.0.113.7"


@pytest.fixture(autouse=True)
def _pins(app: Flask) -> None:
    with app.app_context():
        for account in db.session.scalars(select(Account)):
            account.pin_hash = HASHED
        db.session.commit()


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


def attempt(
    visitor: Visitor, status: int, pin: str = WRONG, phone: str = ANI.phone, address: str = CARRIER
) -> Page:
    told = {"REMOTE_ADDR": address}
    return visitor.post("/masuk", {"telp": phone, "pin": pin}, status=status, environ_overrides=told)


def failed(app: Flask, address: str, many: int, at: datetime = NOW) -> None:
    """So many failures of as many numbers, behind one address."""
    with app.app_context():
        key = limits.address_key(address, PEPPER)
        db.session.add_all(
            SignInAttempt(phone_key=f"{at:%H%M}{n}", address_key=key, at=at, succeeded=False)
            for n in range(many)
        )
        db.session.commit()


def known(app: Flask, phone: str = ANI.phone) -> Visitor:
    """A phone on which this number signed in before, and signed out again."""
    visitor = Visitor(app)
    attempt(visitor, 303, PIN, phone)
    visitor.post("/keluar")
    return visitor


# --- the address ---------------------------------------------------------------------------------


def test_behind_a_crowded_address_the_right_pin_gets_in_after_some_seconds(app: Flask, clock: Any) -> None:
    failed(app, CARRIER, 61)
    newcomer = Visitor(app)
    waits = attempt(newcomer, 429, PIN)
    seconds = int(waits.headers["Retry-After"])
    assert 1 <= seconds <= limits.LONGEST_WAIT and f"{seconds} detik" in waits.words(".note")
    clock.shift(timedelta(seconds=seconds - 1))
    assert attempt(newcomer, 429, PIN).headers["Retry-After"] == "1"
    clock.shift(timedelta(seconds=1))
    attempt(newcomer, 303, PIN)


def test_behind_a_crowded_address_a_known_phone_does_not_wait(app: Flask, clock: Any) -> None:
    mine = known(app)
    failed(app, CARRIER, 400)
    attempt(mine, 303, PIN)


def test_a_turn_is_good_for_one_try(app: Flask, clock: Any) -> None:
    failed(app, CARRIER, 61)
    attempt(Visitor(app), 429)
    clock.shift(timedelta(seconds=limits.WAIT))
    attempt(Visitor(app), 422)
    attempt(Visitor(app), 429)


def test_a_turn_that_nobody_took_is_forgotten_with_the_next(app: Flask, clock: Any) -> None:
    failed(app, CARRIER, 61, NOW + timedelta(minutes=11))
    clock.shift(timedelta(minutes=11))
    attempt(Visitor(app), 429, phone=BUDI.phone)
    clock.shift(limits.TURN_HOLDS + timedelta(seconds=limits.LONGEST_WAIT + 1))
    failed(app, CARRIER, 61, NOW + timedelta(minutes=22))
    attempt(Visitor(app), 429)
    with app.app_context():
        assert len(db.session.scalars(select(SignInTurn)).all()) == 1


def test_of_two_tries_with_one_turn_one_is_judged(app: Flask, clock: Any) -> None:
    failed(app, CARRIER, 61)
    with app.app_context():
        address = limits.address_key(CARRIER, PEPPER)
        with pytest.raises(limits.TooFast):
            limits.wait_for_turn("turn", address)
        clock.shift(timedelta(seconds=limits.WAIT))
        assert limits.wait_for_turn("turn", address) and limits.wait_for_turn("turn", address)
        with writing():
            assert limits.take_turn("turn") is None
            assert isinstance(limits.take_turn("turn"), limits.TooFast)


def test_many_numbers_from_one_address_wait_longer_and_longer(app: Flask, clock: Any) -> None:
    """Not one of the numbers is judged at its first try; whoever is slow about it is noticed by the hour."""
    failed(app, CARRIER, 250)
    told = [attempt(Visitor(app), 429, phone=f"+6284000009{n:02}") for n in range(20)]
    assert {page.headers["Retry-After"] for page in told} == {"20"}
    slow = "203.0.113.8"
    failed(app, slow, 301, NOW - timedelta(minutes=30))
    attempt(Visitor(app), 429, address=slow)


def test_the_network_of_a_subscriber_is_one_address(app: Flask, clock: Any) -> None:
    failed(app, "2001:db8:1:2::1", 61)
    attempt(Visitor(app), 429, PIN, address="2001:db8:1:2:ffff:ffff:ffff:ffff")
    attempt(Visitor(app), 303, PIN, address="2001:db8:1:3::1")
    failed(app, "::ffff:198.51.100.4", 61)
    attempt(Visitor(app), 429, PIN, phone=BUDI.phone, address="198.51.100.4")
    attempt(Visitor(app), 303, PIN, phone=BUDI.phone, address="198.51.100.5")


# --- the number and the phone --------------------------------------------------------------------


def test_a_strangers_tries_do_not_lock_the_owner_out_on_her_own_phone(app: Flask, clock: Any) -> None:
    mine = known(app)
    for _ in range(5):
        attempt(Visitor(app), 422)
    attempt(Visitor(app), 429, PIN)
    attempt(mine, 303, PIN)


def test_the_owners_phone_has_a_budget_too_and_it_is_one(app: Flask, clock: Any) -> None:
    mine = known(app)
    for _ in range(5):
        attempt(mine, 422)
    attempt(mine, 429, PIN)
    attempt(Visitor(app), 303, PIN)


def test_a_phone_that_knows_another_number_is_a_stranger_to_this_one(app: Flask, clock: Any) -> None:
    theirs = known(app, BUDI.phone)
    for _ in range(5):
        attempt(Visitor(app), 422)
    attempt(theirs, 429, PIN)
    attempt(theirs, 303, PIN, BUDI.phone)


def test_a_cookie_that_somebody_made_up_knows_nothing(app: Flask, clock: Any) -> None:
    for _ in range(5):
        attempt(Visitor(app), 422)
    forger = Visitor(app)
    forger.client.set_cookie("hp", "00000000000000000000000000000001", path="/masuk")
    attempt(forger, 429, PIN)


def fail(app: Flask) -> int:
    """One more failure of a number, unless it is locked; returns for how many minutes it is locked now."""
    with app.app_context():
        with writing():
            if not limits.locked(["number"]):
                limits.count_failure("number")
        now_locked = limits.locked(["number"])
        return now_locked.minutes if now_locked else 0


def lock_again(app: Flask, clock: Any) -> int:
    """Use the budget up and return for how many minutes that locks; afterwards it is open again."""
    assert [fail(app) for _ in range(4)] == [0] * 4
    minutes = fail(app)
    clock.shift(timedelta(minutes=minutes))
    return minutes


def test_the_lock_grows_after_the_third_round_and_a_day_forgets_it(app: Flask, clock: Any) -> None:
    assert [lock_again(app, clock) for _ in range(8)] == [15, 15, 15, 30, 60, 120, 240, 240]
    clock.shift(timedelta(days=1))
    assert lock_again(app, clock) == 15


def test_whoever_stays_below_five_in_a_quarter_is_locked_all_the_same(app: Flask, clock: Any) -> None:
    for _ in range(4 * 6):
        for _ in range(4):
            fail(app)
        clock.shift(timedelta(minutes=15))
    with app.app_context():
        assert len(db.session.scalars(select(SignInAttempt.id)).all()) < 40  # of 96


def test_a_new_secret_opens_every_lock(app: Flask, dewi: Visitor, clock: Any) -> None:
    mine = known(app)
    for _ in range(5):
        attempt(mine, 422)
        attempt(Visitor(app), 422)
    seal = dewi.get(f"/pengguna/{ANI.id}").one("button[name=segel]")["value"]
    pin = dewi.post(f"/pengguna/{ANI.id}/rahasia", {"segel": seal}, status=200).words("code")
    attempt(mine, 303, pin)
    attempt(Visitor(app), 303, pin)


def test_every_number_costs_the_same_statements(
    app: Flask, statements: Callable[[], Any], clock: Any
) -> None:
    seen = {}
    for phone in (ANI.phone, "0840 999 9999", DEWI.phone):
        with statements() as sent:
            attempt(Visitor(app), 422, phone=phone)
        seen[phone] = len(sent)
    assert seen[ANI.phone] - seen["0840 999 9999"] <= 1 and seen[ANI.phone] == seen[DEWI.phone]


# --- the alarm -----------------------------------------------------------------------------------


def alarms(app: Flask) -> list[Any]:
    with app.app_context(), everywhere("test"):
        return list(db.session.scalars(select(AuditEntry.after).where(AuditEntry.act == "sign_in.alarm")))


def test_a_jump_of_failures_is_told_once_an_hour(
    app: Flask, dewi: Visitor, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for n in range(11):
        failed(app, f"203.0.113.{n}", 9)
    with caplog.at_level(logging.WARNING):
        attempt(Visitor(app), 422, address="198.51.100.1")
        attempt(Visitor(app), 422, address="198.51.100.2")
    assert alarms(app) == [{"failures": 100, "addresses": 12}]
    assert [record.getMessage() for record in caplog.records if "sign-ins" in record.getMessage()] == [
        "100 failed sign-ins from 12 addresses within 15 minutes"
    ]
    page = dewi.get("/jejak").words("main")
    assert "Banyak percobaan masuk yang gagal" in page and "100" in page
    clock.shift(timedelta(minutes=61))
    failed(app, CARRIER, 800, NOW + timedelta(minutes=61))
    attempt(Visitor(app), 422, address="198.51.100.1")
    assert len(alarms(app)) == 2


def test_a_busy_day_is_no_jump(app: Flask, clock: Any) -> None:
    for hours in range(1, 20):
        failed(app, "203.0.113.9", 120, NOW - timedelta(hours=hours))
    failed(app, "203.0.113.9", 100)
    attempt(Visitor(app), 422, address="198.51.100.1")
    assert alarms(app) == []

"""A PIN or password that was pasted is judged by what can be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.cast import ANI, DEWI
from tests.people.test_sign_in import PEPPER
from tests.visits import Visitor
from webapp.people.models import Account, SignInAttempt
from webapp.people.rules import secrets
from webapp.people.rules.secrets import is_password, password_of, pin_of
from webapp.plumbing.database import db

PIN, PASSWORD = "386042", "tiga kata acak"


@pytest.fixture
def known(app: Flask) -> None:
    with app.app_context():
        for who, values in (
            (ANI, {"pin_hash": secrets.hash_pin(PIN, PEPPER)}),
            (DEWI, {"password_hash": secrets.hash_password(PASSWORD)}),
        ):
            db.session.execute(update(Account).where(Account.id == who.id).values(values))
        db.session.commit()


def attempts(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(SignInAttempt)) or 0


@pytest.mark.parametrize(
    "pasted",
    [
        " 386042",
        "386 042",
        "PIN: 386042",
        "386042.",
        "\u200e386042\ufeff",
        "٣٨٦٠٤٢",
        "３８６０４２",
        "386042.0",
        "38-60-42",
        "386042,0",
        "386042.00",
        "386.042,0",
        "'386042",
        "PIN 1: 386042",
        "PIN baru (6 angka): 386042",
        "PIN 6 angka: 386 042",
        "No. 2 / 2026, PIN Anda 386042.",
        "PIN: 386042 (jangan diberikan, PIN: 386042)",
    ],
)
def test_the_six_digits_of_whatever_was_pasted_are_the_pin(pasted: str) -> None:
    assert pin_of(pasted) == PIN


@pytest.mark.parametrize(
    "pasted",
    ["", "38604", "3860420", "rahasia", "38604.0", "38604,0", "PIN 1: 38604", "3a8b6c0d4e2", "386042 atau 904817",
     "0812-3456-7890"],
)  # fmt: skip
def test_other_than_six_digits_are_no_pin(pasted: str) -> None:
    assert pin_of(pasted) is None


@pytest.mark.usefixtures("known")
def test_a_pasted_pin_and_number_sign_in(stranger: Visitor) -> None:
    stranger.post(
        "/masuk", {"telp": "\u202a+62 840\u20110000\u2011001\u202c", "pin": "PIN: 386 042"}, status=303
    )
    stranger.get("/akun")


@pytest.mark.usefixtures("known")
def test_what_cannot_be_a_pin_is_said_and_not_counted(stranger: Visitor, app: Flask) -> None:
    for _ in range(6):
        page = stranger.post("/masuk", {"telp": ANI.phone, "pin": "PIN: 2"}, status=422)
    assert "tepat 6 angka" in page.words("main") and attempts(app) == 0
    stranger.post("/masuk", {"telp": ANI.phone, "pin": PIN}, status=303)


@pytest.mark.usefixtures("known")
def test_a_password_with_blanks_around_it_signs_in(stranger: Visitor) -> None:
    stranger.post(
        "/masuk", {"telp": DEWI.phone, "cara": "sandi", "sandi": f" {PASSWORD}\u200b\n"}, status=303
    )


def test_blanks_that_belong_to_a_password_still_do() -> None:
    kept = secrets.hash_password(" tiga kata acak ")
    assert is_password(" tiga kata acak ", kept) and not is_password("tiga kata acak", kept)
    assert password_of("\u200btiga kata acak ") == "tiga kata acak"


@pytest.mark.parametrize("typed", ["x", " x "])
def test_a_known_and_an_unknown_number_cost_as_many_hashes(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, costs = secrets.hash_password(PASSWORD), []
    verify: Callable[[str, str | None], Any] = secrets._verify

    def counted(secret: str, against: str | None) -> bool:
        costs[-1] += 1
        return bool(verify(secret, against))

    monkeypatch.setattr(secrets, "_verify", counted)
    for against in (kept, None):
        costs.append(0)
        assert not is_password(typed, against)
    assert costs[0] == costs[1] == len({typed, typed.strip()})


@pytest.mark.usefixtures("known")
def test_no_field_cuts_a_pasted_pin_short(stranger: Visitor, ani: Visitor) -> None:
    for page in (stranger.get("/masuk"), ani.get("/ganti-pin")):
        assert all(int(str(field.get("maxlength", 99))) > 40 for field in page.soup.select("input.pin"))


@pytest.mark.usefixtures("known")
def test_a_new_pin_may_be_pasted_too(ani: Visitor, app: Flask) -> None:
    ani.post("/ganti-pin", {"lama": "38 60 42", "baru": "PIN: 904817", "ulangi": "904 817"}, status=303)
    Visitor(app).post("/masuk", {"telp": ANI.phone, "pin": "904817"}, status=303)
    page = ani.post("/ganti-pin", {"lama": "9048", "baru": PIN, "ulangi": PIN}, status=422)
    assert "tepat 6 angka" in page.words("main")

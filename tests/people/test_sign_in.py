"""Signing in: what the door asks, how often it may be tried, what it says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import ANI, DEWI
from tests.visits import Page, Visitor
from webapp.people.models import Account
from webapp.people.rules import secrets
from webapp.plumbing.database import db

PEPPER = "p" * 32
PIN, PASSWORD = "240683", "tiga kata acak"
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


def test_ani_signs_in_with_number_and_pin(stranger: Visitor) -> None:
    answer = try_pin(stranger, "0840 000-0001")
    assert answer.headers["Location"] == "/"
    assert "Ani" in stranger.get("/akun").text


def test_dewi_signs_in_with_a_password(stranger: Visitor) -> None:
    form = {"telp": DEWI.phone, "cara": "sandi", "sandi": PASSWORD}
    stranger.post("/masuk", form)
    assert "Admin" in stranger.get("/akun").words("main")

"""PINs and passwords: what may be one, and how they are kept."""

from __future__ import annotations

import pytest

from webapp.people.rules import secrets

pytestmark = pytest.mark.usefixtures("real_hasher")

PEPPER = "p" * 32


@pytest.mark.parametrize(
    "pin",
    [
        "123456", "000000", "999999", "654321", "890123", "024680", "112233", "121212", "123123", "111222", "170845",
        "120590", "", "12345", "1234567", "12345a", "１２３４５６", "12 456",
    ],
)  # fmt: skip
def test_a_pin_that_is_easily_guessed_is_refused(pin: str) -> None:
    with pytest.raises(secrets.WeakSecret):
        secrets.check_new_pin(pin)


@pytest.mark.parametrize("pin", ["386042", "904817", "371946", "208356"])
def test_other_pins_are_fine(pin: str) -> None:
    secrets.check_new_pin(pin)


@pytest.mark.parametrize(
    "password", ["pendek", "password123", "Indonesia1945", "aaaaaaaaaaaa", "1234567890", "x" * 201]
)
def test_a_short_or_common_password_is_refused(password: str) -> None:
    with pytest.raises(secrets.WeakSecret):
        secrets.check_new_password(password)


def test_three_words_are_a_password() -> None:
    secrets.check_new_password("tiga kata acak")


def test_made_up_secrets_pass_their_own_rules() -> None:
    for _ in range(50):
        secrets.check_new_pin(secrets.new_pin())
        secrets.check_new_password(secrets.new_password())


def test_a_pin_needs_the_pepper_it_was_kept_with() -> None:
    kept = secrets.hash_pin("904817", PEPPER)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and "904817" not in kept
    assert secrets.is_pin("904817", kept, PEPPER)
    assert not secrets.is_pin("904818", kept, PEPPER)
    assert not secrets.is_pin("904817", kept, "q" * 32)


def test_nothing_kept_is_never_right_and_costs_a_hash_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = secrets._hasher.verify

    class Counting:
        def verify(self, kept: str, secret: str) -> bool:
            seen.append(kept)
            return real(kept, secret)

        def hash(self, secret: str) -> str:
            return "$argon2id$v=19$m=19456,t=2,p=1$SM4nTLoAeoIxbL1bjSRDVQ$mlkzXUnz2U2UXIX0+6NB0nN5PVEb9Ob8pzAgEUL/v7E"

    monkeypatch.setattr(secrets, "_hasher", Counting())
    assert not secrets.is_pin("904817", None, PEPPER)
    assert not secrets.is_password("tiga kata acak", None)
    assert len(seen) == 2 and all("m=19456,t=2,p=1" in kept for kept in seen)


def test_a_broken_hash_is_a_no_and_asks_to_be_made_anew() -> None:
    assert not secrets.is_password("x" * 10, "x")
    assert secrets.is_outdated("x")
    assert secrets.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$ZGlnZXN0ZGlnZXN0")
    assert not secrets.is_outdated(secrets.hash_password("tiga kata acak"))

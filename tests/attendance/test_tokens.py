"""Codes: a card's is nobody else's and tells when it is mistyped; a screen's holds for its sheet and moment alone."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.attendance.rules.tokens import (
    ALPHABET,
    card_code,
    first_seen,
    key_for,
    person_of,
    plain,
    read,
    screen_token,
    seen_stamp,
    spaced,
)

KEY = key_for("card", "s" * 32)
NOON = datetime(2026, 11, 22, 5, 0, 7, tzinfo=UTC)
SECRET = "a secret of one sheet"


@given(st.integers(1, 2**31 - 1))
def test_a_card_gives_back_its_person(person: int) -> None:
    code = card_code(person, KEY)
    assert len(code) == 10 and set(code) <= set(ALPHABET)
    assert person_of(code, KEY) == person


def test_people_one_after_the_other_have_codes_that_do_not_look_alike() -> None:
    codes = [card_code(person, KEY) for person in range(1, 2001)]
    assert len(set(codes)) == 2000
    assert len({code[:3] for code in codes}) > 1500


def test_with_another_secret_the_card_is_nobody_s() -> None:
    other = key_for("card", "t" * 32)
    assert not [n for n in range(1, 500) if person_of(card_code(n, other), KEY) is not None]
    assert key_for("seen", "s" * 32) != KEY


def test_a_code_may_be_typed_with_small_letters_spaces_dashes_and_figures_taken_for_letters() -> None:
    code = next(code for code in (card_code(n, KEY) for n in range(1, 5000)) if {"0", "1"} <= set(code))
    typed = code.replace("0", "o").replace("1", "l").lower()
    assert plain(f" {typed[:4]}-{typed[4:]} ") == code
    assert spaced(code).replace(" ", "") == code


PASTED = [
    "{0}\u00a0{1}", "{0}\u2009{1}", "{0}\u2011{1}", "{0} – {1}", "{0}\u200b{1}\u200e", "\ufeff{0} {1}\u00ad",
    "Kode: {0} {1}", "Kode kartu: {0}-{1}.", "kode {0} {1}", "Kartu: {0}{1}", "KODE {0}{1}", '"{0} {1}"',
    "[{0}·{1}];", "{0}_{1}\n", "{0}\t{1}",
]  # fmt: skip


@pytest.mark.parametrize("way", PASTED)
def test_a_code_may_be_pasted_as_chats_and_documents_write_it(way: str) -> None:
    for code in (card_code(n, KEY) for n in range(1, 300)):
        assert plain(way.format(code[:5], code[5:])) == code
        wide = way.format(code[:5], code[5:]).translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
        assert plain(wide) == code


def test_a_code_that_begins_like_the_word_in_front_of_it_is_whole() -> None:
    code = next(code for code in _checked("K0DE") if plain(code))
    assert plain(f"kode{code[4:]}") == plain(f"Kode: kode {code[4:]}") == code


def _checked(begin: str) -> list[str]:
    return [f"{begin}12345{last}" for last in ALPHABET]


def test_one_wrong_letter_or_two_that_changed_places_are_noticed_without_the_server() -> None:
    chance = random.Random(4)
    for person in chance.sample(range(1, 2**31), 40):
        code = card_code(person, KEY)
        for place in range(10):
            for letter in ALPHABET.replace(code[place], ""):
                assert plain(code[:place] + letter + code[place + 1 :]) is None
        for place in range(9):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            assert plain(swapped) == (code if swapped == code else None)


def test_guessing_does_not_find_anybody() -> None:
    chance = random.Random(4)
    tries = ["".join(chance.choices(ALPHABET, k=10)) for _ in range(20_000)]
    found = [person for person in (person_of(code, KEY) for code in tries) if person and person < 1_000_000]
    assert found == []


@pytest.mark.parametrize(
    "code",
    ["", "A", "K7MQ2", "Kode:", "Kode: K7MQ2", "K7MQ24XZ9TT", "UUUUUUUUUU", "é" * 10, "٣" * 10, "0" * 11],
)
def test_what_is_no_code_is_nobody_s(code: str) -> None:
    assert person_of(code, KEY) is None


def test_a_token_holds_for_its_sheet_and_its_window() -> None:
    token = screen_token(12, SECRET, NOON)
    shown = read(token)
    assert shown is not None and shown.is_of(SECRET)
    assert shown.sheet_id == 12 and shown.at == datetime(2026, 11, 22, 5, 0, 0, tzinfo=UTC)
    assert token == screen_token(12, SECRET, NOON + timedelta(seconds=7))
    assert token != screen_token(12, SECRET, NOON + timedelta(seconds=8))
    assert not shown.is_of("the secret of another")


def test_a_token_that_was_tampered_with_is_not_believed() -> None:
    sheet, window, signature = screen_token(12, SECRET, NOON).split(".")
    for forged in (f"13.{window}.{signature}", f"12.{int(window) + 1}.{signature}"):
        shown = read(forged)
        assert shown is not None and not shown.is_of(SECRET)
    for garbled in ("", "12", f"{sheet}.{window}", f"{sheet}.{window}.{signature[:-1]}", f"0.{window}.{signature}",
                    f"{sheet}.{window}.{signature}x", f"{sheet}.{window}.{signature}\n", "a.b.c",
                    f"9999999999.1.{signature}",
                    f"{sheet}.{'9' * 40}.{signature}", f"١٢.{window}.{signature}"):  # fmt: skip
        assert read(garbled) is None, garbled


def test_when_it_was_first_seen_is_our_own_word_about_this_token() -> None:
    key = key_for("seen", "s" * 32)
    token = screen_token(12, SECRET, NOON)
    stamp = seen_stamp(token, NOON, "a browser", key)
    assert first_seen(token, stamp, "a browser", key) == NOON
    for another in ("", "another"):
        assert first_seen(token, stamp, another, key) is None, "a stamp that was passed on is worth nothing"
    assert first_seen(screen_token(12, SECRET, NOON - timedelta(hours=1)), stamp, "a browser", key) is None
    seconds, _, signature = stamp.partition(".")
    for forged in ("", "x", f"{int(seconds) - 60}.{signature}", seconds, f"{'9' * 12}.{signature}"):
        assert first_seen(token, forged, "a browser", key) is None

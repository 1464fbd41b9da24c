"""Telephone numbers are found in a text however they are written, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from tests.people.test_phones import WAYS
from webapp.plumbing.logs import discreet
from webapp.plumbing.numbers import without_numbers

MORE = [
    "812 3456 7899",
    "0812 - 3456 - 7899",
    "(0812) 3456 7899",
    "+62 (812) 3456 7899",
    "0840 000 0001",
    "8.12346E+10",
]


@pytest.mark.parametrize("written", [*WAYS, *MORE])
def test_no_figure_of_a_number_is_left_however_it_is_written(written: str) -> None:
    for before, after in (("Hubungi ", " besok"), ("HP:", ", ya"), ("", "")):
        said = without_numbers(f"{before}{written}{after}", "…")
        assert said.startswith(before.strip()) and "…" in said
        assert not any(sign.isdecimal() for sign in said), said
    assert not any(sign.isdecimal() for sign in discreet(f"refused: {written}"))


@pytest.mark.parametrize(
    "words",
    [
        "2026-12-01 08:12:34,567 INFO", "Rp 8.000.000", "TPS 081 dan 082", "-6.8123456, 106.8123456", "31.73.01.1001",
        "3173061001800001", "08.12.2026", "a8123456-7890-4812-9abc-123456789012", "jam 08.15 sampai 11.30",
        "81 orang dari 812 undangan", "", "2024-08-12 09.00-12.00 WIB", "pukul 08.30–09.00", "RT 08 12 rumah",
        "62 orang, 83 kursi",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_telephone_stays(words: str) -> None:
    assert without_numbers(words, "…") == words


@pytest.mark.parametrize("words", [" ", "8", "0812 ", "62 ", "8,", "(0", "\u200b0"])
def test_a_long_text_is_read_in_one_go(words: str) -> None:
    assert len(without_numbers(words * 50_000, "")) <= len(words) * 50_000

"""Telephone numbers are found in a text however they are written, and nothing else is taken for one."""

from __future__ import annotations

import time

import pytest

from tests.effort import seconds
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
    "6.281.234.567.890",
    "6,281,234,567,890.00",
    "6.281234567890E+12",
    "6,28123E+12",
    "(+62) 812 3456 7899",
    "(62) 812-3456-7899",
    "812 345 678 90",
    "81 234 567 890",
    "8 1 2 3 4 5 6 7 8 9 0",
    "https://wa.me/+62 812-3456-7890",
    "https://wa.me/81234567890",
    "whatsapp://send?phone=%2B62%20812-3456-7890",
]


@pytest.mark.parametrize("written", [*WAYS, *MORE])
def test_no_figure_of_a_number_is_left_however_it_is_written(written: str) -> None:
    for before, after in (("Hubungi ", " besok"), ("HP:", ", ya"), ("", "")):
        said = without_numbers(f"{before}{written}{after}", "…")
        assert said.startswith(before) and "…" in said
        assert not any(sign.isdecimal() for sign in said), said
    assert not any(sign.isdecimal() for sign in discreet(f"refused: {written}"))


@pytest.mark.parametrize(
    "words",
    [
        "2026-12-01 08:12:34,567 INFO", "Rp 8.000.000", "TPS 081 dan 082", "-6.8123456, 106.8123456", "31.73.01.1001",
        "3173061001800001", "08.12.2026", "a8123456-7890-4812-9abc-123456789012", "jam 08.15 sampai 11.30",
        "81 orang dari 812 undangan", "", "2024-08-12 09.00-12.00 WIB", "pukul 08.30–09.00", "RT 08 12 rumah",
        "62 orang, 83 kursi", "8 9 10 11 12 13 14 15",
        "TPS 081, 082, 083, 084", "TPS 081/082/083/084", "TPS 081-089, 101-110", "Hadir: 82, 91, 103, 115, 120",
        "Nomor yang hadir: 1 2 3 81 85 90 91 92 100", "Hadir 82,91,103,115", "87 88 89 100 101 102",
        "Rp 812.500.000", "Rp 850.000.000", "Rp. 8.125.000.000", "rp812,500,000.00", "Rp 62.812.500.000",
        "https://zoom.us/j/81234567890?pwd=x", "https://us02web.zoom.us/w/81234567890", "Meeting ID: 812 3456 7890",
        "-6.2812345,106.8123456", "6.2812345, 106.8123456", "8.12345 LS, 112.6 BT",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_telephone_stays(words: str) -> None:
    assert without_numbers(words, "…") == words


def test_a_bracket_around_a_number_stays_whole() -> None:
    assert without_numbers("Budi (081234567890), Ani ((0812) 3456 7890)", "…") == "Budi (…), Ani (…)"


@pytest.mark.parametrize(
    "words", [" ", "8", "0812 ", "62 ", "8,", "(0", "\u200b0", "Rp 812.500.000 ", "%20", "6.281."]
)
def test_a_long_text_is_read_in_one_go(words: str) -> None:
    before = time.process_time()
    without_numbers(words * (250_000 // len(words)), "")
    assert time.process_time() - before < seconds(2)

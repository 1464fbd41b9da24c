"""What people paste and spreadsheets write is read in one way, or not at all: never as another value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.plumbing.written import (
    all_digits,
    cell,
    decimal,
    degrees,
    hour,
    plain,
    position,
    visible,
    whole,
    yes_or_no,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("-6,1513", "-6.1513"), ("-6.1513", "-6.1513"), ("\u22126,1513", "-6.1513"), (" '-6,15\u00a0", "-6.15"),
        ("106.738", "106.738"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1\u00a0234,5", "1234.5"),
        ("-6,15°", "-6.15"), ("106.7379 º", "106.7379"),
        ("1.067379E+02", "106.7379"), ("1,067E+02", "106.7"), ("٦٫٥", "6.5"), ("-2.27E-02", "-0.0227"),
        ("-4,5e-05", "-0.000045"), ("1.234.567", "1234567"),
    ],
)  # fmt: skip
def test_a_number_with_a_fraction(text: str, number: str) -> None:
    assert decimal(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "-", "°", "6°5", "12.34.56", "1.2.3,4", "--5", "5-", "1 23", "nol", "NaN", "Infinity"]
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert decimal(text) is None and whole(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("25", 25), ("25.0", 25), ("25,00", 25), ("1.234", 1234), ("1,234", 1234), ("1 234", 1234), ("'25", 25),
     ("2.5E+01", 25), ("٢٥", 25), ("２５", 25), ("1.234.000", 1_234_000), ("0", 0), ("\u200e25\u200f", 25)],
)  # fmt: skip
def test_a_whole_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["25.000", "25,000", "25.5", "25°", "-3", "0.125", "1e12", "12.3456"])
def test_what_may_be_two_numbers_or_a_fraction_is_no_whole_number(text: str) -> None:
    assert whole(text) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("81234567890.0", "81234567890"), ("84010001007,0", "84010001007"), ("8.1234567891E+10", "81234567891"),
        ("81.234.567.890", "81234567890"), ("81,234,567,890.00", "81234567890"),
        ("8.12346E+10", None), ("8.1E-1", None), ("0812.3456.7890", None), ("81234567890", None), ("3.5", None),
    ],
)  # fmt: skip
def test_digits_that_name_something_are_all_there_or_not_read(text: str, digits: str | None) -> None:
    assert all_digits(text) == digits


def test_signs_that_take_no_room_vanish_and_dashes_and_blanks_become_plain() -> None:
    assert visible("a\u202a\u200b\ufe0f\u00ad\ufeff\U000e0100\u2060b") == "ab"
    assert visible("baris\nlain\tlagi") == "baris\nlain\tlagi"
    assert plain("\u202a+62\u00a0840\u20111000\u22121009\u202c") == "+62 840-1000-1009"
    assert (cell('="031"'), cell("'031"), cell("\u2019031")) == ("031", "031", "031")


def test_words_for_yes_and_no() -> None:
    assert {yes_or_no(word) for word in ("Ya", "BENAR", "true", "1", " iya ")} == {True}
    assert {yes_or_no(word) for word in ("tidak", "SALAH", "False", "0", "Tdk.")} == {False}
    assert yes_or_no("mungkin") is None


@pytest.mark.parametrize(
    "text",
    [
        "-6.1513, 106.7379",
        "-6,1513, 106,7379",
        "-6,1513;106,7379",
        "\u22126.1513 106.7379",
        "(-6.1513,106.7379)",
        "-6.1513°, 106.7379°",
        "[-6.1513,106.7379]",
        "{-6.1513; 106.7379}",
        "6.1513 LS, 106.7379 BT",
        "6,1513° LS 106,7379° BT",
        "-6.1513 LS, 106.7379 BT",
        "6.1513 S 106.7379 E",
        "S 6.1513, E 106.7379",
        "6.1513°S, 106.7379°E",
        "6°09.078' S 106°44.274' E",
        "6°09'04.68\"S 106°44'16.44\"E",
        "6° 9′ 4,68″ LS, 106° 44′ 16,44″ BT",
        "LS 6°9’4.68” BT 106°44’16.44”",
        "6°09'04.68\"S106°44'16.44\"E",
        "6°09'04.68''s, 106°44'16.44''e",
        "6 09 04.68 S 106 44 16.44 E",
        "6:09:04,68 LS, 106:44:16,44 BT",
        "-6:09:04.68, 106:44:16.44",
        "6,1513 Lintang Selatan, 106,7379 Bujur Timur",
        "Lintang Selatan 6,1513; Bujur Timur 106,7379",
        "6.1513 South 106.7379 East",
        "6°09'04.68\" selatan 106°44'16.44\" timur",
        "@-6.1513,106.7379,17z",
        "geo:-6.1513,106.7379?z=17",
        "https://www.google.com/maps/@-6.1513,106.7379,17z",
        "https://maps.google.com/?q=-6.1513,106.7379",
        "https://www.google.com/maps?q=-6.1513%2C106.7379&z=17",
        "https://www.google.com/maps/search/-6.1513,+106.7379?entry=tts",
        "https://www.google.com/maps/place/Kantor+Camat/@-6.2,106.8,17z/data=!3m1!4b1!4m6!3m5!1s0x2!8m2!3d-6.1513!4d106.7379",
        "https://www.google.com/maps/place/6%C2%B009'04.7%22S+106%C2%B044'16.4%22E/@-6.1513,106.7379,17z",
        "https://www.openstreetmap.org/?mlat=-6.1513&mlon=106.7379#map=17/-6.2/106.8",
        "https://www.openstreetmap.org/#map=17/-6.1513/106.7379",
        "https://maps.apple.com/?ll=-6.1513,106.7379&z=10",
        "https://waze.com/ul?ll=-6.1513%2C106.7379&navigate=yes",
        "maps.google.com/maps?q=loc:-6.1513,106.7379",
    ],
)
def test_a_position_is_read_as_maps_give_it(text: str) -> None:
    assert position(text) == (-6.1513, 106.7379)


@pytest.mark.parametrize(
    "text",
    ["", "-6.1513", "106.7, x", "-96.1, 106.7", "-6.1, 186.7", "6.1 BT, 106.7 LS", "-6.1 LU, 106.7 BT",
     "6°61'00\"S 106°44'16\"E", "6.5°30'S 106°44'E", "https://maps.app.goo.gl/AbC123", "https://contoh.id/@-96.1,106.7",
     "https://www.google.com/maps/dir/-6.1,106.7/-6.2,106.8", "Jalan 1.5, 2.5", "6 09 04, 106 44 16",
     "6:61:00 S, 106:44:16 E", "6:09:04:01 S, 106:44:16 E", "6.1 Lintang Utara Selatan, 106.7", "S 6.1 LU, 106.7"],
)  # fmt: skip
def test_what_is_no_position_is_none(text: str) -> None:
    assert position(text) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [("9.05", "09:05"), ("09:05", "09:05"), ("9,05", "09:05"), ("0905", "09:05"), ("23:59", "23:59"),
     ("９.０５", "09:05"),
     ("9.0٥\u200e", "09:05"), ("'09.05", "09:05"), ("09.05.00", "09:05"), ("9:05:59", "09:05"),
     ("24.00", ""), ("9.60", ""), ("9", ""), ("", ""), ("09.05 WIB", ""), ("9.05.6", ""), ("-9.05", "")],
)  # fmt: skip
def test_an_hour_is_read_as_people_write_it(text: str, at: str) -> None:
    found = hour(text)
    assert (found.isoformat() if found else "") == (at and f"{at}:00")


def test_a_position_needs_both_numbers() -> None:
    assert degrees("-6,1513", "106,7379") == (-6.1513, 106.7379)
    assert degrees("-6,1513°", "106.7379 BT") == (-6.1513, 106.7379)
    assert degrees("6°09'04.68\"S", "106°44'16.44\"E") == (-6.1513, 106.7379)
    assert degrees("6 09 04.68 S", "106:44:16,44 Bujur Timur") == (-6.1513, 106.7379)
    assert degrees("-2.27E-02", "109.33") == (-0.0227, 109.33)
    assert degrees("6,1513 BT", "106,7379") is None
    assert degrees("-6,1513", "") is degrees("x", "106") is None


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    count = whole(text)
    assert count is None or 0 <= count < 10**9
    assert plain(plain(text)) == plain(text)
    here = position(text)
    assert here is None or (abs(here[0]) <= 90 and abs(here[1]) <= 180)
    found, digits = decimal(text), all_digits(text)
    assert found is None or found.is_finite()
    assert digits is None or (digits.isascii() and digits.isdecimal())

"""What is typed wrong is told in Indonesian, and never becomes a value that no database holds."""

from __future__ import annotations

from datetime import time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form, PasswordField, StringField

from tests.visits import Visitor
from webapp.plumbing.fields import (
    Day,
    Hour,
    RowField,
    WholeNumber,
    page_number,
    row_number,
    squeeze,
    squeeze_lines,
)
from webapp.plumbing.forms import Form as OurForm


class Typed(Form):
    baris = RowField()
    jumlah = WholeNumber(says="Tulis angka.", most=240)
    tanggal = Day()
    jam = Hour()


@pytest.mark.parametrize("text", ["x", "-1", "+1", "1.5", "9" * 25, "²", "\x00", "241", "1.000"])
def test_a_number_is_plain_digits_within_its_bounds(app: Flask, text: str) -> None:
    with app.test_request_context():
        form = Typed(MultiDict({"jumlah": text}))
        assert not form.validate() and form.errors == {"jumlah": ["Tulis angka."]}


@pytest.mark.parametrize("text", ["٣", "3,0", "3.0", " 3\u200b", "３", "'3"])
def test_a_number_is_read_as_it_is_pasted(app: Flask, text: str) -> None:
    with app.test_request_context():
        form = Typed(MultiDict({"jumlah": text}))
        assert form.validate() and form.jumlah.data == 3


def test_signs_that_nobody_sees_are_in_no_text_but_a_secret(app: Flask) -> None:
    class Texts(OurForm):
        nama = StringField()
        sandi = PasswordField()

    with app.test_request_context():
        form = Texts(MultiDict({"nama": "Si\u200bti\ufe0f", "sandi": "a\u200bb"}))
        assert (form.nama.data, form.sandi.data) == ("Siti", "a\u200bb")


@pytest.mark.parametrize("text", ["x", "0", "-1", "2147483648", "9" * 25, "²", "٣"])
def test_no_row_has_such_a_number(app: Flask, text: str) -> None:
    assert row_number(text) is None
    with app.test_request_context():
        form = Typed(MultiDict({"baris": text}))
        assert not form.validate() and "tidak terbaca" in form.errors["baris"][0]


@pytest.mark.parametrize("text", ["31-12-2026", "x", "0001-01-01", "9999-12-31"])
def test_a_date_is_one_of_our_time(app: Flask, text: str) -> None:
    with app.test_request_context():
        form = Typed(MultiDict({"tanggal": text}))
        assert not form.validate() and form.errors["tanggal"][0].startswith("Tanggal ini")


@pytest.mark.parametrize("text", ["9.30", "9,30", "0930", "\u200e０９：３０", "09:30:00"])
def test_an_hour_is_typed_in_any_usual_way(app: Flask, text: str) -> None:
    with app.test_request_context():
        form = Typed(MultiDict({"jam": text}))
        assert form.validate() and form.jam.data == time(9, 30)
        wrong = Typed(MultiDict({"jam": f"{text} WITA"}))
        assert not wrong.validate() and "Contoh: 09.00" in wrong.errors["jam"][0]


def test_nothing_typed_is_no_mistake(app: Flask) -> None:
    with app.test_request_context():
        form = Typed(MultiDict({"baris": "", "jumlah": " ", "tanggal": ""}))
        assert form.validate() and set(form.data.values()) == {None}


@pytest.mark.parametrize(
    ("asked", "page"), [(None, 1), ("", 1), ("0", 1), ("-3", 1), ("x", 1), ("7", 7), ("999999999", 100_000)]
)
def test_an_address_asks_for_a_page_that_can_be(asked: str | None, page: int) -> None:
    assert page_number(asked) == page


def test_words_stand_one_space_apart() -> None:
    assert squeeze(" Siti \t Aminah\x00 ") == "Siti Aminah"
    assert squeeze_lines("satu  \r\n\r\n  dua") == "satu\ndua"


def test_a_mandate_with_a_garbled_day_is_told_so_in_indonesian(dewi: Visitor) -> None:
    page = dewi.post("/pengguna/1/tugas", {"peran": "witness", "wilayah": "31.73.01", "mulai": "besok"}, 422)
    assert "Tanggal ini tidak terbaca" in page.text and "valid date" not in page.text

"""A signed sheet, typed in as one form: a letter for each row, row numbers, guests by name, heads, photos."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import time
from itertools import islice
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from webapp.attendance.forms.marks import UNREADABLE
from webapp.attendance.rules.guests import is_a_name
from webapp.attendance.rules.heads import MOST as MOST_HEADS
from webapp.plumbing.fields import Photos, RowField, WholeNumber, row_number, squeeze, squeeze_lines
from webapp.plumbing.forms import Form
from webapp.plumbing.written import hour, plain

MOST_ROWS, MOST_GUESTS, LONGEST = 5000, 200, 80
MOST_TOLD = 20  # mistakes of one kind: whoever reads the first ones finds the others
LETTERS = {"h": _l("Hadir"), "i": _l("Izin"), "s": _l("Sakit"), "a": _l("Alpa")}
TOO_LONG = _l("Isian ini terlalu panjang. Ketik sebagian dulu, simpan, lalu lanjutkan.")
SPAN = re.compile(r"(\d{1,5})(?:\.0)?(?:-(\d{1,5})(?:\.0)?)?")
# What stands between the first and the last of several rows, and between those that are told one by one.
UNTIL = re.compile(r"(?<=\d)\.?\s*(?:-+|s\s?[/.]?\s?d\.?|sampai|hingga)\s*(?=\d)", re.IGNORECASE)
APART = re.compile(r"[\s,;&]+|(?<=\d)\.(?=[\s,;&]|$)|\bdan\b", re.IGNORECASE)
ZONE = re.compile(r"\s*\b(?:WIB|WITA|WIT)$", re.IGNORECASE)  # the paper has the hours of its place


class PaperForm(Form):
    """`tanda-12` is the letter of seat 12, `jam-12` its hour on the paper; `urutan` the seats in the printed order."""

    lembar = RowField(validators=[InputRequired(UNREADABLE)])
    urutan = StringField(widget=HiddenInput())
    baris = StringField(
        _l("Nomor yang hadir"), [Optional(), Length(max=2000, message=TOO_LONG)], filters=[squeeze]
    )
    tamu = TextAreaField(
        _l("Tamu di kertas"),
        [Optional(), Length(max=MOST_GUESTS * (LONGEST + 2), message=TOO_LONG)],
        filters=[squeeze_lines],
    )
    kepala = WholeNumber(
        _l("Hitungan kepala"),
        validators=[Optional()],
        most=MOST_HEADS,
        says=_l("Tulis jumlah kepala dengan angka."),
    )
    foto = Photos(_l("Foto lembar"), default=[])

    def process(self, formdata: Any = None, *args: Any, **more: Any) -> None:
        """Read the rows beside the fields."""
        super().process(formdata, *args, **more)
        told = {name: formdata[name] for name in formdata} if formdata else {}
        self.letters = dict(_rows(told, "tanda-"))
        self.typed_hours = dict(_rows(told, "jam-"))
        self.marks: dict[int, str] = {}
        self.hours: dict[int, time] = {}
        self.number = {seat: n for n, seat in enumerate(_order(self.urutan.data), start=1)}

    def validate(self, extra_validators: Any = None) -> bool:
        """Every mistake names its row; what is too long is not looked into."""
        fine = super().validate(extra_validators)
        self.form_errors += [*_first(self._read_letters()), *_first(self._read_hours())]
        self.baris.errors = self.baris.errors or _first(self._read_numbers())
        self.tamu.errors = self.tamu.errors or _first(self._wrong_guests())
        fine = fine and not (self.form_errors or self.baris.errors or self.tamu.errors)
        if fine and not (self.marks or self.guests or self.kepala.data is not None or self.foto.data):
            self.form_errors.append(
                _("Belum ada yang diisi. Ketuk H, I, S atau A pada nama, atau tulis nomornya.")
            )
            return False
        return fine

    @property
    def guests(self) -> list[str]:
        """One name a line."""
        return (self.tamu.data or "").splitlines()

    @property
    def data(self) -> dict[str, Any]:
        """As the rule reads it."""
        return {
            "lembar": self.lembar.data,
            "nomor": self.number,
            "tanda": self.marks,
            "jam": self.hours,
            "tamu": self.guests,
            "kepala": self.kepala.data,
            "foto": self.foto.data,
        }

    def _read_letters(self) -> Iterator[str]:
        for seat, letter in self.letters.items():
            if letter and (letter not in LETTERS or seat not in self.number):
                yield _(
                    "Isian %(row)s tidak terbaca. Muat ulang halaman lalu coba lagi.", row=self._row(seat)
                )
            elif letter:
                self.marks[seat] = letter

    def _read_numbers(self) -> Iterator[str]:
        seats = {number: seat for seat, number in self.number.items()}
        numbers, mistake = read_numbers(self.baris.data or "", len(seats))
        if mistake:
            yield mistake
        for number in numbers:
            other = self.marks.setdefault(seats[number], "h")
            if other != "h":
                yield _(
                    "No. %(n)s ditulis hadir, tetapi di daftar dipilih %(word)s.",
                    n=number,
                    word=LETTERS[other],
                )

    def _read_hours(self) -> Iterator[str]:
        for seat, typed in self.typed_hours.items():
            if not typed:
                continue
            at = hour(ZONE.sub("", typed))
            if at is None or seat not in self.number:
                yield _("Jam %(row)s tidak terbaca. Contoh: 09.20.", row=self._row(seat))
            elif self.marks.setdefault(seat, "h") != "h":
                yield _("Jam hanya untuk yang hadir. Hapus jam %(row)s.", row=self._row(seat))
            else:
                self.hours[seat] = at

    def _wrong_guests(self) -> Iterator[str]:
        if len(self.guests) > MOST_GUESTS:
            yield _("Paling banyak %(n)s tamu sekali ketik.", n=MOST_GUESTS)
            return
        for name in self.guests:
            if not is_a_name(name) or len(name) > LONGEST:
                yield _("Nama tamu 2 sampai 80 huruf: %(name)s", name=name[:20])

    def _row(self, seat: int) -> str:
        number = self.number.get(seat)
        return _("no. %(n)s", n=number) if number else _("satu baris")


def read_numbers(text: str, last: int) -> tuple[list[int], str]:
    """12 15-20 31 as numbers of rows 1 to `last`, each once; and what is wrong with it, in words."""
    found: dict[int, None] = {}
    for word in filter(None, APART.split(UNTIL.sub("-", plain(text)))):
        span = SPAN.fullmatch(word)
        if span is None:
            return [], _("Nomor “%(word)s” tidak terbaca. Contoh: 12 15-20 31.", word=word[:20])
        first, end = int(span[1]), int(span[2] or span[1])
        if first > end:
            return [], _("Nomor %(word)s terbalik. Tulis yang kecil dulu.", word=word)
        if first < 1 or end > last:
            return [], _("Nomor %(word)s tidak ada. Daftar ini dari 1 sampai %(last)s.", word=word, last=last)
        found |= dict.fromkeys(range(first, end + 1))
    return list(found), ""


def _first(mistakes: Iterable[str]) -> list[str]:
    return list(islice(mistakes, MOST_TOLD))


def _rows(told: Mapping[str, Any], prefix: str) -> Iterator[tuple[int, str]]:
    """What stands in the rows, by seat; no list has more rows than are read."""
    rows = ((name, value) for name, value in told.items() if str(name).startswith(prefix))
    for name, value in islice(rows, MOST_ROWS):
        seat = row_number(str(name)[len(prefix) :])
        if seat:
            yield seat, squeeze(str(value))[:20]


def _order(text: Any) -> list[int]:
    """The seats of the printed order; empty when it cannot be read."""
    seats = [row_number(word) for word in str(text or "").split(",")[:MOST_ROWS]]
    return list(dict.fromkeys(seat for seat in seats if seat))

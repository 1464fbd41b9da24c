"""Fields that say in Indonesian what is wrong, and never let a value through that no database holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, FloatField, IntegerField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from webapp.plumbing.written import decimal, hour, plain, visible, whole

LARGEST = 2**31 - 1
SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_PHOTOS = 3  # of one thing that is sent
EARLIEST, LATEST = date(2020, 1, 1), date(2099, 12, 31)
NOWHERE = _l("Posisi ini tidak masuk akal. Matikan “Sertakan posisi saya”, lalu simpan lagi.")


class RowField(IntegerField):
    """The number of a row: 1 to 2147483647."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read plain digits only."""
        if not valuelist or not valuelist[0]:
            return
        self.data = row_number(valuelist[0])
        if self.data is None:
            raise ValueError(_("Pilihan ini tidak terbaca. Muat ulang halaman lalu coba lagi."))


class Identifier(Field):
    """The id of something that a phone sent."""

    widget = HiddenInput()
    data: UUID | None

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read a UUID."""
        if not valuelist or not valuelist[0]:
            return
        try:
            self.data = UUID(valuelist[0])
        except (ValueError, AttributeError, TypeError) as mistake:
            self.data = None
            raise ValueError(_("Kiriman ini tidak terbaca. Muat ulang halaman lalu coba lagi.")) from mistake


class WholeNumber(IntegerField):
    """A whole number as people and spreadsheets write it; `says` is the sentence for anything else."""

    def __init__(self, *args: Any, says: Any, most: int = LARGEST, **more: Any) -> None:
        super().__init__(*args, **more)
        self.says, self.most = says, most

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say how to write it; nothing typed is no number."""
        text = plain(valuelist[0]) if valuelist else ""
        if not text:
            return
        number = whole(text)
        self.data = number if number is not None and number <= self.most else None
        if self.data is None:
            raise ValueError(str(self.says))


class Coordinate(FloatField):
    """A part of a position, which the phone fills in."""

    widget = HiddenInput()

    def __init__(self, least: int, most: int, **more: Any) -> None:
        super().__init__(validators=[Optional(), NumberRange(least, most, message=NOWHERE)], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say how to go on without it."""
        try:
            super().process_formdata([_as_number(text) for text in valuelist])
        except (ValueError, TypeError) as mistake:
            raise ValueError(str(NOWHERE)) from mistake


class Day(DateField):
    """A date of our time."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in Indonesian what is wrong."""
        if not any(valuelist):
            return
        try:
            super().process_formdata([plain(text) for text in valuelist])
        except ValueError as mistake:
            raise ValueError(_("Tanggal ini tidak terbaca. Pilih dari kalender.")) from mistake
        if self.data is not None and not EARLIEST <= self.data <= LATEST:
            raise ValueError(_("Tanggal ini terlalu jauh. Periksa tahunnya."))


class Hour(TimeField):
    """A time of day as people write it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say in Indonesian how to write it."""
        if not valuelist:
            return
        self.data = hour(valuelist[0])
        if self.data is None:
            raise ValueError(_("Jam ini tidak terbaca. Contoh: 09.00."))


class Photos(Field):
    """The photos that go with it: SHA-256 of the bytes that the phone sends on their own, at most three."""

    widget = HiddenInput()
    data: list[str]

    def _value(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read each once, in their order."""
        told = [str(value).strip() for value in valuelist]
        self.data = list(dict.fromkeys(value for value in told if value))
        if not all(SHA256.fullmatch(value) for value in self.data):
            raise ValueError(_("Foto ini tidak terbaca. Hapus fotonya, ambil lagi, lalu simpan."))
        if len(self.data) > MOST_PHOTOS:
            raise ValueError(_("Paling banyak 3 foto. Hapus satu, lalu simpan lagi."))


def row_number(text: str | None) -> int | None:
    """The number of a row that a form or an address names; None for anything that can be none."""
    text = (text or "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    return int(text) if 0 < int(text) <= LARGEST else None


def page_number(text: str | None) -> int:
    """The page of a list that an address asks for; the first for anything that is none."""
    return min(row_number(text) or 1, 100_000)


def squeeze(text: str | None) -> str:
    """One space between words; nothing that a screen cannot show."""
    told = visible(text or "")
    return " ".join("".join(sign for sign in told if sign.isprintable() or sign.isspace()).split())


def squeeze_lines(text: str | None) -> str:
    """The same for a text of several lines."""
    return "\n".join(line for line in map(squeeze, (text or "").splitlines()) if line)


def _as_number(text: Any) -> Any:
    number = decimal(text) if isinstance(text, str) else None
    return text if number is None else str(number)


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """What a select or radios offer, from (value, words)."""
    return [SelectChoice(str(value), words) for value, words in pairs]

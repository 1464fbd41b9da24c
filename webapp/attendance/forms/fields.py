"""Fields that say in Indonesian what is wrong, and never let a number through that no database holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from wtforms import Field, IntegerField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.widgets import HiddenInput

LARGEST = 2**31 - 1


class Number(IntegerField):
    """The number of a row: 1 to 2147483647."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read plain digits only."""
        if not valuelist or not valuelist[0]:
            return
        text = valuelist[0].strip()
        if not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) <= LARGEST and len(text) < 12):
            self.data = None
            raise ValueError(_("Pilihan ini tidak terbaca. Muat ulang halaman lalu coba lagi."))
        self.data = int(text)


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


def squeeze(text: str | None) -> str:
    """One space between words; nothing that a screen cannot show."""
    return " ".join("".join(sign for sign in text or "" if sign.isprintable() or sign.isspace()).split())


def squeeze_lines(text: str | None) -> str:
    """The same for a text of several lines."""
    return "\n".join(line for line in map(squeeze, (text or "").splitlines()) if line)


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """What a select offers, from (value, words)."""
    return [SelectChoice(str(value), words) for value, words in pairs]

"""What the camera read, or was typed in its place: a person's card, and the code of a site's screen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput, TextInput

from webapp.attendance.forms.marks import UNREADABLE, WHEN
from webapp.attendance.forms.positions import Positioned
from webapp.attendance.models import Method
from webapp.attendance.rules import tokens
from webapp.plumbing.fields import RowField, choices
from webapp.plumbing.forms import Form

READING = "layar"  # the cookie of a browser that has opened a screen's code
WAYS = [(Method.CARD, _l("Kartu")), (Method.CODE, _l("Kode diketik"))]


def key_for(purpose: str) -> bytes:
    """The key of this installation for one purpose."""
    return tokens.key_for(purpose, current_app.config["SECRET_KEY"])


def reading_browser() -> str:
    """The name we gave to the browser that opened a screen's code within the last minutes; empty for any other."""
    told = request.cookies.get(READING, "")[:80]
    return told if tokens.is_browser(told, key_for("browser")) else ""


def seen_here(token: str, stamp: str) -> datetime | None:
    """When this very browser opened the token; None for a stamp that somebody passed on."""
    return tokens.first_seen(token, stamp, reading_browser(), key_for("seen"))


class CardField(Field):
    """The ten letters of a card; `data` is as they were read, `person_id` whose card it is."""

    widget = TextInput()
    person_id: int | None = None

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, or say what is wrong with it."""
        self.data = str(valuelist[0])[:40] if valuelist else ""
        if not self.data.strip():
            raise ValueError(_("Ketik kode di bawah gambar QR kartu."))
        if tokens.plain(self.data) is None:
            raise ValueError(_("Kode ini salah ketik. Periksa kesepuluh hurufnya, lalu coba lagi."))
        self.person_id = tokens.person_of(self.data, key_for("card"))
        if self.person_id is None:
            raise ValueError(_("Kartu ini bukan kartu Simpul yang berlaku. Cari namanya di daftar."))


class ScanForm(Form):
    """One card that was read at the door, or its code."""

    rapat = RowField(validators=[Optional()])
    lembar = RowField(validators=[InputRequired(UNREADABLE)])
    kode = CardField(_l("Kode kartu"))
    cara = SelectField(_l("Cara"), [Optional()], choices=choices(WAYS), default=Method.CODE)
    waktu = SelectField(_l("Waktu"), [Optional()], choices=choices(WHEN))

    @property
    def data(self) -> dict[str, Any]:
        """As the rule reads it."""
        return {
            "lembar": self.lembar.data,
            "orang": self.kode.person_id,
            "cara": self.cara.data or Method.CODE,
            "waktu": self.waktu.data or None,
        }


class ScreenToken(Field):
    """What a site's screen showed, not yet believed."""

    widget = HiddenInput()
    shown: tokens.Shown | None = None

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, or say how to go on."""
        self.data = str(valuelist[0])[:60] if valuelist else ""
        self.shown = tokens.read(self.data)
        if self.shown is None:
            raise ValueError(_("Kode layar ini tidak terbaca utuh. Pindai lagi kode yang sedang tampil."))


class SeenStamp(Field):
    """Our own word when the token was opened; anything else counts as none."""

    widget = HiddenInput()

    def _value(self) -> str:
        return str(self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was said."""
        self.data = str(valuelist[0])[:60] if valuelist else ""


class ScreenForm(Positioned):
    """Saya hadir, by the code of the site's screen."""

    kode = ScreenToken(_l("Kode layar"))
    dilihat = SeenStamp()

    @property
    def data(self) -> dict[str, Any]:
        """As the rule reads it."""
        seen = seen_here(self.kode.data or "", self.dilihat.data or "")
        return {"shown": self.kode.shown, "seen": seen, "position": self.position}

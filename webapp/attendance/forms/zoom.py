"""The file of participants, and whose each of its names is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import Field
from wtforms.validators import InputRequired
from wtforms.widgets import FileInput, HiddenInput

from webapp.attendance.forms.codes import key_for
from webapp.attendance.rules.zoom.gathering import Shown
from webapp.attendance.rules.zoom.reading import MOST_BYTES
from webapp.attendance.rules.zoom.taking import Confirmed
from webapp.plumbing.fields import row_number
from webapp.plumbing.forms import Form

GUEST, OPEN_SECONDS = "tamu", 24 * 3600
UPLOADS = UUID("8d0b0c6a-3a51-4f0f-8f55-0b3d6f1e7c42")  # the id of an upload follows from what we signed


class CsvField(Field):
    """A file; its bytes, read up to what is allowed."""

    widget = FileInput()
    data: bytes

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, or say that none was chosen."""
        file = valuelist[0] if valuelist else None
        if file is None or not getattr(file, "filename", ""):
            self.data = b""
            raise ValueError(_("Pilih dulu berkas CSV dari Zoom."))
        self.data = file.stream.read(MOST_BYTES + 1)


class UploadForm(Form):
    """One file."""

    berkas = CsvField(_l("Berkas CSV peserta"))


@dataclass(frozen=True)
class Listed:
    """What a page shows between file and confirmation: names with their hours, and seats in their numbered order."""

    shown: Sequence[Shown]
    seats: Sequence[int]


class ListedField(Field):
    """The names out of the file, signed by us: what comes back is what we read, for this list only."""

    widget = HiddenInput()
    data: Listed | None = None
    upload: UUID

    def _value(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Believe our own signature only."""
        try:
            told = _signer().loads(valuelist[0] if valuelist else "", max_age=OPEN_SECONDS)
            self.sheet_id = told["sheet"]
            self.upload = uuid5(UPLOADS, valuelist[0])
            names = [Shown(name, _moment(at), minutes, joins) for name, at, minutes, joins in told["names"]]
            self.data = Listed(names, told["seats"])
        except (BadData, TypeError, ValueError, KeyError) as mistake:
            raise ValueError(
                _("Halaman ini terlalu lama terbuka. Unggah berkasnya sekali lagi.")
            ) from mistake


class ConfirmForm(Form):
    """`pilih-3` says whose the fourth name is: a seat, a guest, or nobody; `no-3` says it by the number of the row."""

    daftar = ListedField(validators=[InputRequired()])

    def process(self, formdata: Any = None, *args: Any, **more: Any) -> None:
        """Read the rows beside the field."""
        super().process(formdata, *args, **more)
        self.told = {str(name): str(formdata[name]) for name in formdata} if formdata else {}
        self.confirmed: list[Confirmed] = []

    def validate(self, extra_validators: Any = None) -> bool:
        """Every number has its row, and there is something to record."""
        if not super().validate(extra_validators) or self.daftar.data is None:
            return False
        for place, shown in enumerate(self.daftar.data.shown):
            self._read(place, shown, self.daftar.data.seats)
        if not self.confirmed and not self.form_errors:
            self.form_errors.append(_("Belum ada yang dipilih. Pilih siapa orangnya pada nama yang dikenal."))
        return not self.form_errors

    def _read(self, place: int, shown: Shown, seats: Sequence[int]) -> None:
        number, chosen = self.told.get(f"no-{place}", "").strip(), self.told.get(f"pilih-{place}", "")
        if number:
            row = row_number(number)
            if row is None or row > len(seats):
                says = _("%(name)s: tidak ada baris no. %(n)s di daftar.", name=shown.name, n=number[:10])
                self.form_errors.append(says)
            else:
                self.confirmed.append(Confirmed(shown, seats[row - 1]))
        elif chosen == GUEST:
            self.confirmed.append(Confirmed(shown, None))
        elif row_number(chosen) in seats:
            self.confirmed.append(Confirmed(shown, row_number(chosen)))
        elif chosen:
            self.form_errors.append(_("%(name)s: pilihan ini tidak terbaca.", name=shown.name))


def signed(sheet_id: int, listed: Listed) -> str:
    """The names as they go into the page; a day later they are no good any more."""
    names = [(s.name, s.join.timestamp() if s.join else None, s.minutes, s.joins) for s in listed.shown]
    return str(_signer().dumps({"sheet": sheet_id, "names": names, "seats": list(listed.seats)}))


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key_for("zoom"), salt="zoom")


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)

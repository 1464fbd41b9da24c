"""Asking for a change to a locked sheet."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from webapp.attendance.forms.marks import UNREADABLE
from webapp.attendance.models import NO_GUEST, Status
from webapp.plumbing.fields import Photos, RowField, choices, row_number, squeeze
from webapp.plumbing.forms import Form

STATUSES = [
    (Status.HADIR, _l("Hadir")),
    (Status.TERLAMBAT, _l("Terlambat")),
    (Status.IZIN, _l("Izin")),
    (Status.SAKIT, _l("Sakit")),
    (Status.ALPA, _l("Alpa")),
]
GUESTS_ONLY = [(NO_GUEST, _l("Bukan tamu (hapus dari daftar)"))]


def _seat(value: Any) -> int:
    """The number of a seat; ValueError for what can be none."""
    number = row_number(str(value))
    if number is None:
        raise ValueError
    return number


class CorrectionForm(Form):
    """Which seat, what it should be, why, and what bears it out. The page fills `kursi.choices`."""

    lembar = RowField(validators=[InputRequired(UNREADABLE)])
    kursi = SelectField(_l("Nama"), coerce=_seat, validate_choice=False)
    menjadi = SelectField(_l("Seharusnya"), choices=choices([*STATUSES, *GUESTS_ONLY]))
    alasan = TextAreaField(
        _l("Alasan"),
        [InputRequired(_l("Tulis alasannya.")), Length(5, 500, _l("Alasan 5 sampai 500 huruf."))],
        filters=[squeeze],
    )
    bukti = TextAreaField(
        _l("Bukti"),
        [Length(max=500, message=_l("Bukti paling panjang 500 huruf."))],
        filters=[squeeze],
    )
    foto = Photos(_l("Foto bukti"), default=[])

    def validate(self, extra_validators: Any = None) -> bool:
        """Words or a photo: one of them bears it out."""
        fine = super().validate(extra_validators)
        if fine and not (self.bukti.data or self.foto.data):
            self.bukti.errors = [_("Tulis buktinya, atau ambil fotonya.")]
            return False
        return fine

"""Asking for a change to a locked sheet."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from webapp.attendance.models import Status
from webapp.plumbing.fields import choices, squeeze
from webapp.plumbing.forms import Form

STATUSES = [
    (Status.HADIR, _l("Hadir")),
    (Status.TERLAMBAT, _l("Terlambat")),
    (Status.IZIN, _l("Izin")),
    (Status.SAKIT, _l("Sakit")),
    (Status.ALPA, _l("Alpa")),
]


class CorrectionForm(Form):
    """Which seat, what it should be, and why. The page fills `kursi.choices`."""

    kursi = SelectField(_l("Nama"), coerce=int)
    menjadi = SelectField(_l("Seharusnya"), choices=choices(STATUSES))
    alasan = TextAreaField(
        _l("Alasan"),
        [InputRequired(_l("Tulis alasannya.")), Length(5, 500, _l("Alasan 5 sampai 500 huruf."))],
        filters=[squeeze],
    )

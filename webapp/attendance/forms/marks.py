"""What a phone sends while attendance is taken. The names are those of the buttons."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from webapp.attendance.forms.positions import Positioned
from webapp.attendance.models import Status
from webapp.attendance.rules.guests import is_a_name
from webapp.plumbing.fields import Identifier, RowField, choices, squeeze
from webapp.plumbing.forms import Form

UNREADABLE = _l("Kiriman ini tidak terbaca. Muat ulang halaman lalu coba lagi.")
IN_TIME = "tepat"
WHEN = [("tepat", _l("Hadir tepat waktu")), ("terlambat", _l("Terlambat"))]


def _when() -> SelectField:
    """Asked once the border of lateness has passed, for the whole batch; it rides along with every tap."""
    return SelectField(_l("Waktu"), [Optional()], choices=choices(WHEN))


class MarkForm(Form):
    """One button of one name: its name is the status, its value the seat; `tepat` is present in time at any hour."""

    rapat = RowField(validators=[InputRequired(UNREADABLE)])
    lembar = RowField(validators=[Optional()])
    hadir = RowField(validators=[Optional()])
    tepat = RowField(validators=[Optional()])
    terlambat = RowField(validators=[Optional()])
    izin = RowField(validators=[Optional()])
    sakit = RowField(validators=[Optional()])
    alpa = RowField(validators=[Optional()])
    waktu = _when()

    def validate(self, extra_validators: Any = None) -> bool:
        """Exactly one button was pressed."""
        fine = super().validate(extra_validators)
        if fine and len(self._pressed()) != 1:
            self.form_errors.append(_("Pilih satu status untuk satu nama."))
            return False
        return fine

    @property
    def data(self) -> dict[str, Any]:
        """The seat, and the status that was pressed."""
        name, seat = next(iter(self._pressed().items()), (None, None))
        sure = name == IN_TIME
        where = {"rapat": self.rapat.data, "lembar": self.lembar.data}
        said = {"kursi": seat, "status": Status.HADIR.value if sure else name, "tepat": sure}
        return where | said | {"waktu": self.waktu.data or None}

    def _pressed(self) -> dict[str, int]:
        names = (*(status.value for status in Status if status is not Status.BELUM), IN_TIME)
        return {name: self[name].data for name in names if self[name].data is not None}


class VoidForm(Form):
    """Batalkan: the record to cancel; the seat helps when the undo overtakes its tap."""

    urung = Identifier(validators=[InputRequired(UNREADABLE)])
    rapat = RowField(validators=[Optional()])
    lembar = RowField(validators=[Optional()])
    kursi = RowField(validators=[Optional()])


class WalkInForm(Form):
    """Somebody at the door: a person of ours, or a name."""

    rapat = RowField(validators=[InputRequired(UNREADABLE)])
    lembar = RowField(validators=[Optional()])
    orang = RowField(validators=[Optional()])
    nama = StringField(
        _l("Nama tamu"), [Length(max=80, message=_l("Nama paling panjang 80 huruf."))], filters=[squeeze]
    )
    mewakili = RowField(_l("Mewakili"), [Optional()])
    waktu = _when()

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two is there."""
        fine = super().validate(extra_validators)
        if fine and self.orang.data is None and not is_a_name(self.nama.data or ""):
            self.nama.errors = [_("Ketik nama tamu, atau pilih orangnya dari hasil pencarian.")]
            return False
        return fine

    @property
    def data(self) -> dict[str, Any]:
        """As the rule reads it."""
        return {
            "rapat": self.rapat.data,
            "lembar": self.lembar.data,
            "orang": self.orang.data,
            "nama": self.nama.data,
            "mewakili": self.mewakili.data,
            "waktu": self.waktu.data or None,
        }


class ClaimForm(Positioned):
    """Saya hadir."""

    rapat = RowField(validators=[InputRequired(UNREADABLE)])

    @property
    def data(self) -> dict[str, Any]:
        """As the rule reads it."""
        return {"rapat": self.rapat.data, "position": self.position}

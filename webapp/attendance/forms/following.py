"""What was promised at a meeting, and whether it is done."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from webapp.attendance.forms.marks import UNREADABLE
from webapp.attendance.rules.following import DONE
from webapp.plumbing.fields import Day, RowField, choices, squeeze
from webapp.plumbing.forms import Form

STATES = [(DONE, _l("Selesai")), ("belum", _l("Belum selesai"))]


class FollowUpForm(Form):
    """Who does what by when. `pemilik` is chosen among the invited, `orang` found by searching one's own people."""

    rapat = RowField(validators=[InputRequired(UNREADABLE)])
    pemilik = RowField(_l("Siapa"), [Optional()])
    orang = RowField(_l("Siapa"), [Optional()])
    tugas = StringField(
        _l("Melakukan apa"),
        [
            InputRequired(_l("Tulis apa yang harus dilakukan.")),
            Length(3, 300, _l("Tulis 3 sampai 300 huruf.")),
        ],
        filters=[squeeze],
    )
    tenggat = Day(_l("Paling lambat"), [InputRequired(_l("Pilih tanggalnya."))])

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody owns it."""
        fine = super().validate(extra_validators)
        if not (self.pemilik.data or self.orang.data or self.pemilik.errors or self.orang.errors):
            self.pemilik.errors = [_("Pilih siapa yang mengerjakannya.")]
            return False
        return fine

    @property
    def data(self) -> dict[str, Any]:
        """As the rule reads it; who was searched for goes before who stands in the list."""
        told = super().data
        return told | {"pemilik": told.pop("orang") or told["pemilik"]}


class DoneForm(Form):
    """One press on one of them; the state that is wanted, never the other one."""

    tindak = RowField(_l("Tindak lanjut"), [InputRequired(UNREADABLE)])
    keadaan = SelectField(_l("Keadaan"), choices=choices(STATES))

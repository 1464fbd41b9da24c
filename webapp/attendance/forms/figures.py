"""What the figures are asked about."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, ValidationError
from wtforms.validators import Optional

from webapp.attendance.figures.listing import kind_of
from webapp.attendance.models import MeetingKind
from webapp.plumbing.fields import Day, choices
from webapp.plumbing.forms import Form


class AskForm(Form):
    """First and last day, and one kind of meeting or all."""

    dari = Day(_l("Dari tanggal"), [Optional()])
    sampai = Day(_l("Sampai tanggal"), [Optional()])
    jenis = SelectField(_l("Jenis rapat"), default="")

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        kinds = [(str(one), kind_of(one)) for one in MeetingKind]
        self.jenis.choices = choices([("", _("Semua jenis")), *kinds])

    def validate_sampai(self, field: Day) -> None:
        """The last day comes after the first."""
        if self.dari.data and field.data and field.data < self.dari.data:
            raise ValidationError(_("Hari terakhir harus sesudah hari pertama."))

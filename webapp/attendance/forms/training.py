"""What a bimtek asks for: the role that must complete it, and how many sessions one may miss."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import Optional

from webapp.attendance.rules.training import Demand
from webapp.people.rules.permissions import Role
from webapp.plumbing.fields import WholeNumber, choices
from webapp.plumbing.forms import Form

NOBODY = ""
ROLES = [
    (NOBODY, _l("Tidak wajib")),
    (Role.WITNESS, _l("Saksi dan relawan")),
    (Role.COORDINATOR, _l("Koordinator")),
    (Role.SUPERVISOR, _l("Pengawas")),
]


class DemandForm(Form):
    """`dasar` is the mark of what the form showed."""

    peran = SelectField(_l("Wajib untuk"), choices=choices(ROLES), default=NOBODY)
    boleh = WholeNumber(
        _l("Boleh absen berapa sesi"),
        [Optional()],
        default=0,
        most=99,
        says=_l("Isi dengan angka, 0 atau lebih."),
    )
    dasar = StringField()

    @property
    def demand(self) -> Demand:
        """As the rule wants it. Only of a valid form."""
        return Demand(Role(self.peran.data) if self.peran.data else None, self.boleh.data or 0)

"""Whom to invite."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from webapp.people.rules.permissions import Role
from webapp.plumbing.fields import choices
from webapp.plumbing.forms import Form

ROLES = [
    (Role.COORDINATOR, _l("Koordinator")),
    (Role.SUPERVISOR, _l("Pengawas")),
    (Role.WITNESS, _l("Saksi dan relawan")),
]
LEVELS = [(1, _l("provinsi")), (2, _l("kabupaten/kota")), (3, _l("kecamatan")), (4, _l("kelurahan/desa"))]


class RuleForm(Form):
    """All who hold an office of one level under a region."""

    peran = SelectField(_l("Peran"), choices=choices(ROLES), default=Role.COORDINATOR)
    tingkat = SelectField(_l("Tingkat"), choices=choices(LEVELS), coerce=int, default=4)

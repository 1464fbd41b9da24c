"""Whom to invite, who comes instead, and what the invited answer."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from webapp.attendance.forms.marks import UNREADABLE
from webapp.attendance.models import Rsvp
from webapp.attendance.rules.inviting import Wish
from webapp.attendance.rules.standing import Sent
from webapp.people.rules.permissions import Role
from webapp.plumbing.fields import RowField, choices, squeeze
from webapp.plumbing.forms import Form

ROLES = [
    (Role.COORDINATOR, _l("Koordinator")),
    (Role.SUPERVISOR, _l("Pengawas")),
    (Role.WITNESS, _l("Saksi dan relawan")),
]
LEVELS = [(1, _l("provinsi")), (2, _l("kabupaten/kota")), (3, _l("kecamatan")), (4, _l("kelurahan/desa"))]
ANSWERS = [(Rsvp.YES, _l("Datang")), (Rsvp.NO, _l("Izin")), (Rsvp.MAYBE, _l("Ragu"))]
LEAST, MOST = 3, 120


class SiteField(SelectField):
    """Where they are to come: one of the sites that one keeps; 0 is the one that matters now."""

    def __init__(self, **more: Any) -> None:
        super().__init__(_l("Lokasi"), coerce=int, default=0, choices=choices([(0, "")]), **more)

    def offer(self, sites: list[tuple[int, str]]) -> None:
        """Let one of these be chosen, as (id, words)."""
        self.choices = choices([(0, ""), *sites])
        self.shown = sites


class RuleForm(Form):
    """All who hold an office of one level under a region."""

    peran = SelectField(_l("Peran"), choices=choices(ROLES), default=Role.COORDINATOR)
    tingkat = SelectField(_l("Tingkat"), choices=choices(LEVELS), coerce=int, default=4)
    lokasi = SiteField()
    bagi = BooleanField(_l("Bagi menurut wilayah"))

    @property
    def wish(self) -> Wish:
        """As the rule wants it. Only of a valid form."""
        return Wish(Role(self.peran.data), self.tingkat.data, self.lokasi.data or 0, self.bagi.data)


class PersonForm(Form):
    """Somebody by name."""

    orang = RowField(validators=[InputRequired(UNREADABLE)])
    lokasi = SiteField()


class DelegateForm(Form):
    """Who comes instead: a person of ours, or a name."""

    orang = RowField(validators=[Optional()])
    nama = StringField(
        _l("Nama wakil"), [Length(max=80, message=_l("Nama paling panjang 80 huruf."))], filters=[squeeze]
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two is there."""
        fine = super().validate(extra_validators)
        if fine and self.orang.data is None and len(self.nama.data or "") < 2:
            self.nama.errors = [_("Ketik nama wakilnya, atau pilih orangnya dari hasil pencarian.")]
            return False
        return fine

    @property
    def sent(self) -> Sent:
        """As the rule wants it. Only of a valid form."""
        return Sent(self.orang.data, self.nama.data or "")


class AnswerForm(Form):
    """Datang, izin with a reason, or ragu."""

    jawaban = SelectField(_l("Jawaban"), choices=choices(ANSWERS), default="")
    alasan = StringField(_l("Alasan"), filters=[squeeze])

    def validate_alasan(self, field: Field) -> None:
        """Whoever does not come says why."""
        if self.jawaban.data == Rsvp.NO and not LEAST <= len(field.data or "") <= MOST:
            raise ValidationError(_("Tulis alasan izin, 3 sampai 120 huruf."))


class OwnAnswerForm(AnswerForm):
    """The same of somebody who is signed in."""

    rapat = RowField(validators=[InputRequired(UNREADABLE)])

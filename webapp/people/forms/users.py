"""What an administrator types about somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TelField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from webapp.people.rules.permissions import Role
from webapp.people.rules.phones import BadPhone, phone_of
from webapp.plumbing.fields import Day, WholeNumber, squeeze
from webapp.plumbing.forms import Form

NAME = [
    InputRequired(_l("Isi nama orangnya.")),
    Length(min=2, max=80, message=_l("Nama terdiri atas 2 sampai 80 huruf.")),
]
YEAR = _l("Tulis tahun dengan empat angka, misalnya 1987.")


def _birth_year() -> WholeNumber:
    spelled = NumberRange(1900, 2100, message=YEAR)
    return WholeNumber(_l("Tahun lahir (boleh kosong)"), [Optional(), spelled], most=2100, says=YEAR)


def _phone(_form: Form, field: TelField) -> None:
    if not (field.data or "").strip():
        return
    try:
        phone_of(field.data or "")
    except BadPhone as bad:
        raise ValidationError(bad.says) from bad


class _WithRole(Form):
    peran = SelectField(_l("Peran"), [InputRequired(_l("Pilih perannya."))])

    def __init__(self, data: Any = None, *, roles: tuple[Role, ...], **more: Any) -> None:
        super().__init__(data, **more)
        self.peran.choices = [(role.value, role.word) for role in roles]

    @property
    def role(self) -> Role:
        """The chosen role."""
        return Role(self.peran.data)


class CreateForm(_WithRole):
    """A new user with a first mandate."""

    nama = StringField(_l("Nama"), NAME, filters=[squeeze])
    telepon = TelField(_l("Nomor telepon"), [InputRequired(_l("Isi nomor telepon.")), _phone])
    bersama = BooleanField(_l("Nomor dipakai bersama"))
    lahir = _birth_year()


class ChangeForm(Form):
    """What is kept of a person; an empty number leaves the one that is known."""

    nama = StringField(_l("Nama"), NAME, filters=[squeeze])
    telepon = TelField(_l("Nomor telepon baru"), [_phone])
    bersama = BooleanField(_l("Nomor dipakai bersama"))
    lahir = _birth_year()


class GrantForm(_WithRole):
    """A further mandate."""

    mulai = Day(_l("Mulai (kosong: hari ini)"), [Optional()])
    sampai = Day(_l("Sampai (kosong: tanpa batas)"), [Optional()])

    def validate_sampai(self, field: Day) -> None:
        """The last day comes after the first."""
        if self.mulai.data and field.data and field.data < self.mulai.data:
            raise ValidationError(_("Hari terakhir harus sesudah hari pertama."))


class UntilForm(Form):
    """The last day of a mandate."""

    sampai = Day(_l("Hari terakhir"), [Optional()])


def blame(form: Form, field: str | None, says: str) -> None:
    """Put a rule's refusal where the reader finds it: beside its field, else on top."""
    spots: Mapping[str, str] = {"name": "nama", "phone": "telepon", "birth_year": "lahir", "until": "sampai"}
    spot = spots.get(field or "")
    if spot and spot in form:
        form[spot].errors = [*form[spot].errors, says]
    else:
        form.form_errors.append(says)

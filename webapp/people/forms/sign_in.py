"""The two ways to sign in. Nothing is said here about what is right: only that something was typed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, TelField
from wtforms.validators import InputRequired, Length

from webapp.plumbing.forms import Form


class _SignIn(Form):
    telp = TelField(
        _l("Nomor telepon"),
        [InputRequired(_l("Isi nomor telepon.")), Length(max=40, message=_l("Nomor ini terlalu panjang."))],
    )


class PinForm(_SignIn):
    """For the field: number and PIN."""

    by_password = False
    pin = PasswordField(
        _l("PIN 6 angka"),
        [InputRequired(_l("Isi PIN.")), Length(max=200, message=_l("PIN hanya 6 angka."))],
    )

    @property
    def secret(self) -> PasswordField:
        """The field with the secret."""
        return self.pin


class PasswordForm(_SignIn):
    """For admin and pengawas: number and password."""

    by_password = True
    sandi = PasswordField(
        _l("Kata sandi"),
        [
            InputRequired(_l("Isi kata sandi.")),
            Length(max=200, message=_l("Kata sandi ini terlalu panjang.")),
        ],
    )

    @property
    def secret(self) -> PasswordField:
        """The field with the secret."""
        return self.sandi

"""The two ways to sign in. Nothing is said here about what is right: only whether it can be that at all."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, TelField, ValidationError
from wtforms.validators import InputRequired, Length

from webapp.people.rules.phones import BadPhone, phone_of
from webapp.people.rules.secrets import pin_of
from webapp.plumbing.forms import Form
from webapp.plumbing.written import plain

UNCOUNTED = _l("Ini tidak dihitung sebagai percobaan.")
SIX = _l("PIN terdiri atas tepat 6 angka. Periksa lagi; ini tidak dihitung sebagai percobaan.")


def as_pin(text: str | None) -> str | None:
    """The six digits of what was pasted, else the text as it came."""
    return pin_of(text or "") or text


class _SignIn(Form):
    telp = TelField(
        _l("Nomor telepon"),
        [InputRequired(_l("Isi nomor telepon.")), Length(max=400, message=_l("Nomor ini terlalu panjang."))],
        filters=[lambda text: plain(text or "")],
    )

    def validate_telp(self, field: TelField) -> None:
        """What can be nobody's number is said at once, whatever the secret, and is no attempt."""
        try:
            phone_of(field.data or "")
        except BadPhone as bad:
            raise ValidationError(f"{bad.says} {UNCOUNTED}") from bad


class PinForm(_SignIn):
    """For the field: number and PIN."""

    by_password = False
    pin = PasswordField(
        _l("PIN 6 angka"),
        [InputRequired(_l("Isi PIN.")), Length(max=200, message=_l("PIN hanya 6 angka."))],
        filters=[as_pin],
    )

    def validate_pin(self, field: PasswordField) -> None:
        """What cannot be a PIN is said at once, and is no attempt."""
        if pin_of(field.data or "") is None:
            raise ValidationError(SIX)

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

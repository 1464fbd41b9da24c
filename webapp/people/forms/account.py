"""What people change about their own account."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, ValidationError
from wtforms.validators import InputRequired, Length

from webapp.people.forms.sign_in import SIX, as_pin
from webapp.people.rules.secrets import password_of, pin_of
from webapp.plumbing.forms import Form

MANY = Length(max=200, message=_l("Ini terlalu panjang."))


class RenewForm(Form):
    """A new secret, twice; the one that it replaces, unless somebody else had set that."""

    lama = PasswordField(validators=[MANY])
    baru = PasswordField(validators=[InputRequired(_l("Isi yang baru.")), MANY])
    ulangi = PasswordField(validators=[InputRequired(_l("Tulis yang baru sekali lagi.")), MANY])

    def __init__(self, data: Any = None, *, to_password: bool) -> None:
        super().__init__(data)
        self.to_password = to_password
        self.baru.data, self.ulangi.data = self._read(self.baru.data), self._read(self.ulangi.data)
        if not to_password:
            self.lama.data = self._read(self.lama.data)
        word = _("kata sandi") if to_password else _("PIN")
        self.lama.label.text = _("Kata sandi sekarang") if to_password else _("PIN sekarang")
        self.baru.label.text = _("Kata sandi baru") if to_password else _("PIN baru, 6 angka")
        self.ulangi.label.text = _("Ulangi %(word)s baru", word=word)

    def _read(self, text: str | None) -> str | None:
        """A new secret as it is meant: nobody can type later what only a paste brought along."""
        return password_of(text or "") if self.to_password else as_pin(text)

    def validate_lama(self, field: PasswordField) -> None:
        """What cannot be a PIN is said at once, and is no attempt."""
        if not self.to_password and field.data and pin_of(field.data) is None:
            raise ValidationError(SIX)

    def validate_ulangi(self, field: PasswordField) -> None:
        """Two different ones: one of them was a slip of the thumb."""
        if field.data != self.baru.data:
            raise ValidationError(_("Tidak sama dengan yang di atas. Tulis lagi keduanya."))

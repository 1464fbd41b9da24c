"""What a phone sends about seats."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, ValidationError
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from webapp.people.models import Slot
from webapp.people.rules.seats import Reason
from webapp.plumbing.fields import RowField, squeeze
from webapp.plumbing.forms import Form

REASONS = ("", *tuple(Reason))
LOST = _l("Kiriman ini tidak terbaca. Muat ulang halaman lalu coba lagi.")


class AssignForm(Form):
    """`orang` is a known person; without it `nama` and `telepon` are those of somebody new.

    `bersama`: the number is one that others have too.
    """

    tps = RowField(validators=[InputRequired(LOST)])
    slot = StringField(validators=[AnyOf(tuple(Slot), LOST)])
    orang = RowField(validators=[Optional()])
    nama = StringField(filters=[squeeze], validators=[Length(max=80)])
    telepon = StringField(filters=[squeeze], validators=[Length(max=400)])
    bersama = StringField(default="", validators=[Length(max=4)])
    ganti = RowField(validators=[Optional()])
    alasan = StringField(default="", validators=[AnyOf(REASONS, LOST)])

    def validate_nama(self, field: StringField) -> None:
        """Either somebody known, or a name."""
        if not self.orang.data and len(field.data or "") < 3:
            raise ValidationError(_("Pilih orangnya dari daftar, atau tulis nama lengkap orang baru."))

    def validate_alasan(self, field: StringField) -> None:
        """Whoever is replaced leaves with a reason."""
        if self.ganti.data and not field.data:
            raise ValidationError(_("Pilih dulu alasan pergantiannya."))


class EndForm(Form):
    """`urung` takes back a slip of the last seconds and needs no reason: "1" with the seat, or the id of the sending
    that gave it, for a phone that cannot know the seat yet."""

    kursi = RowField(validators=[Optional()])
    alasan = StringField(default="", validators=[AnyOf(REASONS, LOST)])
    urung = StringField(validators=[Length(max=36)])

    @property
    def data(self) -> dict[str, Any]:
        """As the rule reads it: `kiriman` is the id of the sending that gave the seat."""
        return {
            "kursi": self.kursi.data,
            "alasan": self.alasan.data,
            "urung": bool(self.urung.data),
            "kiriman": self._sending,
        }

    @property
    def _sending(self) -> UUID | None:
        try:
            return UUID(self.urung.data or "")
        except ValueError:
            return None

    def validate_urung(self, _field: StringField) -> None:
        """Which seat is known, one way or the other."""
        if not self.kursi.data and self._sending is None:
            raise ValidationError(LOST)

    def validate_alasan(self, field: StringField) -> None:
        """Nobody is let go without a reason."""
        if not self.urung.data and not field.data:
            raise ValidationError(_("Pilih alasannya dulu."))

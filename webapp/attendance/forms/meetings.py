"""Calling a meeting, inviting, agreeing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from webapp.attendance.models import MeetingKind
from webapp.attendance.rules.meetings import Plan
from webapp.places.rules.codes import is_code
from webapp.places.rules.zones import offset_of
from webapp.plumbing.fields import Day, Hour, RowField, WholeNumber, choices, squeeze, squeeze_lines
from webapp.plumbing.forms import Form

KINDS = [
    (MeetingKind.RAKOR, _l("Rakor")),
    (MeetingKind.BIMTEK, _l("Bimtek")),
    (MeetingKind.RAPAT, _l("Rapat")),
    (MeetingKind.PENGUKUHAN, _l("Pengukuhan")),
    (MeetingKind.OTHER, _l("Lainnya")),
]
MINUTES = _l("Isi dengan menit, 0 sampai 240.")


class CallForm(Form):
    """A meeting; times are those of the place."""

    wilayah = StringField(_l("Wilayah"), [InputRequired(_l("Pilih wilayah yang mengadakan rapat."))])
    jenis = SelectField(_l("Jenis"), choices=choices(KINDS))
    judul = StringField(
        _l("Judul"),
        [InputRequired(_l("Isi judul rapat.")), Length(3, 80, _l("Judul 3 sampai 80 huruf."))],
        filters=[squeeze],
    )
    tanggal = Day(_l("Tanggal"), [InputRequired(_l("Pilih tanggalnya."))])
    mulai = Hour(_l("Mulai"), [InputRequired(_l("Isi jam mulai."))])
    selesai = Hour(_l("Selesai"), [InputRequired(_l("Isi jam selesai."))])
    toleransi = WholeNumber(
        _l("Terlambat setelah berapa menit"), [Optional()], default=15, most=240, says=MINUTES
    )
    tempat = StringField(
        _l("Tempat"), [Length(max=120, message=_l("Paling panjang 120 huruf."))], filters=[squeeze]
    )
    tautan = StringField(
        _l("Tautan, bila jarak jauh"),
        [
            Optional(),
            Length(max=300, message=_l("Paling panjang 300 huruf.")),
            Regexp(r"^https://\S+$", message=_l("Tautan dimulai dengan https://")),
        ],
        filters=[squeeze],
    )
    agenda = TextAreaField(
        _l("Agenda"), [Length(max=1000, message=_l("Paling panjang 1.000 huruf."))], filters=[squeeze_lines]
    )

    def validate_wilayah(self, field: StringField) -> None:
        """A code of the register; whether it is one's own is for the rule."""
        if not is_code(field.data or "") or field.data == "ID":
            raise ValidationError(_("Pilih wilayah dari daftar."))

    def validate_selesai(self, field: Hour) -> None:
        """Not before the start."""
        if self.mulai.data and field.data and field.data <= self.mulai.data:
            raise ValidationError(_("Jam selesai harus setelah jam mulai."))

    @property
    def plan(self) -> Plan:
        """As the rule wants it, in UTC. Only of a valid form."""
        return Plan(
            kind=self.jenis.data,
            title=self.judul.data or "",
            region_code=self.wilayah.data or "",
            starts_at=self._moment(self.mulai.data),
            ends_at=self._moment(self.selesai.data),
            late_minutes=15 if self.toleransi.data is None else self.toleransi.data,
            place=self.tempat.data or None,
            link=self.tautan.data or None,
            agenda=self.agenda.data or None,
        )

    @property
    def data(self) -> dict[str, Any]:
        """For the rule: the plan."""
        return {"plan": self.plan}

    def _moment(self, at: time | None) -> datetime:
        zone = timezone(timedelta(minutes=offset_of(self.wilayah.data or "")))
        return datetime.combine(self.tanggal.data or date.min, at or time(), zone)


class DecisionForm(Form):
    """One agreed point."""

    rapat = RowField(validators=[InputRequired()])
    butir = StringField(
        _l("Butir keputusan"),
        [InputRequired(_l("Tulis butirnya dulu.")), Length(3, 300, _l("Satu butir 3 sampai 300 huruf."))],
        filters=[squeeze],
    )

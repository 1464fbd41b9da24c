"""Calling a meeting, and agreeing there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from webapp.attendance.models import MeetingKind
from webapp.attendance.rules.meetings import Plan
from webapp.attendance.rules.series import MOST_WEEKS
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
WEEKS = _l("Isi 0 sampai 26 minggu.")


def titled(label: Any) -> StringField:
    """What a meeting is called."""
    checks = [InputRequired(_l("Isi judul rapat.")), Length(3, 80, _l("Judul 3 sampai 80 huruf."))]
    return StringField(label, checks, filters=[squeeze])


def placed() -> StringField:
    """Where it is held."""
    too_long = Length(max=120, message=_l("Paling panjang 120 huruf."))
    return StringField(_l("Tempat"), [too_long], filters=[squeeze])


def linked() -> StringField:
    """How one joins from afar."""
    checks = [
        Optional(),
        Length(max=1000, message=_l("Paling panjang 1.000 huruf.")),
        Regexp(r"^https://\S+$", message=_l("Tautan dimulai dengan https://")),
    ]
    return StringField(_l("Tautan, bila jarak jauh"), checks, filters=[squeeze])


class HoursForm(Form):
    """Day and hours of one session, as the clocks of `zone` (minutes east) show them, and its agenda."""

    tanggal = Day(_l("Tanggal"), [InputRequired(_l("Pilih tanggalnya."))])
    mulai = Hour(_l("Mulai"), [InputRequired(_l("Isi jam mulai."))])
    selesai = Hour(_l("Selesai"), [InputRequired(_l("Isi jam selesai."))])
    toleransi = WholeNumber(
        _l("Terlambat setelah berapa menit"), [Optional()], default=15, most=240, says=MINUTES
    )
    agenda = TextAreaField(
        _l("Agenda"), [Length(max=1000, message=_l("Paling panjang 1.000 huruf."))], filters=[squeeze_lines]
    )
    zone = 0

    def validate_selesai(self, field: Hour) -> None:
        """Before the start means on the next day; the same hour is a slip."""
        if self.mulai.data and field.data and field.data == self.mulai.data:
            raise ValidationError(_("Jam selesai sama dengan jam mulai. Periksa lagi."))

    @property
    def hours(self) -> dict[str, Any]:
        """Start and end with their zone, at most a day apart, and from when on one is late. Only of a valid form."""
        start, end = self._moment(self.mulai.data), self._moment(self.selesai.data)
        return {
            "starts_at": start,
            "ends_at": end if end > start else end + timedelta(days=1),
            "late_minutes": 15 if self.toleransi.data is None else self.toleransi.data,
            "agenda": self.agenda.data or None,
        }

    def _moment(self, at: time | None) -> datetime:
        zone = timezone(timedelta(minutes=self.zone))
        return datetime.combine(self.tanggal.data or date.min, at or time(), zone)


class CallForm(HoursForm):
    """A meeting; times are those of the place. `salin`: the meeting that it is made after."""

    wilayah = StringField(_l("Wilayah"), [InputRequired(_l("Pilih wilayah yang mengadakan rapat."))])
    jenis = SelectField(_l("Jenis"), choices=choices(KINDS))
    judul = titled(_l("Judul"))
    tempat = placed()
    tautan = linked()
    ulangi = WholeNumber(_l("Ulangi tiap minggu"), [Optional()], default=0, most=MOST_WEEKS, says=WEEKS)
    salin = RowField(validators=[Optional()])

    def validate_wilayah(self, field: StringField) -> None:
        """A code of the register; whether it is one's own is for the rule."""
        if not is_code(field.data or "") or field.data == "ID":
            raise ValidationError(_("Pilih wilayah dari daftar."))

    @property
    def plan(self) -> Plan:
        """As the rule wants it. Only of a valid form."""
        self.zone = offset_of(self.wilayah.data or "")
        return Plan(
            kind=self.jenis.data,
            title=self.judul.data or "",
            region_code=self.wilayah.data or "",
            place=self.tempat.data or None,
            link=self.tautan.data or None,
            **self.hours,
        )

    @property
    def data(self) -> dict[str, Any]:
        """For the rule: the plan, how many weeks it is repeated, and what it copies."""
        return {"plan": self.plan, "ulangi": self.ulangi.data or 0, "salin": self.salin.data}


class NameForm(Form):
    """What a meeting is and is called, where its sessions and sites are changed one by one."""

    jenis = SelectField(_l("Jenis"), choices=choices(KINDS))
    judul = titled(_l("Judul"))


class DecisionForm(Form):
    """One agreed point."""

    rapat = RowField(validators=[InputRequired()])
    butir = StringField(
        _l("Butir keputusan"),
        [InputRequired(_l("Tulis butirnya dulu.")), Length(3, 300, _l("Satu butir 3 sampai 300 huruf."))],
        filters=[squeeze],
    )

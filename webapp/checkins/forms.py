"""What a check-in asks, and how little of it must be filled in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    Length,
    Optional,
    ValidationError,
)

from webapp.checkins.models import Activity, Kind, Oddity
from webapp.plumbing.fields import (
    Coordinate,
    Identifier,
    Photos,
    WholeNumber,
    choices,
    squeeze,
    squeeze_lines,
)
from webapp.plumbing.forms import Form

KINDS = (
    (Kind.TPS, _("Di TPS saya")),
    (Kind.POSKO, _("Di posko atau kantor")),
    (Kind.FIELD, _("Kegiatan lapangan")),
)
ACTIVITIES = (
    (Activity.CANVASSING, _("Kanvasing")),
    (Activity.DOOR_TO_DOOR, _("Dari rumah ke rumah")),
    (Activity.SOCIALISATION, _("Sosialisasi")),
    (Activity.DECLARATION, _("Deklarasi")),
    (Activity.OTHER, _("Kegiatan lain")),
)
ODDITIES = {
    Oddity.CLOCK: _("Jam HP tidak cocok"),
    Oddity.TWICE: _("Dua kali dalam 5 menit"),
    Oddity.APART: _("Dua tempat sekaligus"),
    Oddity.LATE: _("Tiba lebih dari sehari kemudian"),
    Oddity.UNTIMED: _("Jam HP tidak disertakan"),
}
ICONS = {Kind.TPS: "tps", Kind.POSKO: "home", Kind.FIELD: "people"}
UNCOUNTED = _("Tulis jumlah orang dengan angka, dari 0 sampai 100.000.")


class CheckInForm(Form):
    """The one screen of a check-in. `lagi` ("kind:activity:place") repeats a place and needs nothing else."""

    lagi = StringField(validators=[Optional(), Length(max=60)])
    jenis = RadioField(
        _("Anda sedang"),
        choices=choices(KINDS),
        validators=[InputRequired(_("Pilih Anda sedang di mana."))],
        validate_choice=False,
    )
    kegiatan = SelectField(
        _("Kegiatan"), choices=choices(ACTIVITIES), default=Activity.CANVASSING, validate_choice=False
    )
    tempat = StringField(_("Tempat"), [InputRequired(_("Pilih tempatnya.")), Length(max=30)])
    catatan = TextAreaField(
        _("Catatan"),
        [Optional(), Length(max=500, message=_("Catatan paling panjang 500 huruf. Ringkas sedikit."))],
        filters=[squeeze_lines],
    )
    orang = WholeNumber(_("Orang yang ditemui"), [Optional()], most=100_000, says=UNCOUNTED)
    foto = Photos(_("Foto"))
    lat = Coordinate(-90, 90)
    lng = Coordinate(-180, 180)
    accuracy = Coordinate(0, 1_000_000)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read the fields; a repeated place fills in where and what."""
        super().process(*args, **kwargs)
        kind, _colon, rest = (self.lagi.data or "").partition(":")
        activity, _colon, place = rest.partition(":")
        if place:
            self.jenis.data, self.jenis.raw_data = kind, [kind]
            self.tempat.data, self.tempat.raw_data = place, [place]
            self.kegiatan.data = activity or Activity.OTHER

    def validate_jenis(self, field: RadioField) -> None:
        """A kind of the three."""
        if field.data not in set(Kind):
            raise ValidationError(_("Pilih Anda sedang di mana."))

    def validate_kegiatan(self, field: SelectField) -> None:
        """An activity of the five, where one is asked."""
        if self.jenis.data == Kind.FIELD and field.data not in set(Activity):
            raise ValidationError(_("Pilih kegiatannya."))


class FilterForm(Form):
    """What the list of a region is narrowed to. Whatever cannot be read asks for everything."""

    cari = StringField(_("Nama orang"), [Optional(), Length(max=80)], filters=[squeeze])
    hari = DateField(_("Hari"), [Optional()])
    jenis = SelectField(_("Jenis"), choices=choices([("", _("Semua jenis")), *KINDS]), validate_choice=False)
    wilayah = SelectField(_("Wilayah"), validate_choice=False)
    kode = StringField(_("Kode tanda terima"), [Optional(), Length(max=40)])
    janggal = BooleanField(_("Hanya yang janggal"))


class TakeBackForm(Form):
    """Which check-in is taken back: the id of its tap."""

    urung = Identifier(_("Check-in"), [InputRequired(_("Pilih check-in yang dibatalkan."))])

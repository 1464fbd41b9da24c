"""Sessions and sites of a meeting, calling it off, and counting heads."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from webapp.attendance.forms.marks import UNREADABLE
from webapp.attendance.forms.meetings import HoursForm, linked, placed
from webapp.attendance.forms.positions import Positioned
from webapp.attendance.models import Mode
from webapp.attendance.rules.arranging import Span
from webapp.attendance.rules.heads import MOST
from webapp.attendance.rules.siting import Spot
from webapp.places.rules.codes import is_code
from webapp.plumbing.fields import RowField, WholeNumber, choices, squeeze
from webapp.plumbing.forms import Form
from webapp.plumbing.written import position

MODES = [(Mode.PLACE, _l("Tatap muka")), (Mode.ZOOM, _l("Zoom, dari jauh"))]
METRES = _l("Isi dengan meter, 20 sampai 5000.")


class SessionForm(HoursForm):
    """One part of a meeting; `zone` is that of the meeting."""

    judul = StringField(
        _l("Nama sesi"), [Length(max=80, message=_l("Paling panjang 80 huruf."))], filters=[squeeze]
    )

    @property
    def span(self) -> Span:
        """As the rule wants it. Only of a valid form."""
        return Span(title=self.judul.data or None, **self.hours)


class SiteForm(Positioned):
    """One place of a meeting. `pj` is offered those who keep lists there; the phone's position outranks the typed."""

    wilayah = StringField(_l("Wilayah"), [InputRequired(_l("Pilih wilayah lokasinya."))])
    cara = SelectField(_l("Cara ikut"), choices=choices(MODES), default=Mode.PLACE)
    tempat = placed()
    tautan = linked()
    pj = SelectField(_l("Penanggung jawab"), [Optional()], choices=[])
    titik = StringField(
        _l("Titik di peta"), [Length(max=500, message=_l("Paling panjang 500 huruf."))], filters=[squeeze]
    )
    radius = WholeNumber(_l("Dianggap dekat, dalam meter"), [Optional()], default=150, most=5000, says=METRES)

    def validate_wilayah(self, field: StringField) -> None:
        """A code of the register; whether it lies in the meeting's region is for the rule."""
        if not is_code(field.data or "") or field.data == "ID":
            raise ValidationError(_("Pilih wilayah dari daftar."))

    def validate_titik(self, field: StringField) -> None:
        """A place on this earth, or nothing."""
        if field.data and position(field.data) is None:
            raise ValidationError(_("Tulis lintang lalu bujur. Contoh: -6.14120, 106.73010."))

    def validate_radius(self, field: WholeNumber) -> None:
        """Not so near that no phone is."""
        if field.data is not None and field.data < 20:
            raise ValidationError(str(METRES))

    @property
    def spot(self) -> Spot:
        """As the rule wants it. Only of a valid form."""
        held = self.position
        here = (held.latitude, held.longitude) if held else position(self.titik.data or "")
        latitude, longitude = here or (None, None)
        return Spot(
            region_code=self.wilayah.data or "",
            mode=self.cara.data,
            place=self.tempat.data or None,
            link=self.tautan.data or None,
            pic_id=int(self.pj.data) if self.pj.data else None,
            latitude=latitude,
            longitude=longitude,
            radius=self.radius.data or 150,
        )


class CancelForm(Form):
    """Why a meeting is off."""

    alasan = StringField(
        _l("Alasan"),
        [InputRequired(_l("Tulis alasannya.")), Length(3, 200, _l("Alasan 3 sampai 200 huruf."))],
        filters=[squeeze],
    )


class HeadsForm(Form):
    """How many are there, whoever they are."""

    lembar = RowField(validators=[InputRequired(UNREADABLE)])
    jumlah = WholeNumber(
        _l("Hitungan kepala"),
        [InputRequired(_l("Isi jumlah orang yang ada."))],
        most=MOST,
        says=_l("Isi dengan angka, 0 sampai 9999."),
    )

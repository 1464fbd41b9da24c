"""The file of participants, as what it is read, and whose each of its names is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import Field
from wtforms.validators import InputRequired
from wtforms.widgets import FileInput, HiddenInput

from webapp.attendance.forms.codes import key_for
from webapp.attendance.rules.zoom.gathering import OFFSETS, By, Choice, Shown
from webapp.attendance.rules.zoom.reading import Listing, Stay
from webapp.attendance.rules.zoom.tables import MOST_BYTES, BadList
from webapp.attendance.rules.zoom.taking import Confirmed
from webapp.plumbing.fields import row_number
from webapp.plumbing.forms import Form
from webapp.plumbing.written import plain, whole

GUEST, OPEN_SECONDS = "tamu", 24 * 3600
MOST_SIGNED = 400_000  # bytes in the page: a form of more than 500 KB is not taken back
UPLOADS = UUID("8d0b0c6a-3a51-4f0f-8f55-0b3d6f1e7c42")  # the id of an upload follows from what we signed


class CsvField(Field):
    """A file; its bytes, read up to what is allowed."""

    widget = FileInput()
    data: bytes

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it, or say that none was chosen."""
        file = valuelist[0] if valuelist else None
        if file is None or not getattr(file, "filename", ""):
            self.data = b""
            raise ValueError(_("Pilih dulu berkas CSV dari Zoom."))
        self.data = file.stream.read(MOST_BYTES + 1)


class UploadForm(Form):
    """One file."""

    berkas = CsvField(_l("Berkas CSV peserta"))


@dataclass(frozen=True)
class Listed:
    """What a page carries between file and confirmation: the stays, and seats in their numbered order."""

    sheet_id: int
    listing: Listing
    seats: Sequence[int]


class ListedField(Field):
    """What was in the file, signed by us: what comes back is what we read, for this list only."""

    widget = HiddenInput()
    data: Listed | None = None
    upload: UUID

    def _value(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Believe our own signature only."""
        try:
            told = _signer().loads(valuelist[0] if valuelist else "", max_age=OPEN_SECONDS)
            self.upload = uuid5(UPLOADS, valuelist[0])
            stays = [
                Stay(tuple(names), _moment(a), _moment(b), *more) for names, a, b, *more in told["stays"]
            ]
            self.data = Listed(told["sheet"], Listing(stays, *told["read"]), told["seats"])
        except (BadData, TypeError, ValueError, KeyError) as mistake:
            raise ValueError(
                _("Halaman ini terlalu lama terbuka. Unggah berkasnya sekali lagi.")
            ) from mistake


class ConfirmForm(Form):
    """`pilih-3` says whose the fourth name is: a seat, a guest, or nobody; `no-3` says it by the number of the row.

    `zona`, `satu` and `kolom` say as what the file is to be read, `dibaca` as what it was read when the page was made.
    """

    daftar = ListedField(validators=[InputRequired()])

    def process(self, formdata: Any = None, *args: Any, **more: Any) -> None:
        """Read the rows beside the field."""
        super().process(formdata, *args, **more)
        self.told = {str(name): str(formdata[name]) for name in formdata} if formdata else {}
        self.confirmed: list[Confirmed] = []

    def is_read_so(self, choice: Choice) -> bool:
        """Whether the names of the page were made by this choice."""
        return self.told.get("dibaca") == written(choice)

    def forget_the_rows(self) -> None:
        """The names stand elsewhere now: what was chosen for them is of no use."""
        self.told = {name: told for name, told in self.told.items() if not name.startswith(("pilih-", "no-"))}

    def settle(self, shown: Sequence[Shown], seats: Sequence[int]) -> bool:
        """Whether every number has its row, and there is something to record."""
        for place, one in enumerate(shown):
            self._read(place, one, seats)
        if not self.confirmed and not self.form_errors:
            self.form_errors.append(_("Belum ada yang dipilih. Pilih siapa orangnya pada nama yang dikenal."))
        return not self.form_errors

    def _read(self, place: int, shown: Shown, seats: Sequence[int]) -> None:
        number, chosen = plain(self.told.get(f"no-{place}", "")), self.told.get(f"pilih-{place}", "")
        if number:
            row = whole(number.removesuffix("."))
            if row is None or not 0 < row <= len(seats):
                says = _("%(name)s: tidak ada baris no. %(n)s di daftar.", name=shown.name, n=number[:10])
                self.form_errors.append(says)
            else:
                self.confirmed.append(Confirmed(shown, seats[row - 1]))
        elif chosen == GUEST:
            self.confirmed.append(Confirmed(shown, None))
        elif row_number(chosen) in seats:
            self.confirmed.append(Confirmed(shown, row_number(chosen)))
        elif chosen:
            self.form_errors.append(_("%(name)s: pilihan ini tidak terbaca.", name=shown.name))


def chosen(told: Mapping[str, str], listing: Listing) -> Choice:
    """As what the file is to be read: as it was taken for granted, unless the form says otherwise."""
    zones, columns = {str(offset): offset for offset in OFFSETS}, range(len(listing.columns))
    column = {str(place): place for place in columns}.get(told.get("kolom", ""), 0)
    by = told.get("satu", "")
    return Choice(
        zones.get(told.get("zona", ""), listing.offset),
        By(by) if by in set(By) else By.NAME,
        column,
    )


def written(choice: Choice) -> str:
    """The choice as a word, for the page."""
    return f"{choice.offset} {choice.by} {choice.column}"


def signed(listed: Listed) -> str:
    """The stays as they go into the page; a day later they are no good any more. Raises `BadList` if it is too much."""
    read = listed.listing
    stays = [
        (one.names, _seconds(one.join), _seconds(one.leave), one.minutes, one.account) for one in read.stays
    ]
    told = (read.columns, read.offset, read.day_first, read.zoned)
    word = _signer().dumps(
        {"sheet": listed.sheet_id, "stays": stays, "read": told, "seats": list(listed.seats)}
    )
    if len(word) > MOST_SIGNED:
        raise BadList(_("Berkas ini terlalu panjang. Unduh daftar peserta satu rapat saja."))
    return str(word)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key_for("zoom"), salt="zoom")


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)

"""What was sent, in words: labels are those of the form, numbers become names where the reader may know them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from werkzeug.datastructures import MultiDict
from wtforms import Field

from webapp.attendance.models import FollowUp, Invitation, Meeting, Status
from webapp.home.figures.receipts import Entry
from webapp.people.models import Person
from webapp.places.models import Region, Station
from webapp.places.rules.codes import is_code
from webapp.plumbing.database import db
from webapp.plumbing.fields import RowField, row_number
from webapp.plumbing.numbers import without_numbers
from webapp.plumbing.submissions import kinds, receipt_of

LONGEST = 200
SEATS = {str(status) for status in Status}
POSITION = {"lat", "lng", "accuracy"}
NOT_SAID = {"ganti", "lagi", "urutan", "dilihat"}
ROW = re.compile(r"(tanda|jam)-(\d{1,10})")  # of a sheet that was typed in


@dataclass
class Names:
    """The names behind the numbers of many contents: gathered first, then asked for in one statement of each sort."""

    people: dict[int, str] = field(default_factory=dict)
    seats: dict[int, str] = field(default_factory=dict)
    meetings: dict[int, str] = field(default_factory=dict)
    stations: dict[int, str] = field(default_factory=dict)
    promises: dict[int, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)

    def look_up(self) -> None:
        """Fill in what the bound scope lets the reader know. At most six statements."""
        self._ask(self.people, select(Person.id, Person.name), Person.id)
        guest = func.coalesce(Person.name, Invitation.guest_name, "")
        seats = select(Invitation.id, guest).outerjoin(Person, Person.id == Invitation.person_id)
        self._ask(self.seats, seats, Invitation.id)
        self._ask(self.meetings, select(Meeting.id, Meeting.title), Meeting.id)
        stations = select(Station.id, Station.number, Region.name)
        stations = stations.join(Region, Region.code == Station.village_code)
        self._ask(self.stations, stations, Station.id, lambda number, village: f"TPS {number:03} {village}")
        self._ask(self.promises, select(FollowUp.id, FollowUp.words), FollowUp.id)
        self._ask(self.regions, select(Region.code, Region.name), Region.code)

    @staticmethod
    def _ask(
        names: dict[Any, str], query: Select[*tuple[Any, ...]], key: Any, words: Callable[..., str] = str
    ) -> None:
        if names:
            rows = db.session.execute(query.where(key.in_(list(names))))
            names.update({row[0]: words(*row[1:]) for row in rows})


def readable(entries: Iterable[Entry]) -> list[Entry]:
    """The same with their contents in words; a telephone number is never among them, it is asked for by Hubungi."""
    told, names = list(entries), Names()
    read = [list(_fields(one, names)) for one in told]
    names.look_up()
    return [
        replace(one, contents=[_line(*pair) for pair in _spoken(pairs)])
        for one, pairs in zip(told, read, strict=True)
    ]


Words = Callable[[], str]


def _fields(entry: Entry, names: Names) -> Iterable[tuple[str, Words]]:
    """Label and words of each field; the words are made once the names are known."""
    payload = dict(entry.payload or {})
    kind = kinds.get(entry.kind)
    known = kind.form(MultiDict(payload))._fields if kind else {}  # noqa: SLF001
    if any(payload.get(name) for name in POSITION):
        yield _("Posisi"), lambda: _("disertakan")
    for name, told in payload.items():
        if told and name not in POSITION | NOT_SAID:
            yield _label(name, known.get(name)), _words(name, told, known.get(name), names)


def _label(name: str, told: Field | None) -> str:
    ours = {
        "rapat": _("Rapat"), "salin": _("Disalin dari"), "tps": _("TPS"), "urung": _("Yang dibatalkan"),
        "slot": _("Kursi"), "nama": _("Nama"), "telepon": _("Telepon"), "alasan": _("Alasan"), "kursi": _("Kursi"),
        "foto": _("Foto"), "wilayah": _("Wilayah"),
    }  # fmt: skip
    if name == "orang" and isinstance(told, RowField):
        return _("Orang")
    if name in SEATS:
        return name.capitalize()
    if ROW.fullmatch(name):
        return _("Jam di kertas") if name.startswith("jam") else _("Baris kertas")
    return ours.get(name) or (str(told.label.text) if told is not None else name[:40])


def _words(name: str, told: Any, known: Field | None, names: Names) -> Words:
    text = ", ".join(map(str, told)) if isinstance(told, list) else str(told)
    if name == "foto":
        many = len(told) if isinstance(told, list) else 1
        return lambda: _("%(n)s foto", n=many)
    if name == "urung":
        return lambda: _receipt(text)
    row = ROW.fullmatch(name)
    if row and row_number(row[2]):
        person = _name(names.seats, int(row[2]))
        return lambda: f"{person()}: {text}"
    if name in ("tempat", "wilayah") and is_code(text):
        return _name(names.regions, text)
    number = row_number(text.removeprefix("tps-"))
    table = _table(name, known, names)
    if number is not None and table is not None:
        return _name(table, number)
    return lambda: _choice(known, text)


def _table(name: str, known: Field | None, names: Names) -> dict[int, str] | None:
    """Where the number of this field has its name."""
    if name in SEATS:
        return names.seats
    if name in ("orang", "pemilik") and isinstance(known, RowField):
        return names.people
    tables = {
        "rapat": names.meetings,
        "mewakili": names.seats,
        "tps": names.stations,
        "tempat": names.stations,
        "tindak": names.promises,
    }
    return tables.get(name)


def _name(names: dict[Any, str], key: Any) -> Words:
    names.setdefault(key, "")
    return lambda: names[key] or _("nomor %(n)s", n=key)


def _receipt(text: str) -> str:
    try:
        return _("kode %(code)s", code=receipt_of(UUID(text)))
    except ValueError:
        return text


def _choice(known: Field | None, text: str) -> str:
    for one in getattr(known, "choices", None) or ():
        if str(one.value) == text:
            return str(one.label)
    return text


def _spoken(pairs: Iterable[tuple[str, Words]]) -> Sequence[tuple[str, str]]:
    return [(label, words()) for label, words in pairs]


def _line(label: str, words: str) -> tuple[str, str]:
    said = without_numbers(words, _("(nomor disembunyikan)"))
    return label, said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"

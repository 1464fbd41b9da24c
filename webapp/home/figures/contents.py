"""What was sent, in words: labels are those of the form, and numbers of rows become the names of what they number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field

from webapp.attendance.forms.codes import CardField, ScreenToken
from webapp.attendance.forms.paper import LETTERS
from webapp.attendance.models import Status
from webapp.home.figures.names import Names, Words
from webapp.home.figures.receipts import Entry
from webapp.places.rules.codes import is_code
from webapp.plumbing.clock import date_words
from webapp.plumbing.fields import Day, Hour, RowField, row_number
from webapp.plumbing.numbers import without_numbers
from webapp.plumbing.submissions import kinds, receipt_of

LONGEST = 200
STATUSES = {str(status) for status in Status}
POSITION = {"lat", "lng", "accuracy"}
NOT_SAID = {"lagi", "urutan", "dilihat"}
ROW = re.compile(r"(tanda|jam)-(\d{1,10})")  # of a sheet that was typed in
SORTS = {  # what the number in a field is the number of
    "rapat": "meeting", "salin": "meeting", "lembar": "list", "tindak": "promise", "tps": "station",
    "mewakili": "seat", "kursi": "seat", "tepat": "seat", **dict.fromkeys(STATUSES, "seat"),
    "orang": "person", "pemilik": "person", "ganti": "post",
}  # fmt: skip
LABELS = {
    "rapat": _l("Rapat"), "lembar": _l("Rapat"), "salin": _l("Disalin dari"), "tps": _l("TPS"), "slot": _l("Kursi"),
    "urung": _l("Yang dibatalkan"), "nama": _l("Nama"), "telepon": _l("Telepon"), "alasan": _l("Alasan"),
    "foto": _l("Foto"), "wilayah": _l("Wilayah"), "ganti": _l("Menggantikan"), "tepat": _l("Hadir tepat waktu"),
    "bersama": _l("Nomor dipakai bersama"),
}  # fmt: skip


@dataclass(frozen=True)
class _Told:
    """One field: what it is called and says in a sending of this kind, and the form's own field where there is one."""

    kind: str
    name: str
    told: Any
    known: Field | None

    @property
    def typed(self) -> str:
        """All that it says, as it was typed."""
        told = self.told if isinstance(self.told, list) else [self.told]
        return ", ".join(map(str, told))

    @property
    def number(self) -> int | None:
        """The number of a row in it; of several the first, as forms read it."""
        told = self.told[0] if isinstance(self.told, list) else self.told
        return row_number(str(told))

    @property
    def sort(self) -> str | None:
        """Of what it holds the number; None when it holds words, or how many there were."""
        if self.name == "orang" and not isinstance(self.known, RowField):
            return None
        return "post" if (self.kind, self.name) == ("seat.end", "kursi") else SORTS.get(self.name)


def readable(entries: Iterable[Entry]) -> list[Entry]:
    """The same with their contents in words; a telephone number is never among them, it is asked for by Hubungi."""
    told, names = list(entries), Names()
    read = [list(_fields(one, names)) for one in told]
    names.look_up()
    return [
        replace(one, contents=[_line(*pair) for pair in _spoken(pairs)])
        for one, pairs in zip(told, read, strict=True)
    ]


def _fields(entry: Entry, names: Names) -> Iterable[tuple[str, Words]]:
    """Label and words of each field; the words are made once the names are known."""
    payload = _laid_out(dict(entry.payload or {}))
    if any(payload.get(name) for name in POSITION):
        yield _("Posisi"), lambda: _("disertakan")
    for one in _told(entry.kind, payload):
        if one.name == "lembar":
            yield _label(one), _of_list(one, payload.get("rapat"), names)
        elif one.name != "rapat" or not payload.get("lembar"):
            yield _label(one), _words(one, names)


def _laid_out(payload: dict[str, Any]) -> dict[str, Any]:
    """What repeats a place says in one field what is done, and where."""
    told = payload.get("lagi")
    parts = told.split(":", 2) if isinstance(told, str) else []
    if len(parts) < 3:
        return payload
    return payload | dict(zip(("jenis", "kegiatan", "tempat"), parts, strict=True))


def _told(kind: str, payload: Mapping[str, Any]) -> Iterable[_Told]:
    """The fields that tell a reader something."""
    form = kinds[kind].form(MultiDict(payload)) if kind in kinds else None
    known = form._fields if form else {}  # noqa: SLF001
    for name, told in payload.items():
        one = _Told(kind, name, told, known.get(name))
        if told and name not in POSITION | NOT_SAID and _says_something(one, unlearned=form is None):
            yield one


def _says_something(one: _Told, *, unlearned: bool) -> bool:
    """Whether it is more than a mark of the phone's; in a kind that is unlearned any number may be that of a row."""
    if one.name == "urung":
        return _id(one.typed) is not None
    if unlearned:
        return one.number is None
    return one.known is not None or ROW.fullmatch(one.name) is not None


def _label(one: _Told) -> str:
    row = ROW.fullmatch(one.name)
    if row:
        return _("Jam di kertas") if row[1] == "jam" else _("Baris kertas")
    if one.name in STATUSES:
        return one.name.capitalize()
    if one.name == "orang" and one.sort:
        return _("Orang")
    if one.name == "kursi":
        return _("Kursi") if one.sort == "post" else _("Nama")
    own = str(one.known.label.text) if one.known is not None else one.name[:40]
    return str(LABELS.get(one.name, own))


def _words(one: _Told, names: Names) -> Words:
    row = ROW.fullmatch(one.name)
    if row:
        return _of_row(one, row_number(row[2]), names)
    if one.sort:
        return _named(one.sort, one.number, names)
    if isinstance(one.known, CardField) and one.known.person_id:
        return names.of("person", one.known.person_id)
    if isinstance(one.known, ScreenToken):
        return _named("list", one.known.shown.sheet_id if one.known.shown else None, names)
    place = _place(one, names)
    return place or (lambda: _said(one))


def _place(one: _Told, names: Names) -> Words | None:
    """Where it was: a region, or at a check-in a TPS; None for what is no place, or one in somebody's own words."""
    if one.name != "wilayah" and (one.kind, one.name) != ("checkin", "tempat"):
        return None
    if is_code(one.typed):
        return names.of("region", one.typed)
    station = one.typed.removeprefix("tps-")
    return _named("station", row_number(station) if station != one.typed else None, names)


def _named(sort: str, number: int | None, names: Names) -> Words:
    return _unreadable if number is None else names.of(sort, number)


def _of_list(one: _Told, meeting: Any, names: Names) -> Words:
    """The list by its meeting; one that is gone by the meeting that was named beside it."""
    number = row_number(str(meeting)) if meeting else None
    otherwise = names.of("meeting", number) if number else None
    return names.of("list", one.number, otherwise) if one.number else otherwise or _unreadable


def _of_row(one: _Told, seat: int | None, names: Names) -> Words:
    person = _named("seat", seat, names)
    return lambda: f"{person()}: {LETTERS.get(one.typed, one.typed)}"


def _said(one: _Told) -> str:
    """What needs no names."""
    if one.name == "foto":
        return _("%(n)s foto", n=len(one.told) if isinstance(one.told, list) else 1)
    if one.name == "bersama":
        return _("ya")
    if isinstance(one.known, Day) and one.known.data:
        return date_words(one.known.data)
    if isinstance(one.known, Hour) and one.known.data:
        return one.known.data.strftime("%H.%M")
    undone = _id(one.typed) if one.name == "urung" else None
    return _("kode %(code)s", code=receipt_of(undone)) if undone else _choice(one)


def _choice(one: _Told) -> str:
    offered = {str(it.value): str(it.label) for it in getattr(one.known, "choices", None) or ()}
    return offered.get(one.typed, one.typed)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _unreadable() -> str:
    return _("tidak terbaca")


def _spoken(pairs: Iterable[tuple[str, Words]]) -> Sequence[tuple[str, str]]:
    return [(label, words()) for label, words in pairs]


def _line(label: str, words: str) -> tuple[str, str]:
    said = without_numbers(words, _("(nomor disembunyikan)"))
    return label, said if len(said) <= LONGEST else said[: LONGEST - 1] + "…"

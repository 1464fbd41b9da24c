"""Reading the list: any encoding and separator that Zoom or a spreadsheet writes, checked in full, line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO

from flask_babel import gettext as _

from webapp.attendance.rules.zoom.moments import reader_of
from webapp.places.rules.names import fold
from webapp.plumbing.refusal import Refusal

MOST_BYTES = 2_000_000
MOST_LINES, MOST_NAMES, LONGEST = 5_000, 1_000, 80
HEAD_WITHIN = 40  # lines: before it stands what meeting it was
MOST_COLUMNS = 60
MISTAKES_SHOWN = 5
COLUMNS = {
    "name": re.compile(r"(name|nama|peserta|participant)\b(?!.*\b(host|tuan|rapat|meeting|topik)\b)"),
    "join": re.compile(r".*\b(join|bergabung|waktu masuk|jam masuk)"),
    "leave": re.compile(r".*\b(leave|keluar|meninggalkan)"),
    "minutes": re.compile(r".*\b(duration|durasi)"),
    "waiting": re.compile(r".*\b(waiting room|ruang tunggu)"),
}
YES = {"yes", "ya", "true"}


class BadList(Refusal):
    """The file is no list of participants, or something in it cannot be read."""


@dataclass(frozen=True)
class Stay:
    """One line: somebody came in and went. UTC; without times only `minutes` are known."""

    name: str
    join: datetime | None
    leave: datetime | None
    minutes: int


def read(content: bytes, offset: int, near: datetime) -> list[Stay]:
    """Every stay in the file; hours are those of `offset` (minutes east), the day is the one next to `near`.

    Raises `BadList` for what is no such list, and names the lines that cannot be read.
    """
    rows = _rows(_text(content))
    heads = [n for n, row in enumerate(rows[:HEAD_WITHIN]) if _columns(row)]
    at = next((n for n in heads if "join" in _columns(rows[n])), heads[0] if heads else None)
    if at is None:
        raise BadList(
            _(
                "Berkas ini bukan daftar peserta Zoom: tidak ada kolom nama dengan waktu bergabung atau durasi."
            )
        )
    columns, body = _columns(rows[at]), list(enumerate(rows[at + 1 :], start=at + 2))
    told = [(n, row) for n, row in body if any(cell.strip() for cell in row)]
    if not told:
        raise BadList(_("Daftar di berkas ini kosong. Unduh lagi dari Zoom setelah rapat selesai."))
    return _stays(told, columns, offset, near)


def _text(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise BadList(_("Berkas ini lebih dari 2 MB. Unduh daftar peserta satu rapat saja."))
    if content[:2] == b"PK":
        raise BadList(_("Ini berkas Excel. Buka, lalu simpan sebagai CSV, dan unggah yang CSV."))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif content[1:200:2].count(0) > len(content[:200]) // 4:
        encodings = ["utf-16-le"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
            return text
    raise BadList(
        _("Berkas ini bukan CSV yang terbaca. Unduh daftar peserta dari Zoom, lalu unggah apa adanya.")
    )


def _rows(text: str) -> list[list[str]]:
    """The cells, parted by whichever sign gives a head."""
    if max(text.count("\n"), text.count("\r")) > MOST_LINES + HEAD_WITHIN:
        raise BadList(_("Berkas ini lebih dari 5.000 baris. Unduh daftar peserta satu rapat saja."))
    found: list[list[str]] = []
    for sign in (",", ";", "\t"):
        try:
            rows = list(csv.reader(StringIO(text, newline=""), delimiter=sign))
        except csv.Error as fault:
            raise BadList(_("Berkas ini bukan CSV yang terbaca. Unduh lagi dari Zoom.")) from fault
        if any(_columns(row) for row in rows[:HEAD_WITHIN]):
            return rows
        found = found or rows
    return found


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Which column is which, when this is the head; else nothing."""
    cells = [" ".join(fold(cell).split()) for cell in row[:MOST_COLUMNS]]
    found: dict[str, int] = {}
    for name, pattern in COLUMNS.items():
        place = next((n for n, cell in enumerate(cells) if pattern.match(cell)), None)
        if place is not None:
            found[name] = place
    apart = len(set(found.values())) == len(found)
    return found if apart and "name" in found and ("join" in found or "minutes" in found) else {}


def _stays(
    told: Iterable[tuple[int, list[str]]], columns: Mapping[str, int], offset: int, near: datetime
) -> list[Stay]:
    rows = [(n, {name: _cell(row, place) for name, place in columns.items()}) for n, row in told]
    rows = [(n, cells) for n, cells in rows if fold(cells.get("waiting", "")) not in YES]
    moments = [cells[name] for _n, cells in rows for name in ("join", "leave") if cells.get(name)]
    as_moment = reader_of(moments, offset, near)
    mistakes = list(_mistakes(rows, as_moment))
    if mistakes:
        more = (
            _(" dan %(n)s baris lagi", n=len(mistakes) - MISTAKES_SHOWN)
            if len(mistakes) > MISTAKES_SHOWN
            else ""
        )
        raise BadList(" ".join(mistakes[:MISTAKES_SHOWN]) + more)
    return [_stay(cells, as_moment) for _n, cells in rows]


def _mistakes(
    rows: Iterable[tuple[int, Mapping[str, str]]], as_moment: Mapping[str, datetime]
) -> Iterator[str]:
    for number, cells in rows:
        if not name_of(cells["name"]):
            yield _("Baris %(n)s: namanya kosong.", n=number)
        for name in ("join", "leave"):
            told = cells.get(name, "")
            if told and told not in as_moment:
                yield _("Baris %(n)s: waktu “%(told)s” tidak terbaca.", n=number, told=told[:30])
        if cells.get("minutes") and _minutes(cells["minutes"]) is None:
            yield _("Baris %(n)s: durasi “%(told)s” tidak terbaca.", n=number, told=cells["minutes"][:30])


def _stay(cells: Mapping[str, str], as_moment: Mapping[str, datetime]) -> Stay:
    join, leave = as_moment.get(cells.get("join", "")), as_moment.get(cells.get("leave", ""))
    minutes = _minutes(cells.get("minutes", "")) or 0
    if join and not leave:
        leave = join + timedelta(minutes=minutes)
    if join and leave and leave < join:
        leave = join
    return Stay(name_of(cells["name"]), join, leave, minutes)


def name_of(cell: str) -> str:
    """What stood on the screen: printable, without the apostrophe with which spreadsheets tame formulas."""
    shown = "".join(sign for sign in cell if sign.isprintable()).lstrip("'")
    return " ".join(shown.split())[:LONGEST].strip()


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _minutes(text: str) -> int | None:
    """66, 66.5 or 01:06:00 as whole minutes."""
    clock = re.fullmatch(r"(\d{1,3}):(\d{2})(?::(\d{2}))?", text)
    if clock:
        return int(clock[1]) * 60 + int(clock[2]) if clock[3] else int(clock[1])
    plain = re.fullmatch(r"(\d{1,5})(?:[.,]\d+)?", text)
    return int(plain[1]) if plain and text.isascii() else None

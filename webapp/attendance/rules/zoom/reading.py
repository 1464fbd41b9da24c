"""Reading the list: every stay in it, checked in full line by line, with what was taken for granted for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask_babel import gettext as _

from webapp.attendance.rules.zoom.heads import Head, Section, head_of, sections_of
from webapp.attendance.rules.zoom.moments import is_nothing, reader_of
from webapp.attendance.rules.zoom.tables import BadList, Row, rows_of
from webapp.plumbing.fields import squeeze
from webapp.plumbing.written import cell, yes_or_no

MOST_NAMES, LONGEST = 1_000, 80
LOOKED_AT = 320  # signs of a cell: an address has no more
MISTAKES_SHOWN = 5
DURATION = re.compile(
    r"(?:(\d{1,3}) ?(?:h|hr|hrs|hours?|jam|j)\.?)? ?(?:(\d{1,4}) ?(?:m|min|mins|minutes?|mnt|menit)\.?)?"
    r" ?(?:(\d{1,5}) ?(?:s|sec|secs|seconds?|detik|dtk)\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stay:
    """One line: somebody came in and went. UTC; without times only `minutes` are known.

    `names` has one for each column that may hold it; `account` numbers the e-mail addresses of the file, which
    are not kept.
    """

    names: tuple[str, ...]
    join: datetime | None
    leave: datetime | None
    minutes: int
    account: int | None = None

    def name(self, column: int) -> str:
        """As this column has it; a table without it, or an empty cell there, gives the first one."""
        return (self.names[column] if column < len(self.names) else "") or self.names[0]


@dataclass(frozen=True)
class Listing:
    """What the file says, and as what it was read: zone (minutes east), order of the date, columns with names."""

    stays: Sequence[Stay]
    columns: tuple[str, ...]
    offset: int
    day_first: bool | None = None
    zoned: bool = False

    @property
    def accounts(self) -> bool:
        """Whether it says with which account somebody came."""
        return any(stay.account is not None for stay in self.stays)


@dataclass
class _Line:
    """One row: its number, and its cells by what they are."""

    number: int
    names: tuple[str, ...]
    cells: dict[str, str] = field(default_factory=dict)


def read(content: bytes, offset: int, near: datetime) -> Listing:
    """Every stay in the file; hours are those of `offset` (minutes east), the day is the one next to `near`.

    Raises `BadList` for what is no such list, and names the lines that cannot be read.
    """
    sections = sections_of(rows_of(content, head_of))
    if not sections:
        raise BadList(
            _(
                "Berkas ini bukan daftar peserta Zoom: tidak ada kolom nama dengan waktu bergabung atau durasi."
                " Di Zoom ambil laporan Peserta (rapat) atau Laporan Peserta (webinar)."
            )
        )
    for one in sections:
        _refuse_twins(one)
    lines = [_line(number, row, one.head) for one in sections for number, row in one.rows]
    if not lines:
        raise BadList(_("Daftar di berkas ini kosong. Unduh lagi dari Zoom setelah rapat selesai."))
    was_there = [line for line in lines if _was_there(line)]
    if not was_there:
        raise BadList(_("Menurut berkas ini tidak seorang pun hadir. Unduh lagi setelah rapat selesai."))
    longest = max(sections, key=lambda one: len(one.rows))
    return _listing(was_there, longest.head, offset, near)


def _refuse_twins(section: Section) -> None:
    """Two lists side by side, and whoever stands in the second one would be lost."""
    for label, one, other in section.head.twins:
        if any(_cell(row, one) != _cell(row, other) for _number, row in section.rows):
            says = _("Kolom “%(label)s” ada dua kali dengan isi berbeda.", label=label)
            raise BadList(says + " " + _("Hapus salah satunya, lalu unggah lagi."))


def _listing(lines: Sequence[_Line], head: Head, offset: int, near: datetime) -> Listing:
    told = [line.cells[name] for line in lines for name in ("join", "leave") if line.cells.get(name)]
    reader = reader_of(told, offset, near)
    mistakes = [said for line in lines for said in _mistakes(line, reader.moments)]
    if mistakes:
        left = len(mistakes) - MISTAKES_SHOWN
        more = _(" dan %(n)s baris lagi", n=left) if left > 0 else ""
        raise BadList(" ".join(mistakes[:MISTAKES_SHOWN]) + more)
    numbers: dict[str, int] = {}
    stays = [_stay(line, reader.moments, numbers) for line in lines]
    return Listing(stays, head.labels, offset, reader.day_first, reader.zoned)


def _line(number: int, row: Row, head: Head) -> _Line:
    names = tuple(name_of(" ".join(row[at] for at in places if at < len(row))) for places in head.names)
    cells = {name: _cell(row, place) for name, place in head.columns.items()}
    for name in ("join", "leave", "minutes"):
        if is_nothing(cells.get(name, "")):
            cells[name] = ""
    return _Line(number, names, cells | {"timed": "ya" if head.timed else ""})


def _was_there(line: _Line) -> bool:
    """Not whoever only waited, or was on the list and did not come."""
    cells = line.cells
    if yes_or_no(cells.get("waiting", "")):
        return False
    if cells.get("attended") and not yes_or_no(cells["attended"]):
        return False
    return not cells["timed"] or any(cells.get(name) for name in ("join", "leave", "minutes"))


def _mistakes(line: _Line, moments: Mapping[str, datetime]) -> Iterator[str]:
    if not line.names[0]:
        yield _("Baris %(n)s: namanya kosong.", n=line.number)
    for name in ("join", "leave"):
        told = line.cells.get(name, "")
        if told and told not in moments:
            yield _("Baris %(n)s: waktu “%(told)s” tidak terbaca.", n=line.number, told=told[:30])
    told = line.cells.get("minutes", "")
    if told and minutes_of(told) is None:
        yield _("Baris %(n)s: durasi “%(told)s” tidak terbaca.", n=line.number, told=told[:30])


def _stay(line: _Line, moments: Mapping[str, datetime], numbers: dict[str, int]) -> Stay:
    cells = line.cells
    join, leave = moments.get(cells.get("join", "")), moments.get(cells.get("leave", ""))
    minutes = minutes_of(cells.get("minutes", "")) or 0
    if join and not leave:
        leave = join + timedelta(minutes=minutes)
    if join and leave and leave < join:
        leave = join
    address = cells.get("account", "").casefold()
    account = numbers.setdefault(address, len(numbers)) if "@" in address else None
    return Stay(line.names, join, leave, minutes, account)


def name_of(told: str) -> str:
    """What stood on the screen: printable, without the apostrophe with which spreadsheets tame formulas."""
    return squeeze(squeeze(told).lstrip("'"))[:LONGEST].strip()


def _cell(row: Row, place: int) -> str:
    return cell(row[place][:LOOKED_AT]) if place < len(row) else ""


def minutes_of(text: str) -> int | None:
    """66, 66.5, 01:06:00 or "1 hr 6 min" as whole minutes; None for anything else."""
    text = " ".join(text.split())
    clock = re.fullmatch(r"(\d{1,3})[:.](\d{2})[:.](\d{2})|(\d{1,4}):\d{2}", text, re.ASCII)
    if clock:
        return int(clock[4]) if clock[4] else int(clock[1]) * 60 + int(clock[2])
    plain = re.fullmatch(r"(\d{1,5})(?:[.,]\d+)?", text, re.ASCII)
    if plain:
        return int(plain[1])
    words = DURATION.fullmatch(text)
    if not words or not text or not text.isascii():
        return None
    hours, minutes, seconds = (int(part or 0) for part in words.groups())
    return hours * 60 + minutes + seconds // 60

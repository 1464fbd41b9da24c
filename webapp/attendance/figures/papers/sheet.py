"""Daftar hadir on paper: empty to be signed, or filled in with what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from webapp.attendance.figures.listing import (
    Place,
    Total,
    day_of,
    hours_of,
    kind_of,
    made_words,
    names_of,
    role_of,
    state_of,
    status_of,
    title_words,
    totals_of_part,
    way_of,
)
from webapp.attendance.figures.totals import Part
from webapp.attendance.models import Status
from webapp.attendance.rules.lines import Line
from webapp.attendance.rules.paper import printed
from webapp.plumbing.clock import hour
from webapp.plumbing.paper.page import BLACK, GREY, MARGIN, Paper, Type
from webapp.plumbing.paper.parts import HEADING, facts, letterhead, signatures
from webapp.plumbing.paper.table import Cell, Column, Table

GUESTS = 20  # empty rows for those whom nobody invited
SIGNED, TYPED = 10.0, 8.0  # millimetres: the height of a row with room for a signature, and without
QR = 28.0
SAYS, NUMBER = Type(9, grey=GREY), Type(10, bold=True)
TOTAL_HEIGHT, TOTALS = 5.0, 92.0


@dataclass(frozen=True)
class Printing:
    """What the paper needs beside the list: `phones` masked, by seat; `url` of the page where it is typed in."""

    place: Place
    phones: Mapping[int, str]
    house: str
    url: str
    by: str
    at: datetime


def sheet_pdf(part: Part, printing: Printing, *, filled: bool) -> bytes:
    """The list of one session at one site; rows stand by name, each with the number of its seat below its own."""
    held = part.kept
    chosen = _("seluruh daftar, terisi") if filled else _("seluruh daftar, untuk ditandatangani")
    foot = made_words(printing.by, printing.at, held.offset, chosen)
    paper = Paper(f"{_('Daftar hadir')} {held.meeting.title}", printing.at, foot)
    y = _head(paper, part, printing, filled)
    y = _table(filled).draw(paper, y, _rows(part, printing, filled))
    _close(paper, y + 5, part, printing, filled)
    return paper.content()


def _head(paper: Paper, part: Part, printing: Printing, filled: bool) -> float:
    y = letterhead(paper, printing.house)
    left = paper.width - QR - 6
    paper.words(MARGIN, y, _("DAFTAR HADIR"), HEADING)
    paper.qr(MARGIN + paper.width - QR, y, QR, printing.url)
    says = paper.lines(_("Pindai untuk mengetik isi lembar ini"), Type(6.5), QR, 2)
    for number, line in enumerate(says):
        paper.words(MARGIN + left + 6, y + QR + 1 + number * 2.9, line, Type(6.5, grey=GREY), QR, "middle")
    end = facts(paper, y + 9, _facts(part, printing, filled), left)
    return max(end, y + QR + 7) + 2


def _facts(part: Part, printing: Printing, filled: bool) -> Iterator[tuple[str, str]]:
    held, place = part.kept, printing.place
    yield _("Kegiatan"), title_words(held)
    yield _("Jenis"), kind_of(held.meeting.kind)
    yield _("Hari, tanggal"), day_of(held)
    yield _("Jam"), hours_of(held)
    yield _("Tempat"), place.full
    yield _("Penanggung jawab"), place.keeper
    yield _("Undangan"), _("%(seats)s orang", seats=part.rates.seats)
    if filled:
        yield _("Keadaan lembar"), state_of(held.stage)


def _table(filled: bool) -> Table:
    last = Column(_("Kehadiran"), 40) if filled else Column(_("Tanda tangan"), 48)
    name = 56.0 if filled else 48.0
    columns = (
        Column(_("No."), 11, "right"),
        Column(_("Nama"), name, bold=True),
        Column(_("Jabatan"), 22),
        Column(_("Wilayah"), 32),
        Column(_("HP"), 25),
        last,
    )
    return Table(columns, TYPED if filled else SIGNED, signed=not filled)


def _rows(part: Part, printing: Printing, filled: bool) -> Iterator[Sequence[Cell]]:
    """A row a seat; then, to be signed, empty ones that go on counting."""
    names = names_of(part.lines)
    for number, line in enumerate(part.lines if filled else printed(part.lines), start=1):
        last: Cell = _presence(line, part) if filled else f"{number}."
        said = (line.name, role_of(line, names), line.region or "", printing.phones.get(line.seat, ""))
        yield (str(number), f"#{line.seat}"), *said, last
    first = len(part.lines) + 1
    for number in () if filled else range(first, first + GUESTS):
        yield str(number), "", "", "", "", f"{number}."


def _presence(line: Line, part: Part) -> Cell:
    """Hadir, and below it 08.55 · QR layar."""
    if line.status is Status.BELUM:
        return _("belum tercatat")
    said = (hour(line.at, part.kept.offset), _("dihitung") if line.computed else way_of(line))
    return status_of(line.status).capitalize(), " · ".join(words for words in said if words)


def _close(paper: Paper, y: float, part: Part, printing: Printing, filled: bool) -> None:
    """The count of heads and who stands for it; all of it on one page."""
    totals = list(totals_of_part(part)) if filled else []
    height = max(20.0, len(totals) * TOTAL_HEIGHT + 8) + 34
    if y + height > paper.bottom:
        y = paper.next_page()
    end = _totals(paper, y, totals) if filled else y
    end = max(end, _heads(paper, y, part, filled))
    signatures(paper, end + 4, ((_("Penanggung jawab,"), printing.place.keeper), (_("Mengetahui,"), "")))


def _totals(paper: Paper, y: float, totals: Sequence[Total]) -> float:
    paper.words(MARGIN, y, _("Jumlah"), Type(10, bold=True))
    y += 6
    for total in totals:
        paper.words(MARGIN, y, total.words.capitalize(), Type(9), 32)
        paper.words(MARGIN + 32, y, str(total.number), NUMBER, 12, "right")
        paper.words(MARGIN + 47, y, total.of, SAYS, TOTALS - 32)
        y += TOTAL_HEIGHT
    return y


def _heads(paper: Paper, y: float, part: Part, filled: bool) -> float:
    """The box for the count; what was counted stands in it."""
    x, width = (MARGIN + 120, 66.0) if filled else (MARGIN, paper.width)
    counted = part.kept.sheet.head_count if filled else None
    paper.box(x, y, 30, 15, grey=BLACK, thick=0.4)
    if counted is not None:
        paper.words(x, y + 3.5, str(counted), Type(18, bold=True, least=8), 30, "middle")
    says = (
        _("Jumlah orang di tempat, dihitung saat acara.")
        if filled
        else _("Jumlah orang di tempat. Hitung kepala saat acara berjalan, bukan tanda tangan.")
    )
    paper.block(x + 33, y + 1, says, SAYS, width - 33, 4)
    return y + 16

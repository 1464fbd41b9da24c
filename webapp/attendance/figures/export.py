"""The sheet as a file for Indonesian Excel: UTF-8 with BOM, semicolons, no phone numbers, no formula that runs.

The lines are those of the screen; the format stands in `docs/data-formats.md`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _

from webapp.attendance.figures.rates import rates_of
from webapp.attendance.rules.finding import Held
from webapp.attendance.rules.lines import Line
from webapp.places.rules.zones import word
from webapp.plumbing.clock import date_words, hour

BOM = "\ufeff"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def neutral(text: str) -> str:
    """The text so that no spreadsheet runs it as a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_of(held: Held, lines: Sequence[Line], by: str, at: datetime) -> Iterator[str]:
    """The file, a line at a time: heads, seats, guests, the rates, and who made it when."""
    yield BOM
    offset = held.session.offset
    yield _row(_("No."), _("Nama"), _("Kursi"), _("Undangan"), _("Status"), _("Jam"), _("Tanda"))
    for number, line in enumerate(lines, start=1):
        kind = _("tamu") if line.walk_in else _("undangan")
        yield _row(number, line.name, line.office, kind, line.status, hour(line.at, offset), _marks(line))
    yield _row()
    yield from _totals(lines)
    yield _row()
    when = (
        f"{date_words(held.session.starts_at, offset)}, {hour(held.session.starts_at, offset)} {word(offset)}"
    )
    yield _row(held.meeting.title, when, held.stage.value)
    made = f"{date_words(at, offset)} {hour(at, offset)} {word(offset)}"
    yield _row(_("Diunduh oleh %(name)s, %(when)s", name=by, when=made))


def _totals(lines: Sequence[Line]) -> Iterator[str]:
    rates = rates_of(lines)
    for words, part in (
        (_("hadir"), rates.present),
        (_("terlambat"), rates.late),
        (_("izin"), rates.izin),
        (_("sakit"), rates.sick),
        (_("alpa"), rates.absent),
        (_("belum"), rates.open),
    ):
        yield _row(words, part, _("dari %(seats)s undangan", seats=rates.seats))
    yield _row(_("tamu"), rates.walk_ins, _("tidak dihitung dalam undangan"))


def _marks(line: Line) -> str:
    said = (
        (line.doubled, _("ganda")),
        (line.odd_clock, _("jam HP")),
        (line.claims_since is not None, _("mengaku hadir")),
        (line.computed, _("dihitung")),
    )
    return ", ".join(words for true, words in said if true)


def _row(*cells: object) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([neutral(str(cell)) for cell in cells])
    return line.getvalue()

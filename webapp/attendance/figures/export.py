"""The sheet as a table to take away: the lines of the screen, no phone number; see `docs/data-formats.md`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _

from webapp.attendance.figures.rates import rates_of
from webapp.attendance.rules.finding import Held
from webapp.attendance.rules.lines import Line
from webapp.places.rules.zones import word
from webapp.plumbing.clock import date_words, hour

Cells = list[object]


def table_of(held: Held, lines: Sequence[Line], by: str, at: datetime) -> Iterator[Cells]:
    """Row by row: heads, seats, guests, the rates, and who made it when."""
    offset = held.session.offset
    yield [_("No."), _("Nama"), _("Kursi"), _("Undangan"), _("Status"), _("Jam"), _("Tanda")]
    for number, line in enumerate(lines, start=1):
        kind = _("tamu") if line.walk_in else _("undangan")
        yield [number, line.name, line.office, kind, line.status, hour(line.at, offset), _marks(line)]
    yield []
    yield from _totals(lines)
    yield []
    when = (
        f"{date_words(held.session.starts_at, offset)}, {hour(held.session.starts_at, offset)} {word(offset)}"
    )
    yield [held.meeting.title, when, held.stage.value]
    made = f"{date_words(at, offset)} {hour(at, offset)} {word(offset)}"
    yield [_("Diunduh oleh %(name)s, %(when)s", name=by, when=made)]


def _totals(lines: Sequence[Line]) -> Iterator[Cells]:
    rates = rates_of(lines)
    for words, part in (
        (_("hadir"), rates.present),
        (_("terlambat"), rates.late),
        (_("izin"), rates.izin),
        (_("sakit"), rates.sick),
        (_("alpa"), rates.absent),
        (_("belum"), rates.open),
    ):
        yield [words, part, _("dari %(seats)s undangan", seats=rates.seats)]
    yield [_("tamu"), rates.walk_ins, _("tidak dihitung dalam undangan")]


def _marks(line: Line) -> str:
    said = (
        (line.doubled, _("ganda")),
        (line.odd_clock, _("jam HP")),
        (line.claims_since is not None, _("mengaku hadir")),
        (line.computed, _("dihitung")),
    )
    return ", ".join(words for true, words in said if true)

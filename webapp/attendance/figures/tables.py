"""The rates as a table to take away: the same rows as on the screen, each with its denominators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from webapp.attendance.figures.facts import Tally
from webapp.attendance.figures.listing import made_words
from webapp.attendance.figures.over_time import Lists, Row, Series
from webapp.plumbing.clock import as_local, date_words, percent

Cells = Sequence[object]


@dataclass(frozen=True)
class Footer:
    """Who took it, when, and what was asked; `offset` is the zone of the hour."""

    by: str
    at: datetime
    offset: int
    chosen: str
    lists: Lists


def table_of(head: str, rows: Iterable[Row], outside: Row | None, footer: Footer) -> Iterator[Cells]:
    """Head, one line a row, those from outside apart, and the footer."""
    yield head, *_heads()
    for row in rows:
        yield row.name, *_cells(row.tally)
    if outside is not None:
        yield outside.name, *_cells(outside.tally)
    yield from _foot(footer)


def series_table(every: Iterable[Series], footer: Footer) -> Iterator[Cells]:
    """Every meeting of every series, in the order in which they were held."""
    yield _("Seri"), _("Rapat"), _("Tanggal"), *_heads()
    for series in every:
        for held in series.meetings:
            day = as_local(held.starts_at, held.offset).date().isoformat()
            yield series.name, held.title, day, *_cells(held.tally)
    yield from _foot(footer)


def chosen_words(place: str, since: date, until: date, kind: str) -> str:
    """What was asked: Cengkareng, Minggu 1 September 2024 sampai Sabtu 30 November 2024, semua jenis."""
    days = {"since": date_words(since), "until": date_words(until)}
    return ", ".join((place, _("%(since)s sampai %(until)s", **days), kind))


def _heads() -> Cells:
    return (
        *(_("Undangan"), _("Hadir"), _("Terlambat"), _("Datang"), _("Datang (%)"), _("Izin"), _("Sakit")),
        *(_("Alpa"), _("Diwakili"), _("Menyanggupi"), _("Tidak datang padahal menyanggupi")),
        *(_("Tamu"), _("Rapat")),
    )


def _cells(tally: Tally) -> Cells:
    return (
        *(tally.seats, tally.present, tally.late, tally.came, percent(tally.came, tally.seats)),
        *(tally.izin, tally.sick, tally.absent, tally.represented, tally.said_yes, tally.no_show),
        *(tally.guests, tally.meetings),
    )


def _foot(footer: Footer) -> Iterator[Cells]:
    lists = footer.lists
    yield ()
    numbers = {"lists": lists.handed_in, "meetings": lists.meetings, "out": lists.out}
    yield (_("Dari %(lists)s lembar di %(meetings)s rapat; %(out)s lembar belum masuk", **numbers),)
    yield (made_words(footer.by, footer.at, footer.offset, footer.chosen),)

"""Lists and whole meetings as tables to take away: the lines of the screen, no phone number.

The columns stand in `docs/data-formats.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _

from webapp.attendance.figures.listing import (
    Place,
    day_of,
    hours_of,
    kind_of,
    made_words,
    marks_of,
    names_of,
    role_of,
    state_of,
    status_of,
    title_words,
    totals_of_part,
    way_of,
)
from webapp.attendance.figures.totals import Part, Totals, once
from webapp.attendance.models import MeetingSession, Status
from webapp.attendance.rules.lines import Line
from webapp.places.rules.zones import word
from webapp.plumbing.clock import day_short, hour

Cells = Sequence[object]


def table_of(part: Part, place: Place, by: str, at: datetime) -> Iterator[Cells]:
    """One list row by row: heads, seats, guests, the totals, and who made it when."""
    held = part.kept
    yield (
        *(_("No."), _("Nama"), _("Jabatan"), _("Wilayah"), _("Undangan"), _("Status")),
        *(_("Jam"), _("Zona"), _("Cara"), _("Jawaban"), _("Tanda"), _("Nomor kursi")),
    )
    names = names_of(part.lines)
    for number, line in enumerate(part.lines, start=1):
        yield _cells(number, line, held.offset, names)
    yield ()
    for total in totals_of_part(part):
        yield total.words, total.number, total.of
    yield ()
    yield title_words(held), place.full, day_of(held), hours_of(held), state_of(held.stage)
    yield (made_words(by, at, held.offset, _("seluruh daftar")),)


def _cells(number: int, line: Line, offset: int, names: Mapping[int, str]) -> Cells:
    kind = _("tamu") if line.walk_in else _("undangan")
    when = (hour(line.at, offset), word(offset) if line.at else "")
    said = (way_of(line), line.rsvp or "", marks_of(line), line.seat)
    return (
        number,
        line.name,
        role_of(line, names),
        line.region or "",
        kind,
        status_of(line.status),
        *when,
        *said,
    )


def people_of(totals: Totals, by: str, at: datetime) -> Iterator[Cells]:
    """A whole meeting: every person once with the strongest word, and what was said at each session."""
    sessions = _sessions(totals)
    heads = [_session_words(one) for one in sessions]
    yield _("No."), _("Nama"), _("Jabatan"), _("Wilayah"), _("Undangan"), _("Status"), *heads
    every = [line for part in totals.parts for line in part.lines]
    said, names = _said(totals), names_of(every)
    for number, line in enumerate(once(every), start=1):
        kind = _("tamu") if line.walk_in else _("undangan")
        words = [said.get((*_key(line), one.id), "") for one in sessions]
        yield number, line.name, role_of(line, names), line.region or "", kind, status_of(line.status), *words
    yield ()
    yield from _persons(totals)
    yield ()
    yield totals.parts[0].kept.meeting.title, kind_of(totals.parts[0].kept.meeting.kind)
    yield (made_words(by, at, totals.parts[0].kept.offset, _("semua lembar yang Anda lihat")),)


def lists_of(totals: Totals, places: Mapping[int, Place]) -> Iterator[Cells]:
    """Each list for itself, with its heads and the difference; a person may stand on several."""
    numbers = [status_of(status) for status in Status]
    yield (
        *(_("Sesi"), _("Hari"), _("Jam"), _("Tempat"), _("Keadaan"), _("Undangan"), *numbers),
        *(_("Tamu"), _("Hitungan kepala"), _("Selisih")),
    )
    for part in totals.parts:
        held, rates = part.kept, part.rates
        where = (_session_words(held.session), day_of(held), hours_of(held), places[held.site.id].full)
        counts = (rates.present, rates.late, rates.izin, rates.sick, rates.absent, rates.open, rates.walk_ins)
        heads = (held.sheet.head_count, part.uncounted)
        yield *where, state_of(held.stage), rates.seats, *counts, *heads


def _persons(totals: Totals) -> Iterator[Cells]:
    """The totals of the persons, each with what it is a part of."""
    rates = totals.persons
    numbers = (rates.present, rates.late, rates.izin, rates.sick, rates.absent, rates.open)
    for status, number in zip(Status, numbers, strict=True):
        yield status_of(status), number, _("dari %(seats)s orang yang diundang", seats=rates.seats)
    yield _("tamu"), rates.walk_ins, _("tidak dihitung dalam undangan")


def _said(totals: Totals) -> dict[tuple[str, int, int], str]:
    """The strongest word of every person at every session: she may have a seat at two sites."""
    found: dict[tuple[str, int, int], str] = {}
    for session in _sessions(totals):
        lines: Iterable[Line] = (
            line for part in totals.parts if part.kept.session.id == session.id for line in part.lines
        )
        found |= {(*_key(line), session.id): status_of(line.status) for line in once(lines)}
    return found


def _key(line: Line) -> tuple[str, int]:
    return ("person", line.person_id) if line.person_id is not None else ("seat", line.seat)


def _sessions(totals: Totals) -> list[MeetingSession]:
    return list({part.kept.session.id: part.kept.session for part in totals.parts}.values())


def _session_words(session: MeetingSession) -> str:
    """Sesi pagi, or Sab 9 Nov 09.00 of the meeting's zone where it has no name."""
    when = f"{day_short(session.starts_at, session.offset)} {hour(session.starts_at, session.offset)}"
    return session.title or f"{when} {word(session.offset)}"

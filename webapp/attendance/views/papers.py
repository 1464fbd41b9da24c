"""Lists on paper and as tables: one query makes the screen, the XLSX, the CSV and the PDF of a list."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from webapp.attendance.figures.export import Cells, lists_of, people_of, table_of
from webapp.attendance.figures.listing import Place, day_of, hours_of, masked_phones, places_of
from webapp.attendance.figures.papers.sheet import Printing, sheet_pdf
from webapp.attendance.figures.totals import Part, part_of, totals_of
from webapp.attendance.room import room
from webapp.attendance.rules.finding import Kept, kept_meeting, kept_sheet
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.views.answers import house
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.clock import local_day, now, number
from webapp.plumbing.exports import stream_csv
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.render import render
from webapp.plumbing.workbooks import Grid, send_file, send_workbook, workbook

LONGEST = 2000  # rows of one PDF: it is drawn while the phone waits, and keeps a core busy for that long


@room.get("/lembar/<int:sheet_id>/berkas", needs=Permission.READ_SHEETS)
def files(sheet_id: int) -> Response:
    """Which files there are of a list."""
    kept = kept_sheet(sheet_id)
    place = places_of(kept.meeting.id)[kept.site.id]
    return render("attendance/files.html", kept=kept, day=day_of(kept), hours=hours_of(kept), place=place)


@room.get("/lembar/<int:sheet_id>/hadir.csv", needs=Permission.READ_SHEETS)
def list_csv(sheet_id: int) -> Response:
    """One list as CSV."""
    return _csv(kept_sheet(sheet_id))


@room.get("/rapat/<int:meeting_id>/hadir.csv", needs=Permission.READ_SHEETS)
def csv(meeting_id: int) -> Response:
    """The list that matters now as CSV: the address from before there were several."""
    return _csv(kept_meeting(meeting_id))


@room.get("/lembar/<int:sheet_id>/hadir.xlsx", needs=Permission.READ_SHEETS)
def list_xlsx(sheet_id: int) -> Response:
    """One list as XLSX."""
    part, place = _part(kept_sheet(sheet_id))
    at = now()
    rows = list(table_of(part, place, viewer().name, at))
    content = workbook([Grid(_("Daftar hadir"), rows)], part.kept.meeting.title, at)
    return send_workbook(content, _name(part.kept, "xlsx"))


@room.get("/lembar/<int:sheet_id>/hadir.pdf", needs=Permission.READ_SHEETS)
def list_pdf(sheet_id: int) -> Response:
    """One list on paper: `?isi=terisi` with what was recorded, otherwise to be signed."""
    filled = request.args.get("isi") == "terisi"
    part, place = _part(kept_sheet(sheet_id))
    if len(part.lines) > LONGEST:
        raise _too_long(len(part.lines))
    url = f"{request.url_root}lembar/{sheet_id}/kertas"
    printing = Printing(place, masked_phones(part.kept.site), house(), url, viewer().name, now())
    word = "terisi" if filled else "kosong"
    return send_file(
        sheet_pdf(part, printing, filled=filled), _name(part.kept, "pdf", word), "application/pdf"
    )


@room.get("/rapat/<int:meeting_id>/rekap.csv", needs=Permission.READ_SHEETS)
def meeting_csv(meeting_id: int) -> Response:
    """A whole meeting as CSV: persons first, then each list."""
    kept, people, lists = _meeting(meeting_id)
    return stream_csv([*people, (), *lists], _name(kept, "csv", "rekap"))


@room.get("/rapat/<int:meeting_id>/rekap.xlsx", needs=Permission.READ_SHEETS)
def meeting_xlsx(meeting_id: int) -> Response:
    """A whole meeting as XLSX: a sheet of persons, a sheet of lists."""
    kept, people, lists = _meeting(meeting_id)
    content = workbook([Grid(_("Orang"), people), Grid(_("Lembar"), lists)], kept.meeting.title, now())
    return send_workbook(content, _name(kept, "xlsx", "rekap"))


def _csv(kept: Kept) -> Response:
    part, place = _part(kept)
    return stream_csv(table_of(part, place, viewer().name, now()), _name(kept, "csv"))


def _part(kept: Kept) -> tuple[Part, Place]:
    lines = lines_of(kept.sheet)
    return part_of(kept, lines), places_of(kept.meeting.id)[kept.site.id]


def _meeting(meeting_id: int) -> tuple[Kept, list[Cells], list[Cells]]:
    totals = totals_of(meeting_id)
    if not totals.parts:
        raise NotThere
    people = list(people_of(totals, viewer().name, now()))
    return totals.parts[0].kept, people, list(lists_of(totals, places_of(meeting_id)))


def _name(kept: Kept, ending: str, word: str = "") -> str:
    day = local_day(kept.session.starts_at, kept.offset)
    which = f"rapat-{kept.meeting.id}" if word == "rekap" else str(kept.sheet.id)
    return "-".join(part for part in ("hadir", day.isoformat(), which, word) if part) + f".{ending}"


def _too_long(rows: int) -> Refusal:
    return Refusal(
        _(
            "Daftar ini %(rows)s baris, terlalu panjang untuk satu PDF (paling banyak %(most)s). Ambil XLSX atau CSV.",
            rows=number(rows),
            most=number(LONGEST),
        )
    )

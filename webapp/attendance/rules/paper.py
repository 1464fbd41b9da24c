"""A signed sheet, typed in afterwards: each row becomes a record of its own, all of them or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid5

from flask_babel import gettext as _

from webapp.attendance.models import Invitation, MeetingSession, Method, RecordKind, Sheet, Status
from webapp.attendance.rules.evidence import name_photos
from webapp.attendance.rules.guests import same_guest
from webapp.attendance.rules.heads import count_heads
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.lines import Line, lines_of
from webapp.attendance.rules.recording import as_told, open_sheet, refuse_early
from webapp.attendance.rules.together import lock_seats, write
from webapp.attendance.rules.verdicts import Hours
from webapp.plumbing.clock import as_local, hour, number
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal
from webapp.plumbing.submissions import Stamp

MOST_GUESTS = 1_000  # of one list; more would make every page of it slow
SAYS = {"i": Status.IZIN, "s": Status.SAKIT, "a": Status.ALPA}


@dataclass(frozen=True)
class Typed:
    """What came of it: rows with a new record, rows that said so already, and new guests."""

    sheet_id: int
    new: int
    known: int
    guests: int


def type_in(data: Mapping[str, Any], stamp: Stamp) -> Typed:
    """Take one signed sheet, also after the end. A row that is known already adds nothing.

    Raises `NotThere`, `SheetClosed`, and a refusal that names the row with which something is wrong.
    """
    sheet, session = open_sheet(data["lembar"], lock=True)
    refuse_early(stamp, session)
    lock_seats(set(data["tanda"]))
    lines = {line.seat: line for line in lines_of(sheet)}
    _refuse_unknown(data, lines)
    _refuse_absent_guests(data, lines)
    rows = [
        _record(lines[seat], letter, at, sheet, session, stamp)
        for seat, letter in data["tanda"].items()
        if not _agrees(lines[seat], letter, at := _at(data, lines[seat], session))
    ]
    guests = [
        _record_of_guest(seat, sheet, stamp)
        for seat in guests_for(sheet, data["tamu"], lines.values(), stamp)
    ]
    if rows or guests:
        write([*rows, *guests], {session.id: Hours.of(session)})
    if data["kepala"] is not None:
        count_heads({"lembar": sheet.id, "jumlah": data["kepala"]}, stamp)
    name_photos(sheet, data["foto"], stamp)
    return Typed(sheet.id, len(rows), len(data["tanda"]) - len(rows), len(guests))


def guests_for(sheet: Sheet, names: Sequence[str], lines: Any, stamp: Stamp) -> list[int]:
    """Seats for guests by name, as many of each as are not on the list yet; their ids. Raises a refusal of too many."""
    there = Counter(same_guest(line.name) for line in lines if line.walk_in and line.person_id is None)
    wanted, made = Counter[str](), []
    for name in names:
        wanted[same_guest(name)] += 1
        if wanted[same_guest(name)] > there[same_guest(name)]:
            made.append(_guest(sheet, name, stamp))
    if made and len(made) + there.total() > MOST_GUESTS:
        raise Refusal(
            _(
                "Satu daftar paling banyak %(n)s tamu. Catat tamu yang perlu disebut namanya saja, yang lain cukup "
                "dihitung kepalanya.",
                n=number(MOST_GUESTS),
            )
        )
    db.session.add_all(made)
    if made:
        lay(sheet.meeting_id)
    return [seat.id for seat in made]


def _guest(sheet: Sheet, name: str, stamp: Stamp) -> Invitation:
    return Invitation(
        meeting_id=sheet.meeting_id,
        site_id=sheet.site_id,
        region_code=sheet.region_code,
        invited_by=stamp.sender_id,
        invited_at=stamp.received_at,
        guest_name=name,
        walk_in=True,
        submission_id=stamp.submission_id,
    )


def _refuse_unknown(data: Mapping[str, Any], lines: Mapping[int, Line]) -> None:
    gone = [data["nomor"].get(seat, 0) for seat in data["tanda"] if seat not in lines]
    if gone:
        said = ", ".join(str(number) for number in sorted(gone)[:10])
        raise Refusal(
            _(
                "No. %(said)s sudah tidak ada di daftar ini. Muat ulang halaman, lalu cocokkan nomornya.",
                said=said,
            )
        )


def _refuse_absent_guests(data: Mapping[str, Any], lines: Mapping[int, Line]) -> None:
    """A guest came, or is on no list: nobody expected her."""
    absent = [seat for seat, letter in data["tanda"].items() if letter != "h" and lines[seat].is_guest]
    if absent:
        told = {"n": data["nomor"].get(absent[0], 0), "name": lines[absent[0]].name}
        raise Refusal(_("No. %(n)s, %(name)s, tamu: hanya bisa hadir (H) atau dibiarkan (–).", **told))


def _at(data: Mapping[str, Any], line: Line, session: MeetingSession) -> datetime | None:
    """The hour on the paper, in the zone of the site, as a moment of the session; None when none was written."""
    written: time | None = data["jam"].get(line.seat)
    if written is None:
        return None
    hours = Hours.of(session)
    first = as_local(hours.opens_at, line.offset)
    moment = first.replace(hour=written.hour, minute=written.minute, second=0, microsecond=0)
    moment = moment if moment >= first else moment + timedelta(days=1)
    if moment > session.ends_at:
        told = {"opens": hour(hours.opens_at, line.offset), "ends": hour(session.ends_at, line.offset)}
        raise Refusal(
            _(
                "Jam no. %(n)s di luar rapat. Tulis antara %(opens)s dan %(ends)s.",
                n=data["nomor"].get(line.seat, 0),
                **told,
            )
        )
    return moment.astimezone(hours.opens_at.tzinfo)


def _agrees(line: Line, letter: str, at: datetime | None) -> bool:
    """Whether the list says so already; an earlier hour is news."""
    if letter != "h":
        return line.status is SAYS[letter] and not line.computed
    return line.status.came and (at is None or (line.first_in is not None and line.first_in <= at))


def _record(
    line: Line, letter: str, at: datetime | None, sheet: Sheet, session: MeetingSession, stamp: Stamp
) -> dict[str, Any]:
    own = as_told(stamp, line.seat, sheet) | {
        "id": uuid5(stamp.submission_id, str(line.seat)),
        "method": Method.PAPER,
    }
    if letter != "h":
        return own | {"kind": RecordKind.STATUS, "status": SAYS[letter]}
    late = at is not None and at > session.late_after
    told = {"kind": RecordKind.IN, "status": Status.TERLAMBAT if late else Status.HADIR}
    if at is None:
        return own | told
    outranked = not line.status.came and line.status is not Status.BELUM
    return own | told | {"claimed_at": at, "happened_at": stamp.happened_at if outranked else at}


def _record_of_guest(seat: int, sheet: Sheet, stamp: Stamp) -> dict[str, Any]:
    told = {"kind": RecordKind.IN, "status": Status.HADIR, "method": Method.PAPER}
    return as_told(stamp, seat, sheet) | told | {"id": uuid5(stamp.submission_id, f"tamu {seat}")}


def printed(lines: Sequence[Line]) -> list[Line]:
    """The rows as they are numbered on the paper that was printed for signing: guests who came later stand last."""
    return sorted(lines, key=lambda line: line.walk_in)

"""One list as words and numbers, the same for screen, table and paper: its rows, its totals, when and where it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.figures.totals import Part
from webapp.attendance.models import Invitation, MeetingKind, Method, Mode, SheetState, Site, Status
from webapp.attendance.rules.finding import Held
from webapp.attendance.rules.lines import Line, named, region_words
from webapp.people.rules.permissions import Role
from webapp.people.rules.phones import masked
from webapp.places.models import Region
from webapp.places.rules.zones import word
from webapp.plumbing.clock import date_words, hour, local_day
from webapp.plumbing.database import db


@dataclass(frozen=True)
class Place:
    """Where a list is kept: `words` for the place itself, `region` around it, the name of the person in charge."""

    words: str
    region: str
    keeper: str

    @property
    def full(self) -> str:
        """Aula Kecamatan, Kec. Cengkareng."""
        return ", ".join(words for words in (self.words, self.region) if words)


def places_of(meeting_id: int) -> dict[int, Place]:
    """The sites of a meeting by their id. One statement.

    A name may lie outside of the reader's region: whoever sees a site knows who is in charge of it.
    """
    found = (
        select(Site.id, Site.mode, Site.place, named.c.name, Region.name, Region.level, Region.kind)
        .join(Region, Region.code == Site.region_code)
        .outerjoin(named, named.c.id == Site.pic_id)
        .where(Site.meeting_id == meeting_id)
    )
    return {row[0]: _place(*row[1:]) for row in db.session.execute(found)}


def _place(
    mode: str, place: str | None, keeper: str | None, name: str, level: int, kind: str | None
) -> Place:
    words = [_("Zoom")] if mode == Mode.ZOOM else []
    return Place(
        " · ".join([*words, *([place] if place else [])]), region_words(name, level, kind), keeper or ""
    )


def masked_phones(site: Site) -> dict[int, str]:
    """By seat: enough of a number to recognise it, too little to call it. One statement."""
    found = (
        select(Invitation.id, named.c.phone)
        .join(named, named.c.id == Invitation.person_id)
        .where(Invitation.site_id == site.id, named.c.phone.is_not(None))
    )
    return {seat: masked(phone) for seat, phone in db.session.execute(found)}


def title_words(held: Held) -> str:
    """Title of the meeting, and of its session where it has one."""
    return " · ".join(word for word in (held.meeting.title, held.session.title) if word)


def day_of(held: Held) -> str:
    """Sabtu 9 November 2024, at the site; both days of a session that runs past midnight."""
    days = [local_day(moment, held.offset) for moment in (held.session.starts_at, held.session.ends_at)]
    return " – ".join(date_words(day) for day in dict.fromkeys(days))


def hours_of(held: Held) -> str:
    """09.00–12.00 WIB, in the zone of the site."""
    start, end = (hour(moment, held.offset) for moment in (held.session.starts_at, held.session.ends_at))
    return f"{start}–{end} {word(held.offset)}"


def kind_of(kind: str) -> str:
    """The word of a kind of meeting."""
    return {
        MeetingKind.RAKOR: _("Rakor"),
        MeetingKind.BIMTEK: _("Bimtek"),
        MeetingKind.RAPAT: _("Rapat"),
        MeetingKind.PENGUKUHAN: _("Pengukuhan"),
        MeetingKind.OTHER: _("Acara"),
    }[MeetingKind(kind)]


def role_of(line: Line, names: Mapping[int, str]) -> str:
    """Koordinator, Saksi; Tamu for whoever was not invited; for a delegate whom she stands for (`names` by seat)."""
    if line.stands_for is not None and line.stands_for in names:
        return _("mewakili %(name)s", name=names[line.stands_for])
    role = Role(line.role).word if line.role in tuple(Role) else ""
    return " · ".join(words for words in (_("Tamu") if line.walk_in else "", role) if words)


def names_of(lines: Iterable[Line]) -> dict[int, str]:
    """Who sits on which seat."""
    return {line.seat: line.name for line in lines}


def status_of(status: Status) -> str:
    """The word of a status, as it stands in a table."""
    return {
        Status.HADIR: _("hadir"),
        Status.TERLAMBAT: _("terlambat"),
        Status.IZIN: _("izin"),
        Status.SAKIT: _("sakit"),
        Status.ALPA: _("alpa"),
        Status.BELUM: _("belum"),
    }[status]


def state_of(stage: SheetState) -> str:
    """How far the review has come."""
    return {
        SheetState.DRAFT: _("belum diajukan"),
        SheetState.SUBMITTED: _("menunggu tinjauan"),
        SheetState.RETURNED: _("dikembalikan"),
        SheetState.APPROVED: _("disetujui"),
        SheetState.LOCKED: _("dikunci"),
    }[stage]


def way_of(line: Line) -> str:
    """How the deciding record came about; empty where nothing was recorded."""
    if not line.method:
        return ""
    return {
        Method.TAP: _("daftar"),
        Method.SELF: _("HP sendiri"),
        Method.WALK_IN: _("tamu"),
        Method.CORRECTION: _("koreksi"),
        Method.CARD: _("kartu QR"),
        Method.CODE: _("kode kartu"),
        Method.SCREEN: _("QR layar"),
        Method.PAPER: _("kertas"),
        Method.ZOOM: _("Zoom"),
    }[Method(line.method)]


def marks_of(line: Line) -> str:
    """What a reviewer should know about a line."""
    if not line.odd and not line.computed:
        return ""
    said = (
        (line.doubled, _("ganda")),
        (line.odd_clock, _("jam HP")),
        (line.late_code, _("kode lama")),
        (line.claims_since is not None, _("menyatakan hadir")),
        (line.far or line.claims_since is not None, line.where),
        (line.computed, _("dihitung")),
    )
    return ", ".join(words for true, words in said if true)


@dataclass(frozen=True)
class Total:
    """One number under its word, and what it is a part of."""

    words: str
    number: int
    of: str


def totals_of_part(part: Part) -> Iterator[Total]:
    """Every status with its denominator, guests apart, then heads against marks where they were counted."""
    rates, seats = part.rates, _("dari %(seats)s undangan", seats=part.rates.seats)
    numbers = (rates.present, rates.late, rates.izin, rates.sick, rates.absent, rates.open)
    for status, number in zip(Status, numbers, strict=True):
        yield Total(status_of(status), number, seats)
    yield Total(_("tamu"), rates.walk_ins, _("tidak dihitung dalam undangan"))
    if part.uncounted is None:
        return
    here = rates.came + rates.walk_ins
    yield Total(_("hitungan kepala"), part.kept.sheet.head_count or 0, _("orang di tempat"))
    yield Total(_("selisih"), part.uncounted, _("dari %(here)s tercatat datang", here=here))


def made_words(by: str, at: datetime, offset: int, chosen: str) -> str:
    """Who took the file, when, and which rows are in it."""
    when = f"{date_words(at, offset)} {hour(at, offset)} {word(offset)}"
    return _("Diunduh oleh %(name)s, %(when)s · isi: %(chosen)s", name=by, when=when, chosen=chosen)

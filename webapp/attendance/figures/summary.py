"""The minutes in words: plain text made for pasting into WhatsApp (*bold* heads, no telephone number), and the page.

Whoever keeps or reviews a list also reads there who owns a follow-up, and how many came.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from flask_babel import gettext as _

from webapp.attendance.figures.minutes import Promise, Record
from webapp.attendance.figures.papers.minutes import FollowUpLine, Minutes
from webapp.attendance.figures.rates import Rates
from webapp.attendance.models import MeetingSession, Mode, Site
from webapp.places.rules.zones import word
from webapp.plumbing.clock import date_words, hour, percent
from webapp.plumbing.numbers import without_numbers

LONGEST_LINK = 3000  # signs of an address that every phone hands on whole
SHARE = "https://wa.me/?text="


def summary_of(record: Record) -> str:
    """The whole text, ending in a line break."""
    parts = (_head(record), _attendance(record), _agenda(record), _decisions(record), _promises(record))
    blocks = ["\n".join(lines) for lines in map(list, parts) if lines]
    return without_numbers("\n\n".join(blocks), _("(nomor disembunyikan)")) + "\n"


def share_link(text: str) -> str:
    """An address that opens WhatsApp with the text; shortened by whole lines where it would be too long."""
    lines, left = text.rstrip("\n").split("\n"), 0
    end = _("… selengkapnya di Simpul")
    while len(SHARE) + len(quote("\n".join(_first(lines, left, end)))) > LONGEST_LINK:
        left += 1
    return SHARE + quote("\n".join(_first(lines, left, end)))


def paper_of(record: Record, kind: str, foot: str) -> Minutes:
    """The same for the page that is printed."""
    held, persons = record.held, record.persons
    came = f"{rate_words(persons)}; {rest_words(persons)}" if persons else "; ".join(_off(record))
    return Minutes(
        title=held.meeting.title,
        kind=kind,
        when="; ".join(when_words(record)),
        place=", ".join(places_of(record)),
        attendance=came,
        agenda=[line for session in record.sessions for line in (session.agenda or "").splitlines()],
        decisions=[point.words for point in record.decisions],
        follow_ups=[_line(one) for one in record.promises],
        foot=foot,
    )


def when_words(record: Record) -> list[str]:
    """Each session with its name and hours, in the zone of the reader's site."""
    return [
        (f"{session.title}: " if session.title else "") + hours_words(session, record.held.offset)
        for session in record.sessions
    ]


def places_of(record: Record) -> list[str]:
    """Every site in words."""
    return [_place(record, site) for site in record.sites]


def hours_words(session: MeetingSession, offset: int) -> str:
    """Sabtu 9 November 2024, 09.00–12.00 WIB"""
    until = hour(session.ends_at, offset)
    if date_words(session.ends_at, offset) != date_words(session.starts_at, offset):
        until = f"{date_words(session.ends_at, offset)} {until}"
    start = f"{date_words(session.starts_at, offset)}, {hour(session.starts_at, offset)}"
    return f"{start}–{until} {word(offset)}"


def rate_words(rates: Rates) -> str:
    """52 dari 63 undangan hadir (82%)"""
    return _(
        "%(came)s dari %(seats)s undangan hadir (%(rate)s)",
        came=rates.came, seats=rates.seats, rate=percent(rates.came, rates.seats),
    )  # fmt: skip


def rest_words(rates: Rates) -> str:
    """Everybody else of the same list."""
    return _(
        "%(izin)s izin, %(sick)s sakit, %(absent)s alpa, %(open)s belum dicatat; %(guests)s tamu",
        izin=rates.izin, sick=rates.sick, absent=rates.absent, open=rates.open, guests=rates.walk_ins,
    )  # fmt: skip


def _place(record: Record, site: Site) -> str:
    """The place that was typed, or else the region; and whether one joins it over Zoom."""
    where = site.place or record.regions.get(site.region_code, "")
    return f"{where} ({_('Zoom')})" if site.mode == Mode.ZOOM else where


def _first(lines: Sequence[str], left: int, end: str) -> list[str]:
    return [*lines[: len(lines) - left], end] if left else list(lines)


def _head(record: Record) -> Iterator[str]:
    yield _bold(record.held.meeting.title)
    yield from _off(record)
    yield from when_words(record)
    yield ", ".join(places_of(record))


def _off(record: Record) -> Iterator[str]:
    if record.held.meeting.cancelled_at is not None:
        yield _("Dibatalkan: %(why)s", why=record.held.meeting.cancel_reason or "")


def _attendance(record: Record) -> Iterator[str]:
    if record.totals is None or record.persons is None:
        return
    yield _bold(_("Kehadiran"))
    yield f"- {rate_words(record.persons)}"
    yield f"- {rest_words(record.persons)}"
    if len(record.totals.parts) > 1:
        for part in record.totals.parts:
            where = ", ".join(filter(None, (_place(record, part.kept.site), part.kept.session.title)))
            yield f"- {where}: {rate_words(part.rates)}"


def _agenda(record: Record) -> Iterator[str]:
    told = [session for session in record.sessions if session.agenda]
    if told:
        yield _bold(_("Agenda"))
    for session in told:
        if session.title:
            yield f"{session.title}:"
        yield from _numbered((session.agenda or "").splitlines())


def _decisions(record: Record) -> Iterator[str]:
    if record.decisions:
        yield _bold(_("Keputusan"))
        yield from _numbered([point.words for point in record.decisions])


def _promises(record: Record) -> Iterator[str]:
    if record.promises:
        yield _bold(_("Tindak lanjut"))
    for one in record.promises:
        yield f"- {one.words} ({', '.join(_about(one, named=record.totals is not None))})"


def _about(one: Promise, *, named: bool) -> Iterator[str]:
    if named:
        yield one.owner
    if one.done:
        yield _("selesai")
        return
    yield _("paling lambat %(day)s", day=one.day)
    if one.late:
        yield one.haste


def _line(one: Promise) -> FollowUpLine:
    return FollowUpLine(one.words + (f" ({_('selesai')})" if one.done else ""), one.owner, one.day)


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    return (f"{place}. {line}" for place, line in enumerate(lines, start=1))


def _bold(words: str) -> str:
    return "*" + words.replace("*", "") + "*"

"""What is odd about a sheet: each with its reason and, in one line, what bears it out; and who has looked at it.

Nothing here decides: a reviewer lets an oddity stand, or sends the list back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2s
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from webapp.attendance.figures.doubles import Said, said_of
from webapp.attendance.figures.elsewhere import Elsewhere, elsewhere_of
from webapp.attendance.figures.rates import Rates
from webapp.attendance.models import AttendanceRecord, Look
from webapp.attendance.rules.finding import Kept
from webapp.attendance.rules.lines import Line, named
from webapp.attendance.rules.positions import way_words
from webapp.attendance.rules.review import seats_on
from webapp.attendance.rules.verdicts import SAID_ONESELF, Fact, Hours, live
from webapp.people.models import DeviceSession
from webapp.plumbing.clock import hour
from webapp.plumbing.database import db
from webapp.plumbing.submissions import is_drift


class Reason(StrEnum):
    """Why a reviewer should look; the value is the anchor of its group on the page. The gravest come first."""

    TWO_SITES = "dua-tempat"
    SHARED = "satu-hp"
    FAR = "jauh"
    LATE_CODE = "kode-lama"
    HEADS = "kepala"
    DOUBLED = "ganda"
    CLOCK = "jam-hp"
    CLAIM = "mengaku"


@dataclass(frozen=True)
class Looked:
    """Who let it stand, and when (UTC)."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Odd:
    """One oddity: whose rows it concerns (none: the list as a whole), and what bears it out.

    `key` names it for a look: with other evidence it is another one. `said`: what each hand said of a doubled seat.
    """

    reason: Reason
    seats: tuple[int, ...]
    title: str
    evidence: str
    key: str
    said: Sequence[Said] = ()
    look: Looked | None = None


@dataclass(frozen=True)
class Told:
    """One record with who made it, and on which browser."""

    record: AttendanceRecord
    by: str
    phone: str

    @property
    def fact(self) -> Fact:
        """As the verdict reads it."""
        return Fact.of(self.record)


def oddities_of(kept: Kept, lines: Sequence[Line], rates: Rates) -> list[Odd]:
    """Everything odd about a list, the gravest first. Three statements, whatever its length."""
    records = _records(kept, lines)
    found = [
        *_two_sites(lines, elsewhere_of(kept), kept.offset),
        *_shared(lines, records, kept.offset),
        *_by_line(kept, lines, records),
        *_heads(kept, rates),
    ]
    order = list(Reason)
    seen = _looks(kept.sheet.id)
    looked = [Odd(**{**vars(one), "look": seen.get(one.key)}) for one in found]
    return sorted(looked, key=lambda one: (order.index(one.reason), one.title.casefold()))


def grouped(odds: Iterable[Odd]) -> list[tuple[Reason, str, list[Odd]]]:
    """By reason, each with its heading."""
    groups: dict[Reason, list[Odd]] = defaultdict(list)
    for one in odds:
        groups[one.reason].append(one)
    return [(reason, heading(reason, len(some)), some) for reason, some in groups.items()]


def unseen(odds: Iterable[Odd]) -> list[Odd]:
    """Those that nobody has let stand yet."""
    return [one for one in odds if one.look is None]


def heading(reason: Reason, number: int) -> str:
    """The plain heading of a group."""
    words = {
        Reason.TWO_SITES: _("%(n)s nama tercatat di dua tempat", n=number),
        Reason.SHARED: _("%(n)s HP dipakai beberapa orang", n=number),
        Reason.FAR: _("%(n)s nama menyatakan hadir dari jauh atau tanpa posisi", n=number),
        Reason.LATE_CODE: _("%(n)s kode layar lama masuk", n=number),
        Reason.HEADS: _("Hitungan kepala berbeda"),
        Reason.DOUBLED: _("%(n)s nama dicatat dua HP", n=number),
        Reason.CLOCK: _("%(n)s nama yang jam HP-nya perlu dilihat", n=number),
        Reason.CLAIM: _("%(n)s pernyataan hadir belum dijawab", n=number),
    }
    return words[reason]


def _records(kept: Kept, lines: Sequence[Line]) -> dict[int, list[Told]]:
    """By seat: the records of odd rows, and of those who recorded themselves. One statement."""
    flagged = [line.seat for line in lines if line.odd]
    of_interest = or_(AttendanceRecord.method.in_(SAID_ONESELF), AttendanceRecord.invitation_id.in_(flagged))
    found = (
        select(AttendanceRecord, named.c.name, DeviceSession.handset)
        .join(named, named.c.id == AttendanceRecord.recorder_id)
        .outerjoin(DeviceSession, DeviceSession.id == AttendanceRecord.device_session_id)
        .where(AttendanceRecord.session_id == kept.session.id, of_interest)
        .where(AttendanceRecord.invitation_id.in_(seats_on(kept.sheet)))
        .order_by(AttendanceRecord.happened_at, AttendanceRecord.id)
    )
    by_seat: dict[int, list[Told]] = defaultdict(list)
    for record, name, handset in db.session.execute(found):
        phone = str(handset or record.device_session_id or "")
        by_seat[record.invitation_id].append(Told(record, name, phone))
    return by_seat


def _by_line(kept: Kept, lines: Sequence[Line], records: Mapping[int, list[Told]]) -> Iterable[Odd]:
    hours = Hours.of(kept.session)
    for line in lines:
        if line.odd:
            yield from _of_line(line, records.get(line.seat, []), hours)


def _of_line(line: Line, told: Sequence[Told], hours: Hours) -> Iterable[Odd]:
    alive = {fact.id for fact in live(one.fact for one in told)}
    known = [one for one in told if one.record.id in alive]
    if line.far:
        yield _odd(Reason.FAR, line, _far_words(line, known), [one for one in known if one.fact.far])
    if line.late_code:
        held = [one for one in known if one.record.held]
        yield _odd(Reason.LATE_CODE, line, _late_words(line, held), held)
    if line.doubled:
        said = said_of(line, [(one.record, one.by) for one in told], hours)
        yield _odd(Reason.DOUBLED, line, "", known, said)
    if line.odd_clock:
        wrong = [one for one in known if one.fact.odd(hours)]
        yield _odd(Reason.CLOCK, line, _clock_words(line, wrong), wrong)
    if line.claims_since and not (line.far or line.late_code):
        since = hour(line.claims_since, line.offset)
        words = _("menyatakan hadir %(time)s, %(where)s, tanpa catatan", time=since, where=line.where)
        yield _odd(Reason.CLAIM, line, words, [one for one in known if one.fact.claimed])


def _odd(reason: Reason, line: Line, words: str, known: Sequence[Told], said: Sequence[Said] = ()) -> Odd:
    key = _key(reason, line.seat, *(one.record.id for one in known))
    return Odd(reason, (line.seat,), line.name, words, key, said)


def _far_words(line: Line, known: Sequence[Told]) -> str:
    far = [one for one in known if one.fact.far]
    if not far:
        return _("lewat HP sendiri")
    record = far[-1].record
    time = hour(record.happened_at, line.offset)
    if record.beyond is None:
        return _("%(time)s lewat HP sendiri, tanpa posisi", time=time) + _waits(line)
    way = way_words(record.beyond)
    return _("%(time)s lewat HP sendiri, %(way)s di luar jangkauan tempat", time=time, way=way) + _waits(line)


def _waits(line: Line) -> str:
    return _("; belum disetujui pencatat") if line.claims_since else ""


def _late_words(line: Line, held: Sequence[Told]) -> str:
    if not held:
        return _("kode layar masuk terlambat")
    record = held[-1].record
    came = hour(record.received_at, line.offset)
    if record.seen_at is None:
        return _("kode layar masuk pukul %(came)s, sudah lewat masanya", came=came) + _waits(line)
    seen = hour(record.seen_at, line.offset)
    return _("kode layar tampil %(seen)s, baru masuk %(came)s", seen=seen, came=came) + _waits(line)


def _clock_words(line: Line, wrong: Sequence[Told]) -> str:
    if not wrong:
        return _("jam HP tidak cocok")
    one = wrong[-1]
    if one.record.untimed:
        return _("jam HP %(name)s tidak disertakan", name=one.by)
    if not is_drift(one.record.drift):
        return _("diketuk sebelum pintu dibuka, HP %(name)s", name=one.by)
    minutes = abs(one.record.drift) // 60
    much = _("%(n)s menit", n=minutes) if minutes < 120 else _("%(n)s jam", n=minutes // 60)
    if one.record.drift > 0:
        return _("HP %(name)s tertinggal %(much)s", name=one.by, much=much)
    return _("HP %(name)s terlalu cepat %(much)s", name=one.by, much=much)


def _shared(lines: Sequence[Line], records: Mapping[int, list[Told]], offset: int) -> Iterable[Odd]:
    """One browser on which several people said of themselves that they are there."""
    people = {line.seat: line.name for line in lines}
    by_phone: dict[str, dict[int, Told]] = defaultdict(dict)
    for seat, told in records.items():
        alive = {fact.id for fact in live(one.fact for one in told)}
        for one in told:
            own = one.record.method in SAID_ONESELF and one.record.id in alive
            if own and one.phone and seat in people:
                by_phone[one.phone].setdefault(seat, one)
    for told_by in by_phone.values():
        if len(told_by) > 1:
            order = sorted(told_by, key=lambda seat: (told_by[seat].record.happened_at, people[seat]))
            yield _phone({seat: told_by[seat] for seat in order}, people, offset)


def _phone(seats: Mapping[int, Told], people: Mapping[int, str], offset: int) -> Odd:
    words = ", ".join(f"{people[seat]} {hour(one.record.happened_at, offset)}" for seat, one in seats.items())
    key = _key(Reason.SHARED, *sorted(str(one.record.id) for one in seats.values()))
    title = _("%(n)s orang lewat satu HP", n=len(seats))
    return Odd(Reason.SHARED, tuple(seats), title, words, key)


def _two_sites(lines: Sequence[Line], found: Mapping[int, Elsewhere], offset: int) -> Iterable[Odd]:
    for line in lines:
        other = found.get(line.seat)
        if other is None or not line.status.came:
            continue
        here = hour(line.at, offset) if line.at else _("susulan")
        there = hour(other.at, offset) if other.at else _("susulan")
        words = _("di sini %(here)s, di %(place)s %(there)s", here=here, place=other.place, there=there)
        yield Odd(
            Reason.TWO_SITES,
            (line.seat,),
            line.name,
            words,
            _key(Reason.TWO_SITES, line.seat, other.seat, line.record_id, other.record_id),
        )


def _heads(kept: Kept, rates: Rates) -> Iterable[Odd]:
    heads, marks = kept.sheet.head_count, rates.came + rates.walk_ins
    if heads is None or heads == marks:
        return
    more = (
        _("%(n)s orang tanpa catatan", n=heads - marks)
        if heads > marks
        else _("%(n)s catatan tanpa orang", n=marks - heads)
    )
    words = _(
        "%(heads)s orang dihitung, tercatat %(marks)s hadir: %(more)s", heads=heads, marks=marks, more=more
    )
    yield Odd(Reason.HEADS, (), _("Seluruh lembar"), words, f"{Reason.HEADS}.{heads}.{marks}")


def _looks(sheet_id: int) -> dict[str, Looked]:
    found = (
        select(Look.key, named.c.name, Look.looked_at)
        .join(named, named.c.id == Look.looked_by)
        .where(Look.sheet_id == sheet_id)
    )
    return {key: Looked(name, at) for key, name, at in db.session.execute(found)}


def _key(reason: Reason, *evidence: Any) -> str:
    told = "|".join(map(str, evidence)).encode()
    return f"{reason}.{blake2s(told, digest_size=8).hexdigest()}"

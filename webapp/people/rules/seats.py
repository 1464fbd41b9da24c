"""Seats: who stands at a TPS for us, from when to when, and why not any more.

The unique indexes of `Seat` are the judge; what they refuse is told in the words of who sits there. Every change
moves the counters of the TPS in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from webapp.people.models import Person, Seat, Slot
from webapp.people.rules.naming import names_of
from webapp.people.rules.registering import register_person
from webapp.people.rules.training import trained_among
from webapp.places.models import Election, Station
from webapp.places.rules.counts import count_seat
from webapp.places.rules.scope import current
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

LEAST_AGE = 17  # years on election day


class Reason(StrEnum):
    """Why somebody leaves a seat."""

    MOVED = "pindah"
    SICK = "sakit"
    WITHDREW = "mengundurkan diri"
    UNREACHABLE = "tidak bisa dihubungi"
    MISTAKE = "salah catat"
    OTHER = "lain"


class SeatTaken(Refusal):
    """Somebody sits there, or this person sits elsewhere: the sentence names them."""

    status = 409


class TooYoung(Refusal):
    """A witness is 17 or older on election day."""


@dataclass(frozen=True)
class Act:
    """Who changes a seat, when, and with which submission."""

    by: int
    at: datetime
    submission_id: UUID | None = None


def station_within_reach(station_id: int) -> Station:
    """The TPS, when the bound scope covers its kelurahan. Raises `NotThere`."""
    station = db.session.get(Station, station_id, options=[joinedload(Station.village)])
    if station is None or not current().covers(station.village_code):
        raise NotThere
    return station


def seat_within_reach(seat_id: int) -> Seat:
    """The seat with its TPS, when it is in the bound scope. Raises `NotThere`."""
    wanted = select(Seat).where(Seat.id == seat_id).options(joinedload(Seat.station))
    seat = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if seat is None or not current().covers(seat.region_code):
        raise NotThere
    return seat


def assign(station: Station, person: Person, slot: Slot, act: Act) -> Seat:
    """Give `person` a seat. Whoever sits at this TPS in another slot changes over in the same act."""
    return _change(station, person, slot, act, leaving=())


def replace_sitter(seat: Seat, person: Person, reason: Reason, act: Act) -> Seat:
    """End `seat` and start the next one of the same slot, in one act."""
    if seat.person_id == person.id:
        raise SeatTaken(_("%(name)s sudah duduk di kursi ini. Pilih orang lain.", name=person.name))
    return _change(seat.station, person, Slot(seat.slot), act, leaving=((seat, reason),))


def end(seat: Seat, reason: Reason, act: Act) -> Seat:
    """Take the person out of `seat`, for good and with the reason."""
    act = _not_before(act, (seat,))
    _leave(seat, reason, act)
    _count(seat.station, gone=(seat,))
    return seat


def undo(seat: Seat, act: Act) -> Seat:
    """Take back an assignment that was a slip: whoever left for it sits there again."""
    act = _not_before(act, (seat,))
    before = _left_for(seat)
    _leave(seat, Reason.MISTAKE, act)
    back = [_sit(seat.station, earlier.person_id, Slot(earlier.slot), act) for earlier in before]
    _count(seat.station, gone=(seat,), came=back)
    return seat


def take_assignment(data: Mapping[str, Any], stamp: Stamp) -> Seat:
    """A sent assignment: of a known person or of one registered here, to a free slot or instead of somebody."""
    station = station_within_reach(data["tps"])
    act = Act(stamp.sender_id, stamp.happened_at, stamp.submission_id)
    person = _person(data, station)
    if not data.get("ganti"):
        return assign(station, person, Slot(data["slot"]), act)
    seat = seat_within_reach(data["ganti"])
    if seat.station_id != station.id:
        raise NotThere
    return replace_sitter(seat, person, Reason(data["alasan"]), act)


def take_end(data: Mapping[str, Any], stamp: Stamp) -> Seat:
    """A sent end of a seat, or the taking back of a slip."""
    seat = _given_by(data["kiriman"]) if data.get("kiriman") else seat_within_reach(data["kursi"])
    act = Act(stamp.sender_id, stamp.happened_at, stamp.submission_id)
    return undo(seat, act) if data.get("urung") else end(seat, Reason(data["alasan"]), act)


def _given_by(sending: UUID) -> Seat:
    """The seat that this sending gave. Raises `NotThere`."""
    seat = db.session.scalars(select(Seat.id).where(Seat.submission_id == sending)).first()
    if seat is None:
        raise NotThere
    return seat_within_reach(seat)


def _person(data: Mapping[str, Any], station: Station) -> Person:
    if not data.get("orang"):
        return register_person(
            data["nama"],
            data["telepon"],
            station.village_code,
            station_id=station.id,
            shared=bool(data.get("bersama")),
        )
    person = db.session.scalars(select(Person).where(Person.id == data["orang"])).one_or_none()
    if person is None or person.withdrawn_at is not None:
        raise NotThere(_("Orang ini tidak ditemukan di wilayah Anda. Cari lagi namanya."))
    return person


def _change(
    station: Station, person: Person, slot: Slot, act: Act, leaving: Sequence[tuple[Seat, Reason]]
) -> Seat:
    _judge(station, person)
    own = [(seat, Reason.MOVED) for seat in _elsewhere_here(station, person, slot)]
    left = (*leaving, *own)
    act = _not_before(act, [seat for seat, _why in left])
    for seat, why in left:
        _leave(seat, why, act)
    new = _sit(station, person.id, slot, act)
    _count(station, gone=[seat for seat, _why in left], came=(new,))
    return new


def _judge(station: Station, person: Person) -> None:
    """Only the year of birth is known: who turns 17 in the year of the election is let pass."""
    if station.retired:
        raise Refusal(_("TPS ini tidak ada lagi di daftar. Pilih TPS lain."))
    held = _election(station)
    if person.birth_year is not None and held.date.year - person.birth_year < LEAST_AGE:
        raise TooYoung(_("%(name)s belum 17 tahun pada hari pemilihan. Pilih orang lain.", name=person.name))


def _elsewhere_here(station: Station, person: Person, slot: Slot) -> list[Seat]:
    """The seat that the person leaves for another slot of the same TPS."""
    here = select(Seat).where(Seat.station_id == station.id, Seat.person_id == person.id)
    return list(db.session.scalars(here.where(Seat.ended_at.is_(None), Seat.slot != slot)))


def _leave(seat: Seat, reason: Reason, act: Act) -> None:
    ended = {"ended_at": act.at, "end_reason": reason.value, "ended_by": act.by}
    taken = update(Seat).where(Seat.id == seat.id, Seat.ended_at.is_(None)).values(ended).returning(Seat.id)
    if db.session.execute(taken, execution_options={"synchronize_session": False}).first() is None:
        raise SeatTaken(_already_gone(seat))
    db.session.refresh(seat)


def _sit(station: Station, person_id: int, slot: Slot, act: Act) -> Seat:
    seat = Seat(
        election_id=station.election_id,
        station_id=station.id,
        region_code=station.village_code,
        person_id=person_id,
        slot=slot.value,
        since=act.at,
        assigned_by=act.by,
        submission_id=act.submission_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(seat)
    except IntegrityError as clash:
        raise SeatTaken(_why_not(station, person_id, slot)) from clash
    return seat


def _count(station: Station, *, gone: Sequence[Seat] = (), came: Sequence[Seat] = ()) -> None:
    trained = trained_among(seat.person_id for seat in (*gone, *came))

    def change(counts: Callable[[Seat], bool]) -> int:
        return sum(map(counts, came)) - sum(map(counts, gone))

    count_seat(
        station,
        _election(station).volunteer_target,
        witnesses=change(lambda seat: Slot(seat.slot).is_witness),
        volunteers=len(came) - len(gone),
        trained=change(lambda seat: seat.person_id in trained),
    )


def _left_for(seat: Seat) -> list[Seat]:
    """Those whose seats at this TPS ended with the very act that began `seat`."""
    same = select(Seat).where(
        Seat.station_id == seat.station_id,
        Seat.id != seat.id,
        Seat.ended_at == seat.since,
        Seat.ended_by == seat.assigned_by,
    )
    return list(db.session.scalars(same.order_by(Seat.id)))


def _not_before(act: Act, seats: Sequence[Seat]) -> Act:
    """A phone's clock may be behind: nobody leaves before they came."""
    return replace(act, at=max([act.at, *(seat.since for seat in seats)]))


def _election(station: Station) -> Election:
    return db.session.get_one(Election, station.election_id)


def _why_not(station: Station, person_id: int, slot: Slot) -> str:
    """The sentence for what the unique indexes refused, read after the other one has won."""
    active = select(Seat).where(Seat.ended_at.is_(None)).options(joinedload(Seat.station))
    here = list(db.session.scalars(active.where(Seat.station_id == station.id)))
    names = names_of([person_id, *(seat.person_id for seat in here)])
    name = names.get(person_id, "")
    if any(seat.person_id == person_id for seat in here):
        return _("%(name)s sudah bertugas di %(tps)s.", name=name, tps=station.label)
    for seat in here:
        if slot.is_witness and seat.slot == slot:
            return _(
                "%(name)s sudah menjadi saksi %(slot)s di %(tps)s. Lihat lagi daftarnya sebelum mengganti.",
                name=names[seat.person_id], slot=seat.slot, tps=station.label,
            )  # fmt: skip
    return _main_elsewhere(name, station, person_id)


def _main_elsewhere(name: str, station: Station, person_id: int) -> str:
    """Where the person is witness already, if that is for the viewer to know."""
    main = select(Seat).where(
        Seat.ended_at.is_(None),
        Seat.person_id == person_id,
        Seat.election_id == station.election_id,
        Seat.slot == Slot.MAIN.value,
    )
    seat = db.session.scalars(main.options(joinedload(Seat.station).joinedload(Station.village))).first()
    if seat is None:
        return _("%(name)s sudah menjadi saksi utama di TPS lain. Pilih orang lain.", name=name)
    return _(
        "%(name)s sudah menjadi saksi utama di %(tps)s %(village)s. Lepas dulu dari sana, atau pilih orang lain.",
        name=name, tps=seat.station.label, village=seat.station.village.name,
    )  # fmt: skip


def _already_gone(seat: Seat) -> str:
    active = select(Seat).where(Seat.station_id == seat.station_id, Seat.ended_at.is_(None))
    now = db.session.scalars(active.where(Seat.slot == seat.slot)).first()
    names = names_of([seat.person_id, *([now.person_id] if now else [])])
    name = names[seat.person_id]
    if now is None or seat.slot == Slot.OUTSIDE:
        return _("%(name)s sudah dilepas dari kursi ini. Lihat lagi daftarnya.", name=name)
    return _(
        "%(name)s sudah dilepas dari kursi ini, sekarang diisi %(other)s. Lihat lagi daftarnya.",
        name=name, other=names[now.person_id],
    )  # fmt: skip

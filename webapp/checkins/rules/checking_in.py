"""Checking in and taking it back. Six statements at most, whatever happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, null, or_, select
from sqlalchemy.orm import contains_eager

from webapp.checkins.models import Activity, CheckIn, EarlyVoid, Kind, Oddity
from webapp.checkins.rules.oddities import PAIRED, around, flag_both, unflag
from webapp.checkins.rules.photos import name_photos
from webapp.people.models import Person, Seat
from webapp.places.figures.tree import in_use
from webapp.places.models import NATION, Election, Region, Station
from webapp.places.rules import codes, scope
from webapp.places.rules.counts import count_checkin
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import local_day
from webapp.plumbing.database import db, upsert
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

LATE = timedelta(days=1)
OLDEST = timedelta(days=30)  # no phone keeps a check-in longer; an older time is a broken clock
SAME_DAY_REACH = timedelta(hours=28)  # every check-in of one day and those that stand beside them
MOST_NEAR = 200  # of one person, that are compared with a new one


class NoSuchPlace(Refusal):
    """The place is unknown, retired, or no place to check in at."""

    field = "tempat"


@dataclass(frozen=True)
class _Spot:
    """The place that was found, in one statement with all that a new check-in is judged by."""

    region: Region
    station: Station | None
    mine: bool
    others: list[CheckIn]
    voided: EarlyVoid | None


def check_in(data: Mapping[str, Any], stamp: Stamp) -> CheckIn:
    """Take a check-in. The register must know the place; a TPS must be one's own or in one's region."""
    spot = _find(data, stamp, believable(stamp)[0])
    row = CheckIn(region=spot.region, station=spot.station, **as_told(data, stamp, spot.region.code))
    if spot.voided is not None:
        row.voided_at, row.voided_by = spot.voided.happened_at, stamp.sender_id
    else:
        flag_both(row, spot.others)
    db.session.add(row)
    db.session.flush()
    name_photos((row.id, data))
    if row.station is not None and not row.is_voided:
        count_checkin(row.station, row.day, 1)
    return row


def take_back(data: Mapping[str, Any], stamp: Stamp) -> CheckIn | EarlyVoid:
    """Void one's own check-in of the same day; once more changes nothing.

    An undo whose check-in has not come yet is remembered, and answered with that.
    """
    wanted: UUID = data["urung"]
    near = list(db.session.scalars(_day(wanted, stamp)))
    row = next((one for one in near if one.submission_id == wanted), None)
    if row is None:
        return _remember(wanted, stamp)
    if row.is_voided:
        return row
    if local_day(stamp.happened_at, row.zone) != row.day:
        raise Refusal(_("Check-in hari lain tidak bisa dibatalkan. Hubungi pengawas Anda bila keliru."))
    row.voided_at, row.voided_by = stamp.happened_at, stamp.sender_id
    row.oddities &= ~int(PAIRED)
    unflag(row, [other for other in near if not other.is_voided])
    db.session.flush()
    if row.station is not None:
        count_checkin(row.station, row.day, -1)
    return row


def own_check_in(submission_id: UUID, person_id: int) -> CheckIn:
    """One's own check-in by the id of its tap. Raises `NotThere`."""
    query = (
        select(CheckIn)
        .join(CheckIn.region)
        .outerjoin(CheckIn.station)
        .options(contains_eager(CheckIn.region), contains_eager(CheckIn.station))
    )
    row = db.session.scalars(
        query.where(CheckIn.submission_id == submission_id, CheckIn.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotThere
    return row


def may_take_back(row: CheckIn, moment: datetime) -> bool:
    """Whether its owner may still void it at `moment`."""
    return not row.is_voided and local_day(moment, row.zone) == row.day


def believable(stamp: Stamp) -> tuple[datetime, bool]:
    """When it happened, and whether the phone's clock is odd. A time before 30 days ago is not believed."""
    if stamp.received_at - stamp.happened_at > OLDEST:
        return stamp.received_at, True
    return stamp.happened_at, stamp.drifts


def as_told(data: Mapping[str, Any], stamp: Stamp, code: str) -> dict[str, Any]:
    """What a check-in says of itself at a place in the region `code`, before anything is compared with it."""
    happened, _odd = believable(stamp)
    return {
        "submission_id": stamp.submission_id,
        "person_id": stamp.sender_id,
        "region_code": code,
        "kind": Kind(data["jenis"]),
        "activity": Activity(data["kegiatan"]) if data["jenis"] == Kind.FIELD else None,
        "note": data.get("catatan") or None,
        "people_met": data.get("orang"),
        **_position(data),
        "day": local_day(happened, offset_of(code)),
        "claimed_at": stamp.claimed_at,
        "happened_at": happened,
        "received_at": stamp.received_at,
        "offset": stamp.offset,
        "drift": stamp.drift,
        "oddities": int(_odd_by_itself(stamp)),
    }


def _odd_by_itself(stamp: Stamp) -> Oddity:
    """What is odd in how it came, whatever else the same person sent."""
    happened, odd = believable(stamp)
    found = Oddity.CLOCK if odd else Oddity(0)
    if stamp.received_at - happened > LATE:
        found |= Oddity.LATE
    return found | (Oddity.UNTIMED if stamp.is_untimed else Oddity(0))


def _position(data: Mapping[str, Any]) -> dict[str, Any]:
    """Latitude and longitude go together or not at all; about a metre is fine enough."""
    lat, lng, accuracy = data.get("lat"), data.get("lng"), data.get("accuracy")
    if lat is None or lng is None:
        return {"lat": None, "lng": None, "accuracy": None}
    return {
        "lat": round(lat, 5),
        "lng": round(lng, 5),
        "accuracy": None if accuracy is None else round(accuracy),
    }


def chosen(data: Mapping[str, Any]) -> int | str:
    """The number of the TPS that was chosen, or the code of the region. Raises `NoSuchPlace`."""
    place = str(data["tempat"])
    prefix, _dash, number = place.partition("-")
    if prefix == "tps" and number.isdecimal() and len(number) < 10:
        return int(number)
    if data["jenis"] == Kind.TPS:
        raise NoSuchPlace(_("Pilih TPS-nya, bukan hanya kelurahannya."))
    return place if codes.is_code(place) else ""


def nowhere() -> NoSuchPlace:
    """What is said when the register does not know the place."""
    return NoSuchPlace(_("Tempat ini tidak ada di daftar. Cari namanya, lalu pilih lagi."))


def refuse_foreign(code: str, *, mine: bool) -> None:
    """Somebody else's TPS in the region `code` is refused, unless it lies in one's own region."""
    if not mine and not scope.current().covers(code):
        raise NoSuchPlace(
            _("TPS ini bukan TPS Anda. Pilih TPS tugas Anda, atau minta koordinator menugaskan Anda.")
        )


def _find(data: Mapping[str, Any], stamp: Stamp, happened: datetime) -> _Spot:
    """The place that was chosen. Raises `NoSuchPlace`, or a refusal for somebody else's TPS."""
    place = chosen(data)
    if isinstance(place, int):
        spot = _spot(_at_station(), stamp, happened, station=place)
    else:
        spot = _spot(_at_region(), stamp, happened, region=place)
    if data["jenis"] != Kind.TPS:
        return _Spot(spot.region, None, True, spot.others, spot.voided)
    refuse_foreign(spot.region.code, mine=spot.mine)
    return spot


def _spot(query: Select[*tuple[Any, ...]], stamp: Stamp, happened: datetime, **place: Any) -> _Spot:
    early, late = around(happened)
    told = {"person": stamp.sender_id, "submission": stamp.submission_id, "early": early, "late": late}
    rows = db.session.execute(query, told | place).unique().all()
    if not rows:
        raise nowhere()
    region, station, mine, _other, voided = rows[0]
    return _Spot(region, station, bool(mine), [row[3] for row in rows if row[3] is not None], voided)


@cache
def _at_station() -> Select[*tuple[Any, ...]]:
    """Made once, like the next: making such a query costs more than running it."""
    query = (
        select(Region, Station, own_station(), CheckIn, EarlyVoid)
        .select_from(Station)
        .join(Region, Region.code == Station.village_code)
        .join(Election, and_(Election.id == Station.election_id, Election.current))
        .where(Station.id == bindparam("station"), Station.retired.is_(False))
    )
    return _beside(query)


@cache
def _at_region() -> Select[*tuple[Any, ...]]:
    query = select(Region, null(), false(), CheckIn, EarlyVoid).select_from(Region)
    return _beside(query.where(Region.code == bindparam("region"), Region.code != NATION, in_use()))


def _beside(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join the person's other check-ins around that time, and an undo that came before."""
    own = and_(
        CheckIn.person_id == bindparam("person"),
        CheckIn.voided_at.is_(None),
        CheckIn.happened_at.between(bindparam("early"), bindparam("late")),
    )
    undone = and_(
        EarlyVoid.check_in_id == bindparam("submission"), EarlyVoid.person_id == bindparam("person")
    )
    beside = query.outerjoin(CheckIn, own).outerjoin(EarlyVoid, undone).limit(MOST_NEAR)
    return beside.execution_options(populate_existing=True)


def own_station() -> ColumnElement[bool]:
    """Whether it is the person's home TPS, or one where they hold a seat."""
    who: Any = bindparam("person")
    home = exists().where(Person.id == who, Person.station_id == Station.id)
    seat = exists().where(Seat.person_id == who, Seat.station_id == Station.id, Seat.ended_at.is_(None))
    return or_(home, seat)


def _day(wanted: UUID, stamp: Stamp) -> Select[CheckIn]:
    """One's own check-in with those around it; locked, so that two undos at once take it back once."""
    early, late = around(stamp.happened_at, SAME_DAY_REACH)
    beside = and_(CheckIn.voided_at.is_(None), CheckIn.happened_at.between(early, late))
    this = CheckIn.submission_id == wanted
    return (
        select(CheckIn)
        .join(CheckIn.region)
        .outerjoin(CheckIn.station)
        .options(contains_eager(CheckIn.region), contains_eager(CheckIn.station))
        .where(CheckIn.person_id == stamp.sender_id, or_(this, beside))
        .order_by(this.desc(), CheckIn.id)
        .limit(MOST_NEAR)
        .with_for_update(of=CheckIn)
        .execution_options(populate_existing=True)
    )


def _remember(wanted: UUID, stamp: Stamp) -> EarlyVoid:
    kept = {
        "check_in_id": wanted,
        "person_id": stamp.sender_id,
        "happened_at": stamp.happened_at,
        "received_at": stamp.received_at,
    }
    db.session.execute(upsert(EarlyVoid).values(**kept).on_conflict_do_nothing())
    return EarlyVoid(**kept)

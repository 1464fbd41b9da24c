"""One's own check-ins: the last ones, and the place that is offered first."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from webapp.checkins.models import Activity, CheckIn, Kind
from webapp.people.models import Seat
from webapp.places.figures.search import Place, place_of
from webapp.plumbing.database import db

PAGE = 50


@dataclass(frozen=True)
class Offer:
    """A place that is offered before anybody searches, with what was or will be done there."""

    kind: Kind
    activity: Activity | None
    place: Place
    again: bool

    @property
    def value(self) -> str:
        """What the button posts: kind, activity, place."""
        return f"{self.kind}:{self.activity or ''}:{self.place.value}"

    @property
    def name(self) -> str:
        """TPS 001 Kapuk, or Kapuk."""
        if self.place.station_id is None:
            return self.place.name
        return f"{self.place.name} {self.place.under.partition(' · ')[0]}"

    @property
    def words(self) -> str:
        """What its button says."""
        where = self.name
        if self.kind is Kind.FIELD:
            return _("Check-in lagi: %(doing)s di %(place)s", doing=_doing(self.activity), place=where)
        if self.kind is Kind.POSKO:
            where = _("posko %(place)s", place=where)
        return (
            _("Check-in lagi di %(place)s", place=where)
            if self.again
            else _("Check-in di %(place)s", place=where)
        )


def own_recent(person_id: int, limit: int = 5) -> list[CheckIn]:
    """The person's last check-ins, the newest first, voided ones too. One statement, with their places."""
    return list(db.session.scalars(_own(person_id).limit(limit)))


def own_page(person_id: int, page: int) -> tuple[list[CheckIn], int]:
    """One page of `PAGE` of all of them (the first is 1), and how many there are."""
    count = select(func.count()).select_from(CheckIn).where(CheckIn.person_id == person_id)
    total: int = db.session.execute(count).scalar_one()
    return list(db.session.scalars(_own(person_id).offset((page - 1) * PAGE).limit(PAGE))), total


def last_place(person_id: int) -> Offer | None:
    """Where the person checked in last, if that place is still there."""
    query = select(CheckIn).where(CheckIn.person_id == person_id, CheckIn.voided_at.is_(None))
    row = db.session.scalars(query.order_by(CheckIn.happened_at.desc(), CheckIn.id.desc()).limit(1)).first()
    if row is None:
        return None
    place = place_of(row.region_code, row.station_id)
    activity = Activity(row.activity) if row.activity else None
    return Offer(Kind(row.kind), activity, place, again=True) if place else None


def first_place(person_id: int, home_station: int | None) -> Offer | None:
    """The last place, or before the first check-in one's own TPS."""
    last = last_place(person_id)
    if last is not None:
        return last
    place = own_station(person_id, home_station)
    return Offer(Kind.TPS, None, place, again=False) if place else None


def own_station(person_id: int, home_station: int | None) -> Place | None:
    """One's home TPS, or the one where one holds a seat."""
    station = home_station or _seat(person_id)
    return place_of(station_id=station) if station else None


def _own(person_id: int) -> Select[CheckIn]:
    return (
        select(CheckIn)
        .join(CheckIn.region)
        .outerjoin(CheckIn.station)
        .options(contains_eager(CheckIn.region), contains_eager(CheckIn.station))
        .where(CheckIn.person_id == person_id)
        .order_by(CheckIn.happened_at.desc(), CheckIn.id.desc())
    )


def _seat(person_id: int) -> int | None:
    query = select(Seat.station_id).where(Seat.person_id == person_id, Seat.ended_at.is_(None))
    return db.session.scalars(query.order_by(Seat.id.desc()).limit(1)).first()


def _doing(activity: Activity | None) -> str:
    """The activity inside a sentence."""
    return {
        Activity.CANVASSING: _("kanvasing"),
        Activity.DOOR_TO_DOOR: _("dari rumah ke rumah"),
        Activity.SOCIALISATION: _("sosialisasi"),
        Activity.DECLARATION: _("deklarasi"),
    }.get(activity or Activity.OTHER, _("kegiatan lain"))

"""The names behind the numbers of what was sent, as far as the reader may know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, func, select

from webapp.attendance.models import (
    FollowUp,
    Invitation,
    Meeting,
    MeetingSession,
    Sheet,
    Site,
    site_name,
)
from webapp.people.models import Person, Seat
from webapp.places.models import Region, Station
from webapp.plumbing.clock import day_short, hour
from webapp.plumbing.database import db

Words = Callable[[], str]
named, listed = (
    Person.__table__,
    Sheet.__table__,
)  # bare: who may read the seat, or the meeting, reads its name
beside, before = Site.__table__.alias("beside"), MeetingSession.__table__.alias("before")


@dataclass(frozen=True)
class _Sort:
    """Where names of one sort are found: by which key, and what is said of a row. `open`: everybody may read all."""

    query: Select[*tuple[Any, ...]]
    key: Any
    words: Callable[..., str] = str
    open: bool = False


@dataclass
class Names:
    """Numbers are gathered first; then each sort that is among them is asked for, in one statement."""

    told: dict[str, dict[Any, str]] = field(default_factory=dict)

    def of(self, sort: str, key: Any, otherwise: Words | None = None) -> Words:
        """The name of this one, to be asked for after `look_up`; else what `otherwise` says, or that there is none."""
        names = self.told.setdefault(sort, {})
        names.setdefault(key, "")
        lost = otherwise or (lambda: _lost(SORTS[sort]))
        return lambda: names[key] or lost()

    def look_up(self) -> None:
        """Fill in what the bound scope lets the reader know."""
        for sort, names in self.told.items():
            one = SORTS[sort]
            rows = db.session.execute(one.query.where(one.key.in_(list(names))))
            names.update({row[0]: one.words(*row[1:]) for row in rows})


def _lost(sort: _Sort) -> str:
    """The same whether it is gone or elsewhere: nobody learns what there is by writing its number."""
    return _("tidak ada lagi") if sort.open else _("tidak ada lagi, atau di luar wilayah Anda")


def _seats() -> Select[*tuple[Any, ...]]:
    name = func.coalesce(named.c.name, Invitation.guest_name, "")
    return select(Invitation.id, name).outerjoin(named, named.c.id == Invitation.person_id)


def _posts() -> Select[*tuple[Any, ...]]:
    return (
        select(Seat.id, named.c.name, Station.number, Region.name)
        .join(named, named.c.id == Seat.person_id)
        .join(Station, Station.id == Seat.station_id)
        .join(Region, Region.code == Station.village_code)
    )


def _stations() -> Select[*tuple[Any, ...]]:
    return select(Station.id, Station.number, Region.name).join(Region, Region.code == Station.village_code)


def _lists() -> Select[*tuple[Any, ...]]:
    """By their meetings, for whoever may read those; with what tells several lists of one meeting apart."""
    same_meeting = beside.c.meeting_id == listed.c.meeting_id, before.c.meeting_id == listed.c.meeting_id
    sites = exists().where(same_meeting[0], beside.c.id != listed.c.site_id)
    parts = exists().where(same_meeting[1], before.c.id != listed.c.session_id)
    part = MeetingSession.title, MeetingSession.starts_at, MeetingSession.offset
    return (
        select(listed.c.id, Meeting.title, sites, Site.mode, Site.place, Region.name, parts, *part)
        .join(Meeting, Meeting.id == listed.c.meeting_id)
        .join(Site, Site.id == listed.c.site_id)
        .join(Region, Region.code == Site.region_code)
        .join(MeetingSession, MeetingSession.id == listed.c.session_id)
    )


def _list(
    title: str, sites: bool, mode: str, place: str | None, region: str, parts: bool, *part: *tuple[Any, ...]
) -> str:
    """Rakor Cengkareng, Aula Kecamatan, Sab 9 Nov 09.00"""
    where = site_name(mode, place, region) if sites else ""
    return ", ".join(filter(None, (title, where, _part(*part) if parts else "")))


def _part(title: str | None, starts_at: datetime, offset: int) -> str:
    return title or f"{day_short(starts_at, offset)} {hour(starts_at, offset)}"


def _station(number: int, village: str) -> str:
    return f"TPS {number:03} {village}"


def _post(name: str, number: int, village: str) -> str:
    return f"{name}, {_station(number, village)}"


SORTS: Mapping[str, _Sort] = {
    "person": _Sort(select(Person.id, Person.name), Person.id),
    "seat": _Sort(_seats(), Invitation.id),
    "post": _Sort(_posts(), Seat.id, _post),
    "meeting": _Sort(select(Meeting.id, Meeting.title), Meeting.id),
    "list": _Sort(_lists(), listed.c.id, _list),
    "promise": _Sort(select(FollowUp.id, FollowUp.words), FollowUp.id),
    "station": _Sort(_stations(), Station.id, _station, open=True),
    "region": _Sort(select(Region.code, Region.name), Region.code, open=True),
}

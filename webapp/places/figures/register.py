"""The TPS register in numbers and by the page. It is visible to everybody who is signed in, whatever their scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from webapp.places.models import Election, Station, VillageCount
from webapp.places.rules.codes import level_of
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, within

PAGE = 50


@dataclass(frozen=True)
class StationPage:
    """The TPS numbered `first` to `last` of `total` in one village."""

    stations: Sequence[Station]
    number: int
    first: int
    last: int
    total: int


def stations_by_part(election: Election, code: str) -> dict[str, int]:
    """TPS in the register, by direct part of the region. One statement."""
    cut = {0: 2, 1: 5, 2: 8, 3: 13}[min(level_of(code), 3)]
    part = func.substr(VillageCount.region_code, 1, cut)
    counted = select(part, func.sum(VillageCount.stations)).where(
        VillageCount.election_id == election.id, within(VillageCount.region_code, code)
    )
    with everywhere("how many TPS there are is known to all"):
        return {row[0]: int(row[1]) for row in db.session.execute(counted.group_by(part))}


def station_page(election: Election, village: str, number: int) -> StationPage:
    """One page of a village's TPS; a page that is not there becomes the last. Two statements."""
    here = (Station.election_id == election.id, Station.village_code == village, Station.retired.is_(False))
    total = db.session.scalar(select(func.count()).select_from(Station).where(*here)) or 0
    number = max(1, min(number, -(-total // PAGE)))
    found = select(Station).where(*here).order_by(Station.number).limit(PAGE).offset((number - 1) * PAGE)
    stations = db.session.scalars(found).all()
    start = (number - 1) * PAGE
    return StationPage(stations, number, start + 1 if stations else 0, start + len(stations), total)

"""The numbers of a region and of its parts, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select

from webapp.attendance.figures.training import asks_training
from webapp.coverage.figures.national import sums
from webapp.coverage.rules.measures import Measure, Numbers, Share
from webapp.places.models import Election, Region, VillageCount, VillageDay
from webapp.places.rules.codes import KABKOTA, VILLAGE, is_code, level_of, lineage
from webapp.places.rules.scope import current
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db, within
from webapp.plumbing.refusal import NotThere

NOTHING = Numbers()


@dataclass(frozen=True)
class Part:
    """One region with its numbers; `rank` is its place in the table, from 1, the worst first."""

    code: str
    name: str
    level: int
    numbers: Numbers
    share: Share
    lat: float | None = None
    lng: float | None = None
    rank: int = 0


@dataclass(frozen=True)
class Overview:
    """A region as its page shows it: itself, the way up inside the scope, its parts and, if few, its villages.

    `asks_training`: a bimtek is required for witnesses here, so that seats are shown as "belum dilatih".
    """

    region: Part
    trail: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    villages: Sequence[Part]
    election: Election
    measure: Measure
    kabupaten: Sequence[Part] = ()  # of the nation, without names, for a map that draws them
    unknown: Sequence[str] = ()
    asks_training: bool = False

    @property
    def code(self) -> str:
        """Its wilayah code."""
        return self.region.code

    @property
    def numbers(self) -> Numbers:
        """Those of the whole region."""
        return self.region.numbers

    @property
    def lacking(self) -> int:
        """TPS where what is measured is missing."""
        return self.numbers.lacking(self.measure)

    @property
    def is_village(self) -> bool:
        """Whether its parts are TPS."""
        return self.region.level == VILLAGE


def overview(code: str, election: Election, measure: Measure) -> Overview:
    """The page of `code`. Two statements at most. Raises `NotThere` outside the scope and for what is no region."""
    if not is_code(code) or not current().covers(code):
        raise NotThere
    level = level_of(code)
    if level >= KABKOTA:
        rows, asked = _near(code, level, election)
        return replace(_arranged(code, rows, election, measure), asks_training=asked)
    found = sums(election.id)
    rows, asked = _far(code, found)
    seen = replace(_arranged(code, rows, election, measure), asks_training=asked)
    return seen if level else replace(seen, kabupaten=_unnamed(found, election, measure))


Row = tuple[Region, Numbers]
Rows = tuple[list[Row], bool]  # with whether a training is asked for


def _near(code: str, level: int, election: Election) -> Rows:
    """Everything in a kabupaten, exact: one statement over its kelurahan rows."""
    day = local_day(now(), offset_of(code))
    found = (
        select(Region, VillageCount, VillageDay.stations, asks_training(code).label("asked"))
        .outerjoin(
            VillageCount,
            and_(VillageCount.region_code == Region.code, VillageCount.election_id == election.id),
        )
        .outerjoin(
            VillageDay,
            and_(
                VillageDay.region_code == Region.code,
                VillageDay.election_id == election.id,
                VillageDay.day == day,
            ),
        )
        .where(or_(within(Region.code, code), Region.code.in_(lineage(code))))
        .order_by(Region.code)
    )
    rows = db.session.execute(found).all()
    counted = [(region, _numbers(count, present)) for region, count, present, _asked in rows]
    return _rolled_up(counted, level), _is_asked(rows)


def _numbers(count: VillageCount | None, present: int | None) -> Numbers:
    if count is None:
        return NOTHING
    return Numbers(
        count.stations,
        count.one_witness,
        count.two_witnesses,
        count.full,
        count.volunteers,
        count.trained,
        count.version,
        present or 0,
    )


def _rolled_up(rows: Sequence[Row], level: int) -> list[Row]:
    """Add the villages up for every region of the list from `level` down."""
    sums: dict[str, Numbers] = {}
    for region, numbers in rows:
        if region.level == VILLAGE:
            for code in lineage(region.code)[level:]:
                sums[code] = sums.get(code, NOTHING) + numbers
    return [(region, sums.get(region.code, NOTHING)) for region, _own in rows]


def _far(code: str, found: Mapping[str, Numbers]) -> Rows:
    """The nation or a province with its direct children, from the sums of all kabupaten."""
    rolled: dict[str, Numbers] = {}
    for kota, numbers in found.items():
        for step in lineage(kota):
            rolled[step] = rolled.get(step, NOTHING) + numbers
    wanted = or_(Region.parent_code == code, Region.code.in_(lineage(code)))
    below = select(Region, asks_training(code).label("asked")).where(wanted).order_by(Region.code)
    rows = db.session.execute(below).all()
    return [(one, rolled.get(one.code, NOTHING)) for one, _asked in rows], _is_asked(rows)


def _is_asked(rows: Sequence[Any]) -> bool:
    """Said once for all, in every row."""
    return bool(rows and rows[0].asked)


def _unnamed(found: Mapping[str, Numbers], election: Election, measure: Measure) -> list[Part]:
    target = election.volunteer_target
    return [Part(code, "", KABKOTA, n, n.share(measure, target)) for code, n in found.items()]


def _arranged(code: str, rows: Iterable[Row], election: Election, measure: Measure) -> Overview:
    level = level_of(code)
    scope = current()
    parts: dict[str, Part] = {}
    above: list[tuple[str, str]] = []
    for region, numbers in rows:
        if region.level < level:
            above.append((region.code, region.name))
        elif region.code == code or not region.retired or numbers.stations:
            parts[region.code] = _part(region, numbers, election, measure)
    if code not in parts:
        raise NotThere
    own = parts[code]
    villages = [part for part in parts.values() if part.level == VILLAGE and part is not own]
    return Overview(
        region=own,
        trail=[step for step in sorted(above, key=lambda step: level_of(step[0])) if scope.covers(step[0])],
        parts=worst_first([part for part in parts.values() if part.level == level + 1]),
        villages=villages,
        election=election,
        measure=measure,
        unknown=sorted(part.name for part in villages if part.share.rate is None),
    )


def _part(region: Region, numbers: Numbers, election: Election, measure: Measure) -> Part:
    share = numbers.share(measure, election.volunteer_target)
    return Part(region.code, region.name, region.level, numbers, share, region.lat, region.lng)


def worst_first(parts: Iterable[Part]) -> list[Part]:
    """Ranked from 1: lowest rate first (nothing known counts as nothing there), then most missing, then by name."""
    ordered = sorted(parts, key=lambda one: (one.share.rate or 0.0, -one.share.missing, one.name, one.code))
    return [replace(one, rank=rank) for rank, one in enumerate(ordered, 1)]


def level_word(level: int) -> str:
    """What the parts of this level are called."""
    return (_("Negara"), _("Provinsi"), _("Kabupaten/kota"), _("Kecamatan"), _("Kelurahan/desa"))[level]

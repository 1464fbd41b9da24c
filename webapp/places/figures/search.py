"""Choosing a place: by its name with the parents shown, or by walking down the tree. Never free text.

Regions and the TPS register are visible to everybody who is signed in, so nothing here is bound to a scope;
`within` only keeps the offer to what somebody may use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select, true

from webapp.places.figures.terms import Terms, away, terms_of
from webapp.places.figures.tree import (
    above,
    in_use,
    names_of,
    parent,
    top,
    under_words,
    with_parents,
)
from webapp.places.models import NATION, Election, Region, Station
from webapp.places.rules import codes
from webapp.places.rules.scope import Scope
from webapp.plumbing.database import db, within

TPS = 5  # the level below the villages
LIMIT = 20
GROUP = 50  # TPS shown at once

Row = Any


@dataclass(frozen=True)
class Place:
    """Something to choose. `value` is what a form posts; `pick` says whether it may be chosen or only entered."""

    code: str
    name: str
    under: str
    level: int
    region_code: str
    deeper: bool = False
    pick: bool = True
    station_id: int | None = None
    station_number: int | None = None

    @property
    def value(self) -> str:
        """A wilayah code, or tps-<id>."""
        return self.code


@dataclass(frozen=True)
class Choice:
    """What the picker shows."""

    choices: Sequence[Place]
    trail: Sequence[tuple[str, str]] = ()
    query: str = ""
    chosen: Place | None = None
    last: Place | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The picker macro's own words for it."""
        return {name: getattr(self, name) for name in ("chosen", "last", "choices", "trail", "query")}


@dataclass(frozen=True)
class _Offer:
    within: Scope | None
    down_to: int
    at_least: int
    near: str = NATION

    def place(self, row: Row) -> Place:
        region: Region = row[0]
        return Place(
            code=region.code,
            name=region.name,
            under=under_words(row),
            level=region.level,
            region_code=region.code,
            deeper=region.level < self.down_to,
            pick=self.at_least <= region.level <= self.down_to,
        )

    @property
    def inside(self) -> ColumnElement[bool]:
        if self.within is None or self.within.whole:
            return true()
        return or_(false(), *(within(Region.code, code) for code in self.within.codes))

    def covers(self, code: str) -> bool:
        return self.within is None or self.within.covers(code)


def choose(
    args: Mapping[str, str],
    *,
    within: Scope | None = None,
    down_to: int = codes.VILLAGE,
    at_least: int = codes.PROVINCE,
    chosen: Place | None = None,
    last: Place | None = None,
    near: str = NATION,
) -> Choice:
    """What to offer for `?cari=` or `?di=`, at most three statements; levels are those of `codes`, and `TPS`.

    A search gives at most 20 places whose names begin with the words, the best first; words may also name parents,
    and what kind of place it is. A code finds its region.
    Of places that fit the words alike, those around `near` stand first.
    """
    offer = _Offer(within, down_to, at_least, near)
    query = " ".join(args.get("cari", "").split())[:80]
    if query:
        return Choice(_search(query, offer), (), query, chosen, last)
    at, start = _opened(args.get("di", ""), offer)
    if at is None:
        return Choice(_tops(offer), (), "", chosen, last)
    trail = _trail(at, offer)
    choices = _stations(at, start, trail) if codes.is_village(at) else _parts(at, offer)
    return Choice(choices, trail, "", chosen, last)


def place_from(value: str | None) -> Place | None:
    """The place that a form's value names; None for anything unknown, retired or garbled."""
    value = (value or "").strip()
    number = value.removeprefix("tps-")
    if number != value:
        return (
            place_of(station_id=int(number))
            if number.isascii() and number.isdecimal() and len(number) < 10
            else None
        )
    return place_of(region_code=value) if codes.is_code(value) else None


def place_of(region_code: str | None = None, station_id: int | None = None) -> Place | None:
    """A stored place in words: a TPS if there is one, else the region. One statement."""
    if station_id is not None:
        return _station(station_id)
    if region_code is None:
        return None
    row = db.session.execute(with_parents().where(Region.code == region_code, in_use())).first()
    return _Offer(None, codes.VILLAGE, 0).place(row) if row else None


def _parts(code: str, offer: _Offer) -> list[Place]:
    """What lies in a region, and first the region itself, for those who want just that."""
    found = with_parents().where(or_(Region.parent_code == code, Region.code == code), in_use())
    rows = db.session.execute(found.order_by(Region.level, Region.name, Region.code))
    places = [offer.place(row) for row in rows]
    return [
        replace(one, deeper=False) if one.code == code else one
        for one in places
        if one.code != code or one.pick
    ]


def _tops(offer: _Offer) -> list[Place]:
    """Where walking down begins for somebody with several regions."""
    mine = offer.within.codes if offer.within else ()
    found = with_parents().where(Region.code.in_(mine))
    return [offer.place(row) for row in db.session.execute(found.order_by(Region.code))]


def _opened(asked: str, offer: _Offer) -> tuple[str | None, int]:
    """Which region is open, and from which TPS on; None when the tops are to be shown."""
    code, _slash, start = asked.partition("/")
    if codes.is_code(code) and codes.level_of(code) < offer.down_to and offer.covers(code):
        return code, int(start) if start.isdecimal() and len(start) < 6 else 0
    if offer.within is None or offer.within.whole or NATION in offer.within.codes:
        return NATION, 0
    only = offer.within.codes[0] if len(offer.within.codes) == 1 else None
    return (only, 0) if only and codes.level_of(only) < offer.down_to else (None, 0)


def _trail(code: str, offer: _Offer) -> list[tuple[str, str]]:
    line = [step for step in codes.lineage(code) if offer.covers(step)]
    known = names_of(line)
    return [(step, known[step]) for step in line if step in known]


def _search(query: str, offer: _Offer) -> list[Place]:
    if coded := _coded(query, offer):
        return coded
    terms = terms_of(query)
    if not terms.words:
        return []
    rows = db.session.execute(_ranked(terms, offer)).all()
    if not rows and (looser := terms.looser):
        rows = db.session.execute(_ranked(looser, offer)).all()
    number = terms.station_among(row[0].search_name for row in rows) if offer.down_to == TPS else None
    stations = _numbered(rows, number) if number is not None else []
    return stations or [offer.place(row) for row in rows]


def _coded(query: str, offer: _Offer) -> list[Place]:
    """The region whose code was typed, with or without its dots, alone or beside words."""
    code = codes.with_dots(query) or codes.mentioned(query)
    if code is None or codes.level_of(code) > offer.down_to:
        return []
    row = db.session.execute(with_parents().where(Region.code == code, offer.inside, in_use())).first()
    return [offer.place(row)] if row else []


def _ranked(terms: Terms, offer: _Offer) -> Select[*tuple[Any, ...]]:
    own = literal(" ") + Region.search_name
    line = [own, *(literal(" ") + func.coalesce(one.search_name, "") for one in (parent, above, top))]
    return (
        with_parents()
        .outerjoin(top, top.code == above.parent_code)
        .where(terms.own(own), *terms.anywhere(line))
        .where(Region.level.between(1, min(offer.down_to, codes.VILLAGE)), offer.inside, in_use())
        .order_by(Region.retired, *terms.ranks(Region.search_name))
        .order_by(away(offer.near), Region.level, Region.name, Region.code)
        .limit(LIMIT)
    )


def _register() -> Select[*tuple[Any, ...]]:
    """The TPS of the current election."""
    return (
        select(Station)
        .join(Election)
        .where(Election.current, Station.retired.is_(False))
        .order_by(Station.number)
    )


def _numbered(rows: Sequence[Row], number: int) -> list[Place]:
    """Kapuk 12: TPS 012 of the villages that were found."""
    by_code = {row[0].code: row for row in rows if row[0].level == codes.VILLAGE}
    found = db.session.scalars(_register().where(Station.village_code.in_(by_code), Station.number == number))
    places = {one.village_code: _tps(one, f"{_name(by_code, one)}") for one in found}
    return [places[code] for code in by_code if code in places]


def _name(rows: Mapping[str, Row], station: Station) -> str:
    row = rows[station.village_code]
    return f"{row[0].name} · {under_words(row)}"


def _stations(village: str, start: int, trail: Sequence[tuple[str, str]]) -> list[Place]:
    """The TPS of a village; first their groups where there are many."""
    under = ", ".join(name for _code, name in reversed(trail[-2:]))
    found = list(db.session.scalars(_register().where(Station.village_code == village)))
    if len(found) <= GROUP:
        return [_tps(one, under) for one in found]
    groups = [found[first : first + GROUP] for first in range(0, len(found), GROUP)]
    if start:
        return [
            _tps(one, under)
            for group in groups
            if group[0].number <= start <= group[-1].number
            for one in group
        ]
    return [_group(village, group, under) for group in groups]


def _group(village: str, group: Sequence[Station], under: str) -> Place:
    words = f"TPS {group[0].number:03}–{group[-1].number:03}"
    return Place(f"{village}/{group[0].number}", words, under, TPS, village, deeper=True, pick=False)


def _tps(station: Station, under: str) -> Place:
    return Place(
        code=f"tps-{station.id}",
        name=station.label,
        under=under,
        level=TPS,
        region_code=station.village_code,
        station_id=station.id,
        station_number=station.number,
    )


def _station(station_id: int) -> Place | None:
    found = with_parents().add_columns(Station).join(Station, Station.village_code == Region.code)
    row = db.session.execute(found.where(Station.id == station_id, Station.retired.is_(False))).first()
    if row is None:
        return None
    return _tps(row[5], f"{row[0].name} · {under_words(row)}")

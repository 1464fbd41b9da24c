"""Sums of all kabupaten, for what lies above them: one GROUP BY over the kelurahan rows, kept two seconds.

They are the same for every viewer; who may see which part is judged by the page before it asks for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from webapp.coverage.rules.measures import Numbers
from webapp.places.models import VillageCount, VillageDay
from webapp.places.rules.scope import everywhere
from webapp.places.rules.zones import PROVINCES, WIB, WIT, WITA
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db

KEEP = 2.0  # seconds
Days = tuple[date, date, date]
Key = tuple[int, Days]
KABUPATEN = 5  # signs of its code
KEPT = ("stations", "one_witness", "two_witnesses", "full", "volunteers", "trained", "version")
_kept: dict[Key, tuple[float, dict[str, Numbers]]] = {}
_turn = threading.Lock()


def sums(election_id: int) -> dict[str, Numbers]:
    """Kabupaten or kota code to its numbers. At most one statement."""
    days = today()
    key = (election_id, days)
    with _turn:
        kept = _kept.get(key)
        if kept is None or time.monotonic() - kept[0] > KEEP:
            kept = (time.monotonic(), _summed(*key))
            _forget_old()
            _kept[key] = kept
    return kept[1]


def today() -> Days:
    """The calendar day in the three zones, from the west."""
    moment = now()
    return local_day(moment, WIB), local_day(moment, WITA), local_day(moment, WIT)


def forget() -> None:
    """Drop what is kept, e.g. because the database is another one now."""
    with _turn:
        _kept.clear()


def _forget_old() -> None:
    for key in [key for key, (at, _found) in _kept.items() if time.monotonic() - at > KEEP]:
        del _kept[key]


def _summed(election_id: int, days: Days) -> dict[str, Numbers]:
    """Both tables are grouped first and joined then: a join row by row takes three times as long."""
    counted = _by_kabupaten(VillageCount, election_id, KEPT).subquery()
    checked_in = _by_kabupaten(VillageDay, election_id, ("stations",))
    present = checked_in.where(VillageDay.day == day_at(VillageDay.region_code, days)).subquery()
    found = select(counted, func.coalesce(present.c.stations, 0)).outerjoin(
        present, present.c.kabupaten == counted.c.kabupaten
    )
    with everywhere("sums above the kelurahan are the same for all who may see them"):
        return {row[0]: Numbers(*map(int, row[1:])) for row in db.session.execute(found)}


def _by_kabupaten(model: Any, election_id: int, columns: Sequence[str]) -> Select[*tuple[Any, ...]]:
    top = func.substr(model.region_code, 1, KABUPATEN).label("kabupaten")
    summed = (func.sum(getattr(model, name)).label(name) for name in columns)
    return select(top, *summed).where(model.election_id == election_id).group_by("kabupaten")


def day_at(code: Any, days: Days) -> date | ColumnElement[date]:
    """The local day where the column `code` says; one value for most of the day."""
    wib, wita, wit = days
    if wib == wit:
        return wib
    province = func.substr(code, 1, 2)

    def of(zone: int) -> list[str]:
        return [code for code, offset in PROVINCES.items() if offset == zone]

    return case((province.in_(of(WITA)), wita), (province.in_(of(WIT)), wit), else_=wib)

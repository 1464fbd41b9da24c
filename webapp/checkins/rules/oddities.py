"""What is odd about a check-in: its clock, and whether one person can have been in both places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.checkins.models import CheckIn, Oddity
from webapp.plumbing.geo import metres_between

TWICE_WITHIN = timedelta(minutes=5)
APART_WITHIN = timedelta(minutes=30)  # in two kecamatan
WINDOW = timedelta(hours=2)  # check-ins further from each other are never compared
FASTEST_KMH = 120
SLACK_KM = 0.5
PAIRED = Oddity.TWICE | Oddity.APART
KECAMATAN_SIGNS = 8


@dataclass
class Beside:
    """A check-in as far as its neighbours in time are judged by it; `id` None for one that is not yet kept."""

    region_code: str
    happened_at: datetime
    lat: float | None
    lng: float | None
    accuracy: int | None
    oddities: int
    id: int | None = None


Seen = CheckIn | Beside


def compare(row: CheckIn, others: Iterable[CheckIn]) -> int:
    """What is odd about `row` beside the others of the same person."""
    found = Oddity(0)
    for other in others:
        found |= _pair(row, other)
    return int(found)


def flag_both(row: Seen, others: Iterable[Seen]) -> None:
    """Flag `row`, which is new, and each of the others with which it does not go together."""
    for other in others:
        found = _pair(row, other)
        row.oddities |= found
        if other.oddities | found != other.oddities:
            other.oddities |= found


def unflag(gone: CheckIn, others: list[CheckIn]) -> None:
    """Judge anew those that stood beside `gone`, which no longer counts."""
    for row in others:
        if _gap(row, gone) <= WINDOW and row.oddities & PAIRED:
            kept = row.oddities & ~PAIRED | compare(row, (other for other in others if other is not row))
            if kept != row.oddities:
                row.oddities = kept


def around(moment: datetime, reach: timedelta = WINDOW) -> tuple[datetime, datetime]:
    """From when to when somebody else's check-in can matter."""
    return moment - reach, moment + reach


def _pair(one: Seen, other: Seen) -> Oddity:
    gap = _gap(one, other)
    found = Oddity.TWICE if gap < TWICE_WITHIN else Oddity(0)
    elsewhere = gap < APART_WITHIN and _different_kecamatan(one.region_code, other.region_code)
    if elsewhere or (gap <= WINDOW and _too_far(one, other, gap)):
        found |= Oddity.APART
    return found


def _gap(one: Seen, other: Seen) -> timedelta:
    return abs(one.happened_at - other.happened_at)


def _different_kecamatan(one: str, other: str) -> bool:
    """Whether they surely differ: a posko of the whole kota may stand in any of its kecamatan."""
    one, other = one[:KECAMATAN_SIGNS], other[:KECAMATAN_SIGNS]
    return not (f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}."))


def _too_far(one: Seen, other: Seen, gap: timedelta) -> bool:
    if one.lat is None or one.lng is None or other.lat is None or other.lng is None:
        return False
    way = metres_between(one.lat, one.lng, other.lat, other.lng) / 1000
    unsure = ((one.accuracy or 0) + (other.accuracy or 0)) / 1000 + SLACK_KM
    return way - unsure > FASTEST_KMH * gap.total_seconds() / 3600

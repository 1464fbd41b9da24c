"""One person a screen name: who was there during a session, from when on, and how long. Rejoining counts once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _

from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.rules.zoom.reading import MOST_NAMES, BadList, Stay
from webapp.places.rules.names import fold


@dataclass(frozen=True)
class Shown:
    """One screen name: `join` is when it was first there (UTC; None: the file does not say), `joins` how often."""

    name: str
    join: datetime | None
    minutes: int
    joins: int


@dataclass(frozen=True)
class Gathered:
    """Who was there during the session, by name; and how many names were there only before or after."""

    shown: Sequence[Shown]
    outside: int


def gather(stays: Iterable[Stay], hours: Hours) -> Gathered:
    """Put the stays of each name together. Raises `BadList` when nobody was there during the session."""
    by_name: dict[str, list[Stay]] = {}
    for stay in stays:
        by_name.setdefault(fold(stay.name), []).append(stay)
    if len(by_name) > MOST_NAMES:
        raise BadList(_("Ada lebih dari 1.000 nama di berkas ini. Unduh daftar peserta satu rapat saja."))
    found = [one for some in by_name.values() if (one := _together(some, hours))]
    if not found:
        raise BadList(
            _("Tidak seorang pun di berkas ini ada pada jam sesi ini. Mungkin ini daftar rapat yang lain.")
        )
    return Gathered(sorted(found, key=lambda one: fold(one.name)), len(by_name) - len(found))


def _together(stays: Sequence[Stay], hours: Hours) -> Shown | None:
    timed = sorted((stay.join, stay.leave) for stay in stays if stay.join and stay.leave)
    if not timed:
        return Shown(stays[0].name, None, sum(stay.minutes for stay in stays), len(stays))
    inside = [
        (max(join, hours.opens_at), min(leave, hours.ends_at))
        for join, leave in timed
        if leave >= hours.starts_at and join <= hours.ends_at
    ]
    if not inside:
        return None
    return Shown(stays[0].name, inside[0][0], _minutes(inside), len(inside))


def _minutes(spans: Sequence[tuple[datetime, datetime]]) -> int:
    """Whole minutes in at least one of the spans, which come by their beginning."""
    total, until = timedelta(), spans[0][0]
    for start, end in spans:
        total += max(timedelta(), end - max(start, until))
        until = max(until, end)
    return round(total.total_seconds() / 60)

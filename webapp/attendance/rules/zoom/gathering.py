"""One person a key: who was there during a session, from when on, and how long. Rejoining counts once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import gettext as _

from webapp.attendance.rules.guests import same_guest
from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.rules.zoom.reading import MOST_NAMES, Listing, Stay
from webapp.attendance.rules.zoom.tables import BadList

OFFSETS = tuple(range(-12 * 60, 14 * 60 + 1, 60))  # minutes east of UTC: the zones that an account may have


class By(StrEnum):
    """What makes two lines of the file one person."""

    NAME = "nama"
    ACCOUNT = "surel"
    LINE = "baris"


@dataclass(frozen=True)
class Choice:
    """As what the keeper lets the file be read: zone of its hours (minutes east), key of a person, column of names."""

    offset: int
    by: By = By.NAME
    column: int = 0


@dataclass(frozen=True)
class Shown:
    """One person of the file: `join` is when she was first there (UTC; None: it does not say), `joins` how often.

    `accounts` is how many came under this name; `at_once`: some of her stays are at the same time.
    """

    name: str
    join: datetime | None
    minutes: int
    joins: int
    accounts: int = 0
    at_once: bool = False

    @property
    def certain(self) -> bool:
        """Whether nothing speaks for several people behind it."""
        return self.accounts < 2


@dataclass(frozen=True)
class Gathered:
    """Who was there during the session, by name; and how many were there only before or after."""

    shown: Sequence[Shown]
    outside: int


def gather(listing: Listing, choice: Choice, hours: Hours) -> Gathered:
    """Put the stays of each person together. Raises `BadList` when there are more than can be looked through."""
    people = _people(listing, choice)
    if len(people) > MOST_NAMES:
        raise BadList(_("Ada lebih dari 1.000 nama di berkas ini. Unduh daftar peserta satu rapat saja."))
    shift = timedelta(minutes=0 if listing.zoned else listing.offset - choice.offset)
    found = [one for some in people if (one := _together(some, choice.column, hours, shift))]
    return Gathered(
        sorted(found, key=lambda one: (same_guest(one.name), one.join or hours.opens_at)),
        len(people) - len(found),
    )


def zones(listing: Listing, choice: Choice, hours: Hours) -> Mapping[int, int]:
    """For each zone in which the hours of the file may be meant: how many were then there during the session."""
    if listing.zoned or not any(stay.join for stay in listing.stays):
        return {}
    people = _people(listing, choice)
    return {
        offset: n
        for offset in OFFSETS
        if (n := _there(people, hours, timedelta(minutes=listing.offset - offset)))
    }


def refuse_another_meeting(listing: Listing, choice: Choice, found: Gathered, hours: Hours) -> None:
    """Raise `BadList` when nobody was there during the session, in whatever zone."""
    if not found.shown and not zones(listing, choice, hours):
        raise BadList(
            _("Tidak seorang pun di berkas ini ada pada jam sesi ini. Mungkin ini daftar rapat yang lain.")
        )


def _people(listing: Listing, choice: Choice) -> list[list[Stay]]:
    found: dict[Hashable, list[Stay]] = {}
    for number, stay in enumerate(listing.stays):
        found.setdefault(_key(stay, number, choice), []).append(stay)
    return list(found.values())


def _key(stay: Stay, number: int, choice: Choice) -> Hashable:
    if choice.by is By.LINE:
        return number
    if choice.by is By.ACCOUNT and stay.account is not None:
        return stay.account
    return same_guest(stay.name(choice.column))


def _there(people: Iterable[Sequence[Stay]], hours: Hours, shift: timedelta) -> int:
    return sum(any(_inside(stay, hours, shift) for stay in stays) for stays in people)


def _inside(stay: Stay, hours: Hours, shift: timedelta) -> tuple[datetime, datetime] | None:
    if not (stay.join and stay.leave):
        return None
    join, leave = stay.join + shift, stay.leave + shift
    if leave < hours.starts_at or join > hours.ends_at:
        return None
    return max(join, hours.opens_at), min(leave, hours.ends_at)


def _together(stays: Sequence[Stay], column: int, hours: Hours, shift: timedelta) -> Shown | None:
    name, accounts = stays[0].name(column), len({stay.account for stay in stays} - {None})
    if not any(stay.join for stay in stays):
        return Shown(name, None, sum(stay.minutes for stay in stays), len(stays), accounts)
    inside = sorted(span for stay in stays if (span := _inside(stay, hours, shift)))
    if not inside:
        return None
    return Shown(name, inside[0][0], _minutes(inside), len(inside), accounts, _at_once(inside))


def _minutes(spans: Sequence[tuple[datetime, datetime]]) -> int:
    """Whole minutes in at least one of the spans, which come by their beginning."""
    total, until = timedelta(), spans[0][0]
    for start, end in spans:
        total += max(timedelta(), end - max(start, until))
        until = max(until, end)
    return round(total.total_seconds() / 60)


def _at_once(spans: Sequence[tuple[datetime, datetime]]) -> bool:
    """Whether one begins a minute or more before another ends: a phone that changes its line comes back sooner."""
    until = spans[0][1]
    for start, end in spans[1:]:
        if until - start > timedelta(minutes=1):
            return True
        until = max(until, end)
    return False

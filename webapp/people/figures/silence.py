"""Who is out of touch: people whose phone has not been heard for a while, or holds what it could not send yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select

from webapp.people.models import Account, DeviceSession, Person
from webapp.people.rules.naming import holding, words_of
from webapp.places.models import Region
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

PAGE = 100
HOURS = (2, 6, 24)
USUAL = 6


@dataclass(frozen=True)
class Quiet:
    """One person whose phones are out of touch. `since` is the older of the last contact and the oldest held."""

    person_id: int
    name: str
    place: str
    last_contact_at: datetime
    held: int
    oldest_at: datetime | None
    since: datetime

    @property
    def hours(self) -> int:
        """For how many whole hours already."""
        return max(0, int((now() - self.since).total_seconds() // 3600))


@dataclass(frozen=True)
class Silence:
    """One page of those out of touch (the last one at most), and how many there are for each border in hours.

    All of these are among the `signed_in`; `never` counts those with an account who have never signed in at all.
    """

    people: Sequence[Quiet]
    counts: Mapping[int, int]
    total: int
    page: int
    first: int
    signed_in: int = 0
    never: int = 0

    @property
    def last(self) -> int:
        """The number of the last person shown."""
        return self.first + len(self.people) - 1 if self.people else 0


def out_of_touch(hours: int, query: str = "", page: int = 1) -> Silence:
    """Those of the bound scope, whoever holds something unsent first, then the longest silent. Two statements."""
    told = _heard(query).subquery()
    counts, signed_in, never = _counts(told, query)
    page = min(page, -(-counts[hours] // PAGE) or 1)
    start = (page - 1) * PAGE
    rows = db.session.execute(_page(told, hours).offset(start).limit(PAGE)).all() if counts[hours] else []
    people = [Quiet(*row) for row in rows]
    first = start + 1 if people else 0
    return Silence(people, counts, counts[hours], page, first, signed_in, never)


def holding_for(hours: int = USUAL) -> Select[int]:
    """How many people of the bound scope hold something that is older than `hours`: one number, to be asked."""
    border = now() - timedelta(hours=hours)
    phones = select(Account.person_id).join(DeviceSession, DeviceSession.account_id == Account.id)
    phones = phones.where(
        DeviceSession.held_oldest_at < border, DeviceSession.revoked_at.is_(None), Account.active
    )
    return (
        select(func.count()).select_from(Person).where(Person.withdrawn_at.is_(None), Person.id.in_(phones))
    )


def _signed_in() -> list[ColumnElement[bool]]:
    return [DeviceSession.revoked_at.is_(None), Account.active.is_(True), Person.withdrawn_at.is_(None)]


def _heard(query: str) -> Select[*tuple[Any, ...]]:
    """Every person with a signed-in device, and what all those devices together have told."""
    return (
        select(
            Person.id,
            Person.name,
            Person.region_code,
            func.max(DeviceSession.last_seen_at).label("heard_at"),
            func.sum(DeviceSession.held).label("held"),
            func.min(DeviceSession.held_oldest_at).label("oldest_at"),
        )
        .select_from(Person)
        .join(Account)
        .join(DeviceSession)
        .where(*_signed_in(), *holding(words_of(query)))
        .group_by(Person.id, Person.name, Person.region_code)
    )


def _counts(told: Subquery, query: str) -> tuple[dict[int, int], int, int]:
    """How many are out of touch for longer than each border, how many are signed in, and how many never were."""
    sums = [func.coalesce(func.sum(case((_before(told, hours), 1), else_=0)), 0) for hours in HOURS]
    never = (
        select(func.count(Person.id))
        .join(Account)
        .where(Account.active, Account.last_sign_in_at.is_(None), Person.withdrawn_at.is_(None))
        .where(Person.id.not_in(select(told.c.id)), *holding(words_of(query)))
    )
    counted = select(*sums, func.count(told.c.id), never.scalar_subquery()).select_from(told)
    *late, signed_in, waiting = map(int, db.session.execute(counted).one())
    return dict(zip(HOURS, late, strict=True)), signed_in, waiting


def _page(told: Subquery, hours: int) -> Select[*tuple[Any, ...]]:
    since = case((told.c.oldest_at < told.c.heard_at, told.c.oldest_at), else_=told.c.heard_at)
    return (
        select(told.c.id, told.c.name, Region.name, told.c.heard_at, told.c.held, told.c.oldest_at, since)
        .join(Region, Region.code == told.c.region_code)
        .where(_before(told, hours))
        .order_by((told.c.held > 0).desc(), since, told.c.id)
    )


def _before(told: Subquery, hours: int) -> ColumnElement[bool]:
    border = now() - timedelta(hours=hours)
    return or_(told.c.heard_at < border, told.c.oldest_at < border)

"""Groups with how many belong to them, the members of one, and the groups of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from webapp.people.models import Group, Membership, Person
from webapp.people.rules.naming import holding, words_of
from webapp.places.models import Region
from webapp.places.rules.scope import current
from webapp.plumbing.database import db

PAGE = 50
FOUND = 12
named = Person.__table__


@dataclass(frozen=True)
class GroupLine:
    """One group in a list. `members` counts who belongs to it now."""

    id: int
    name: str
    place: str
    members: int
    ended_at: datetime | None


@dataclass(frozen=True)
class Listing:
    """One page of the groups of a scope."""

    lines: Sequence[GroupLine]
    total: int
    page: int
    ended: int

    @property
    def first(self) -> int:
        """Number of the first line shown; 0 when there is none."""
        return (self.page - 1) * PAGE + 1 if self.lines else 0

    @property
    def last(self) -> int:
        """Number of the last line shown."""
        return self.first + len(self.lines) - 1 if self.lines else 0


@dataclass(frozen=True)
class Member:
    """Somebody in a group. `near`: lives where the viewer answers, and has a page that the viewer may open."""

    membership_id: int
    person_id: int
    name: str
    place: str
    since: datetime
    near: bool


@dataclass(frozen=True)
class Someone:
    """Somebody who may be added; `inside`: is a member already."""

    person_id: int
    name: str
    place: str
    inside: bool


def listed(query: str, page: int, *, ended: bool = False) -> Listing:
    """The groups of the scope whose name holds these words, by name. Two statements."""
    holds = holding(words_of(query), Group.search_name)
    over = Group.ended_at.is_not(None)
    count = select(func.count().filter(over), func.count().filter(~over)).select_from(Group).where(*holds)
    gone, there = db.session.execute(count).one()
    members = _members_of(Group.id == Membership.group_id)
    found = (
        select(Group.id, Group.name, Region.name, members, Group.ended_at)
        .join(Region, Region.code == Group.region_code)
        .where(over if ended else ~over, *holds)
        .order_by(Group.search_name, Group.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    lines = [GroupLine(*row) for row in db.session.execute(found)]
    return Listing(lines, gone if ended else there, page, gone)


def members_of(group_id: int, page: int) -> tuple[list[Member], int]:
    """Who belongs to a group of the scope, by name, a page of them, and how many do. Two statements.

    The names come from the bare table: whoever answers for the group knows its members, wherever they live.
    """
    total = db.session.scalar(
        select(func.count()).where(Membership.group_id == group_id, Membership.until.is_(None))
    )
    found = (
        select(Membership.id, named.c.id, named.c.name, Region.name, Membership.since, named.c.region_code)
        .join(named, named.c.id == Membership.person_id)
        .join(Region, Region.code == named.c.region_code)
        .where(Membership.group_id == group_id, Membership.until.is_(None))
        .order_by(named.c.search_name, Membership.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    covers = current().covers
    rows = db.session.execute(found)
    return [Member(row[0], row[1], row[2], row[3], row[4], covers(row[5])) for row in rows], total or 0


def who_may_join(group_id: int, query: str) -> list[Someone]:
    """People of the scope, with consent, by words of their name; `inside` says who belongs already. One statement."""
    words = words_of(query)
    if not words:
        return []
    inside = (
        select(Membership.id)
        .where(Membership.group_id == group_id, Membership.person_id == Person.id, Membership.until.is_(None))
        .exists()
    )
    holds = holding(words)
    begins = Person.search_name.startswith(words[0], autoescape=True)
    found = (
        select(Person.id, Person.name, Region.name, inside)
        .join(Region, Region.code == Person.region_code)
        .where(Person.withdrawn_at.is_(None), *holds)
        .order_by(begins.desc(), Person.search_name, Person.id)
        .limit(FOUND)
    )
    return [Someone(*row) for row in db.session.execute(found)]


def groups_of(person_id: int) -> list[GroupLine]:
    """The active groups of the scope that somebody belongs to, by name. One statement."""
    other = _members_of(Group.id == Membership.group_id)
    mine = select(Membership.group_id).where(Membership.person_id == person_id, Membership.until.is_(None))
    found = (
        select(Group.id, Group.name, Region.name, other, Group.ended_at)
        .join(Region, Region.code == Group.region_code)
        .where(Group.id.in_(mine), Group.ended_at.is_(None))
        .order_by(Group.search_name, Group.id)
    )
    return [GroupLine(*row) for row in db.session.execute(found)]


def membership_of(membership_id: int | None, group_id: int) -> tuple[str, bool] | None:
    """Whose membership of this group it is and whether it lasts, for saying what was just done. One statement."""
    if membership_id is None:
        return None
    found = (
        select(named.c.name, Membership.until.is_(None))
        .join(Membership, Membership.person_id == named.c.id)
        .where(Membership.id == membership_id, Membership.group_id == group_id)
    )
    row = db.session.execute(found).one_or_none()
    return (row[0], row[1]) if row is not None else None


def _members_of(where: ColumnElement[bool]) -> ColumnElement[int]:
    counted = select(func.count(Membership.id)).where(where, Membership.until.is_(None))
    return counted.correlate(Group).scalar_subquery()

"""The users of a region: found, counted and shown, four statements however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from webapp.people.models import Account, Mandate, Person
from webapp.people.rules.limits import locked_accounts
from webapp.people.rules.naming import holding, words_of
from webapp.people.rules.permissions import Role
from webapp.people.rules.phones import BadPhone, masked, phone_of, search_digits
from webapp.people.rules.viewer import in_force
from webapp.places.models import Region
from webapp.places.rules.codes import is_code, lineage
from webapp.places.rules.scope import current
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db, within

PAGE = 50
LAST_DIGITS = 4  # as many as a masked number shows


class State(StrEnum):
    """What the list can be narrowed to, and what each line says."""

    ACTIVE = "aktif"
    NEVER = "belum"
    LOCKED = "terkunci"
    OFF = "nonaktif"


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; everything empty means all."""

    query: str = ""
    role: Role | None = None
    region_code: str = ""
    state: State | None = None
    page: int = 1


@dataclass(frozen=True)
class Line:
    """One user as the list shows them: the number masked, one office of perhaps several."""

    id: int
    name: str
    phone: str
    role: Role | None
    place: str
    more: int
    last_sign_in_at: datetime | None
    state: State


@dataclass(frozen=True)
class Listing:
    """One page of users, how many there are in each state, and the regions to narrow to."""

    lines: Sequence[Line]
    counts: Mapping[str, int]
    total: int
    first: int
    regions: Sequence[tuple[str, str]]

    @property
    def last(self) -> int:
        """The number of the last line shown."""
        return self.first + len(self.lines) - 1 if self.lines else 0


def listed(wanted: Wanted) -> Listing:
    """The users of the bound scope. Four statements."""
    counts = _counts(wanted)
    total = counts[wanted.state or "semua"]
    start = (max(1, wanted.page) - 1) * PAGE
    rows = db.session.execute(_page(wanted, start)).all()
    offices = _offices(person.id for person, _account, _place, _locked in rows)
    lines = [
        _line(person, account, place, locked, offices.get(person.id, []))
        for person, account, place, locked in rows
    ]
    return Listing(lines, counts, total, start + 1 if lines else 0, _regions(wanted.region_code))


def state_of(account: Account, locked: bool) -> State:
    """The one word for an account."""
    if not account.active:
        return State.OFF
    if locked:
        return State.LOCKED
    return State.ACTIVE if account.last_sign_in_at else State.NEVER


def account_of(person_id: int) -> tuple[Account | None, bool]:
    """The account of a person, if there is one, and whether too many failures lock it now."""
    row = db.session.execute(select(Account, _locked()).where(Account.person_id == person_id)).one_or_none()
    return (row[0], bool(row[1])) if row else (None, False)


def _locked() -> ColumnElement[bool]:
    return and_(Account.active, Account.id.in_(locked_accounts()))


def _never() -> ColumnElement[bool]:
    return and_(Account.active, Account.last_sign_in_at.is_(None))


def _counts(wanted: Wanted) -> dict[str, int]:
    def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    sums = select(func.count(), how_many(_never()), how_many(_locked()), how_many(~Account.active))
    found = sums.select_from(Person).join(Account, Account.person_id == Person.id).where(*_matching(wanted))
    row = db.session.execute(found).one()
    words = ("semua", State.NEVER, State.LOCKED, State.OFF)
    return dict(zip(words, (int(number) for number in row), strict=True)) | {State.ACTIVE: 0}


def _page(wanted: Wanted, start: int) -> Select[Person, Account, str, bool]:
    found = (
        select(Person, Account, Region.name, _locked())
        .select_from(Person)
        .join(Account, Account.person_id == Person.id)
        .join(Region, Region.code == Person.region_code)
        .where(*_matching(wanted))
    )
    match wanted.state:
        case State.NEVER:
            found = found.where(_never())
        case State.LOCKED:
            found = found.where(_locked())
        case State.OFF:
            found = found.where(~Account.active)
    return found.order_by(Person.search_name, Person.id).limit(PAGE).offset(start)


def _matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    digits = search_digits(wanted.query)
    if digits:
        conditions.append(_has_number(wanted.query, digits[0]))
    else:
        conditions += holding(words_of(wanted.query))
    if wanted.role:
        conditions.append(_holds(Mandate.role == wanted.role.value))
    if is_code(wanted.region_code):
        home = within(Person.region_code, wanted.region_code)
        conditions.append(or_(home, _holds(within(Mandate.region_code, wanted.region_code))))
    return conditions


def _has_number(typed: str, digits: str) -> ColumnElement[bool]:
    """Whole numbers and last four digits only: with any part of one a hidden number could be completed by trying."""
    try:
        whole = Account.phone == phone_of(typed)
    except BadPhone:
        whole = false()
    return or_(whole, Account.phone.endswith(digits)) if len(digits) == LAST_DIGITS else whole


def _holds(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    today = _today()
    running = or_(Mandate.until.is_(None), Mandate.until >= today)
    return exists().where(Mandate.person_id == Person.id, Mandate.since <= today, running, condition)


def _today() -> date:
    """The day by which the list is filtered: that of WIB; each line itself is judged by its own region's day."""
    return local_day(now())


def _offices(ids: Iterable[int]) -> dict[int, list[Mandate]]:
    held = select(Mandate).where(Mandate.person_id.in_(list(ids))).options(joinedload(Mandate.region))
    by_person: dict[int, list[Mandate]] = {}
    for mandate in in_force(db.session.scalars(held.order_by(Mandate.id))):
        by_person.setdefault(mandate.person_id, []).append(mandate)
    return by_person


def _line(person: Person, account: Account, place: str, locked: bool, offices: list[Mandate]) -> Line:
    order = tuple(Role)
    ranked = sorted(offices, key=lambda m: (order.index(Role(m.role)), len(m.region_code)))
    return Line(
        id=person.id,
        name=person.name,
        phone=masked(account.phone),
        role=Role(ranked[0].role) if ranked else None,
        place=ranked[0].region.name if ranked else place,
        more=max(0, len(ranked) - 1),
        last_sign_in_at=account.last_sign_in_at,
        state=state_of(account, locked),
    )


def _regions(chosen: str) -> list[tuple[str, str]]:
    """The way down to the chosen region inside the scope, itself, and its parts: what the filter offers."""
    scope = current()
    at = chosen if is_code(chosen) and scope.covers(chosen) else scope.top
    if at is None:
        return []
    line = [code for code in lineage(at) if scope.covers(code)]
    tops = [code for code in scope.codes if code not in line]
    offered = or_(Region.code.in_([*line, *tops]), and_(Region.parent_code == at, Region.retired.is_(False)))
    rows = db.session.execute(
        select(Region.code, Region.name).where(offered).order_by(Region.level, Region.code)
    )
    return [(row.code, row.name) for row in rows]

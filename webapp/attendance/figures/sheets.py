"""Sheets over time: what waits for review, what came back, and how the meeting before went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.attendance.figures.elsewhere import with_pairs
from webapp.attendance.figures.minutes import are_empty
from webapp.attendance.figures.rates import Rates
from webapp.attendance.models import (
    Correction,
    Invitation,
    Meeting,
    MeetingSession,
    ReviewEvent,
    Sheet,
    SheetState,
    Site,
    Status,
    Verdict,
)
from webapp.attendance.rules.four_eyes import has_part, reader
from webapp.attendance.rules.lines import named
from webapp.places.rules.scope import Scope, current, narrowed
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

PAGE = 50
WAITING = (SheetState.SUBMITTED,)
DONE = (SheetState.APPROVED, SheetState.LOCKED)
CAME = tuple(status for status in Status if status.came)
ACTOR = named.alias("actor")


@dataclass(frozen=True)
class Returned:
    """Why a sheet came back, and from whom."""

    reason: str
    by: str


@dataclass(frozen=True)
class SheetCard:
    """One sheet in a queue. Times are UTC; `keeper` handed it in; `wishes` are corrections that wait.

    `earlier_id` is the closed sheet of the same kind and region right before it; `odd` counts its rows with a flag.
    `own`: the reader has a part in keeping it, so another reviews it. `bare`: the minutes say nothing yet.
    """

    sheet_id: int
    version: int
    meeting_id: int
    title: str
    state: SheetState
    starts_at: datetime
    ends_at: datetime
    offset: int
    place: str | None
    head_count: int | None
    submitted_at: datetime | None
    keeper: str | None
    wishes: int
    earlier_id: int | None
    own: bool
    bare: bool
    odd: int
    rates: Rates

    @property
    def unfinished(self) -> bool:
        """Whether its session is not over."""
        return now() <= self.ends_at

    @property
    def heads_differ(self) -> bool:
        """Whether somebody counted, and the marks say otherwise."""
        return self.head_count not in (None, self.rates.came + self.rates.walk_ins)

    @property
    def may_be_plain(self) -> bool:
        """Whether it waits without an odd row: it may be approved with others, if `with_pairs` does not name it."""
        return self.state is SheetState.SUBMITTED and not (self.odd or self.heads_differ or self.own)


@dataclass(frozen=True)
class Event:
    """One step of a sheet's history, or the asking and deciding of a correction."""

    state: str
    by: str
    at: datetime
    reason: str | None


def to_review(scope: Scope, most: int = PAGE) -> list[SheetCard]:
    """Sheets that wait for a reviewer of `scope`; those handed in first stand first. One statement."""
    waiting = _cards().where(Sheet.state.in_(WAITING)).order_by(Sheet.submitted_at, Sheet.id)
    with narrowed(scope):
        return _read(waiting.limit(most))


def reviewed(scope: Scope, most: int = PAGE) -> list[SheetCard]:
    """Sheets that are approved, and then those that are locked; the newest first. One statement."""
    newest = (Sheet.state == SheetState.LOCKED, Sheet.submitted_at.desc(), Sheet.id.desc())
    found = _cards().where(Sheet.state.in_(DONE)).order_by(*newest)
    with narrowed(scope):
        return _read(found.limit(most))


def returned(scope: Scope) -> list[tuple[int, str, Returned]]:
    """Sheets of `scope` that came back: their id, title, reason. One statement."""
    newest = (
        select(func.max(ReviewEvent.version))
        .where(ReviewEvent.sheet_id == Sheet.id, ReviewEvent.state == SheetState.RETURNED)
        .correlate(Sheet)
        .scalar_subquery()
    )
    found = (
        select(Sheet.id, Meeting.title, ReviewEvent.reason, ACTOR.c.name)
        .join(Sheet, Sheet.meeting_id == Meeting.id)
        .join(ReviewEvent, and_(ReviewEvent.sheet_id == Sheet.id, ReviewEvent.version == newest))
        .join(ACTOR, ACTOR.c.id == ReviewEvent.actor_id)
        .where(Sheet.state == SheetState.RETURNED)
        .order_by(Sheet.id)
        .limit(PAGE)
    )
    with narrowed(scope):
        return [(row[0], row[1], Returned(row[2] or "", row[3])) for row in db.session.execute(found)]


def with_wishes(scope: Scope) -> list[SheetCard]:
    """Locked sheets with a correction that waits. One statement."""
    waits = select(Correction.sheet_id).where(Correction.accepted.is_(None))
    found = _cards().where(Sheet.id.in_(waits)).order_by(Sheet.id).limit(PAGE)
    with narrowed(scope):
        return _read(found)


def waiting(scope: Scope) -> list[SheetCard]:
    """All that waits for a reviewer: what was handed in, then what somebody else wants corrected. One statement."""
    of_others = (Correction.accepted.is_(None), Correction.asked_by != (scope.person_id or 0))
    wished = Sheet.id.in_(select(Correction.sheet_id).where(*of_others))
    order = (Sheet.state.in_(WAITING).desc(), Sheet.submitted_at, Sheet.id)
    found = _cards().where(or_(Sheet.state.in_(WAITING), wished)).order_by(*order).limit(PAGE)
    with narrowed(scope):
        return _read(found)


def earlier_cards(queue: Sequence[SheetCard]) -> dict[int, SheetCard]:
    """The sheet before each of the queue, by the id of the later one. One statement, none for an empty queue."""
    if not queue:
        return {}
    wanted = {card.earlier_id for card in queue if card.earlier_id}
    found = {card.sheet_id: card for card in _read(_cards().where(Sheet.id.in_(wanted)))}
    return {card.sheet_id: found[card.earlier_id] for card in queue if card.earlier_id in found}


def last_reason(sheet: Sheet) -> Returned | None:
    """The reason of the newest return of this sheet."""
    return reasons_of([sheet.id]).get(sheet.id)


def reasons_of(sheets: Collection[int]) -> dict[int, Returned]:
    """By sheet the reason of its newest return. One statement at most."""
    if not sheets:
        return {}
    found = (
        select(ReviewEvent.sheet_id, ReviewEvent.reason, ACTOR.c.name)
        .join(ACTOR, ACTOR.c.id == ReviewEvent.actor_id)
        .where(ReviewEvent.sheet_id.in_(sheets), ReviewEvent.reason.is_not(None))
        .order_by(ReviewEvent.version)
    )
    return {sheet: Returned(reason, by) for sheet, reason, by in db.session.execute(found)}


def history(sheet: Sheet) -> list[Event]:
    """Every step of a sheet, the oldest first."""
    found = (
        select(ReviewEvent.state, ACTOR.c.name, ReviewEvent.at, ReviewEvent.reason)
        .join(ACTOR, ACTOR.c.id == ReviewEvent.actor_id)
        .where(ReviewEvent.sheet_id == sheet.id)
        .order_by(ReviewEvent.version)
    )
    return [Event(*row) for row in db.session.execute(found)]


def plain_ones(queue: Sequence[SheetCard]) -> set[int]:
    """The sheets of a queue that wait without anything odd. One statement at most."""
    maybe = {card.sheet_id for card in queue if card.may_be_plain}
    return maybe - with_pairs(maybe)


def cards_of(sheets: Sequence[int]) -> list[SheetCard]:
    """These sheets in the bound scope, by their number. One statement."""
    found = _cards().where(Sheet.id.in_(sheets)).order_by(Sheet.id)
    return _read(found)


def _number(*conditions: Any) -> Any:
    return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)


def _is_odd() -> Any:
    flags = (Verdict.doubled, Verdict.odd_clock, Verdict.far, Verdict.late_code)
    return or_(Verdict.claims_since.is_not(None), *(flag.is_(True) for flag in flags))


def _seats(*conditions: Any) -> Any:
    return _number(Invitation.walk_in.is_(False), *conditions)


def _represented() -> Any:
    """Whether somebody who stands for the row's seat came to its session."""
    seat, verdict = aliased(Invitation), aliased(Verdict)
    came = and_(verdict.invitation_id == seat.id, verdict.session_id == Sheet.session_id)
    return exists().where(seat.stands_for == Invitation.id, came, verdict.status.in_(CAME))


def _earlier_id() -> Any:
    """The closed sheet of the same kind and region right before the row's own, in the reader's scope."""
    sheet, meeting, session = aliased(Sheet), aliased(Meeting), aliased(MeetingSession)
    return (
        select(sheet.id)
        .join(meeting, meeting.id == sheet.meeting_id)
        .join(session, session.id == sheet.session_id)
        .where(meeting.kind == Meeting.kind, sheet.region_code == Sheet.region_code)
        .where(session.starts_at < MeetingSession.starts_at, sheet.state.in_((*WAITING, *DONE)))
        .order_by(session.starts_at.desc(), sheet.id.desc())
        .limit(1)
        .correlate(Meeting, MeetingSession, Sheet)
        .scalar_subquery()
    )


@cache
def _cards() -> Select[*tuple[Any, ...]]:
    wishes = select(func.count(Correction.id)).where(
        Correction.sheet_id == Sheet.id, Correction.accepted.is_(None)
    )
    return (
        select(
            Sheet.id,
            Sheet.version,
            Meeting.id,
            Meeting.title,
            Sheet.state,
            MeetingSession.starts_at,
            MeetingSession.ends_at,
            Site.offset,
            Site.place,
            Sheet.head_count,
            Sheet.submitted_at,
            ACTOR.c.name,
            wishes.correlate(Sheet).scalar_subquery(),
            _earlier_id(),
            has_part(),
            are_empty(Sheet.meeting_id),
            _number(_is_odd()),
            _seats(Verdict.status.is_not(None)),
            *(_seats(Verdict.status == status) for status in Status),
            _seats(Verdict.computed.is_(True)),
            _number(Invitation.walk_in, Verdict.status.in_(CAME)),
            _number(Verdict.doubled.is_(True)),
            _number(Verdict.odd_clock.is_(True)),
            _seats(Verdict.status.not_in(CAME), _represented()),
        )
        .join(Meeting, Meeting.id == Sheet.meeting_id)
        .join(MeetingSession, MeetingSession.id == Sheet.session_id)
        .outerjoin(ACTOR, ACTOR.c.id == Sheet.submitted_by)
        .join(Site, Site.id == Sheet.site_id)
        .outerjoin(Invitation, Invitation.site_id == Sheet.site_id)
        .outerjoin(
            Verdict, and_(Verdict.invitation_id == Invitation.id, Verdict.session_id == Sheet.session_id)
        )
        .group_by(Sheet.id, Meeting.id, MeetingSession.id, Site.id, ACTOR.c.id)
    )


def _read(found: Select[*tuple[Any, ...]]) -> list[SheetCard]:
    rows = db.session.execute(found, reader(current().person_id))
    return [_card(row) for row in rows]


def _card(row: Any) -> SheetCard:
    told = [*row[:17], Rates(*(int(number) for number in row[17:]))]
    told[4] = SheetState(told[4])
    return SheetCard(*told)

"""A budget for each sender: how many new things, and how many bytes, one person may leave here within an hour.

One row a sender, counted up in the transaction of what is counted: whoever sends twice at the same moment waits here
for the first to end, and what is rolled back was never counted.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

from flask import Response, after_this_request, has_request_context
from flask_babel import gettext as _
from sqlalchemy import BigInteger, Integer, bindparam, case, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from webapp.config import settings
from webapp.plumbing.clock import now
from webapp.plumbing.database import Model, UtcDateTime, db, upsert, writing
from webapp.plumbing.refusal import Refusal

HOUR = timedelta(hours=1)


class SenderBudget(Model):
    """What one person has left here in the hour that began at `hour`; an older hour counts for nothing."""

    __tablename__ = "sender_budget"

    sender_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(UtcDateTime)
    items: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(BigInteger)


spent: Any = SenderBudget.__table__


@dataclass(frozen=True)
class Cost:
    """So many things, with so many bytes."""

    items: int
    bytes: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.items + other.items, self.bytes + other.bytes)

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.items - other.items, self.bytes - other.bytes)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is counted."""
        return self.items <= 0 and self.bytes <= 0


class OverBudget(Refusal):
    """One sender has left too much here within the hour; what was sent is still on the phone."""

    status = 429

    def __init__(self) -> None:
        super().__init__(too_much())
        self.retry_after = seconds_left()


def too_much() -> str:
    """What a sender reads whose budget is spent."""
    return _(
        "Kiriman Anda dalam satu jam ini sudah terlalu banyak. Yang belum terkirim tetap tersimpan; coba lagi nanti."
    )


def seconds_left() -> int:
    """Until the next budget, in seconds."""
    moment = now()
    return int((hour_of(moment) + HOUR - moment).total_seconds()) + 1


def spend(sender_id: int, cost: Cost, *, single: bool = False) -> None:
    """Count what is new from this sender. One statement, none for nothing. Raises `OverBudget`.

    A `single` thing that is larger than any budget passes as the first of its hour: it would wait for ever.
    """
    if not cost.is_nothing:
        _judge(_counted(sender_id, cost), cost, single)


def spend_at_the_end(sender_id: int, cost: Cost) -> None:
    """Count a single thing after other rows were locked for it. One statement.

    Whoever begins with the budget and waits for those rows would stop each other with whoever has them: on
    PostgreSQL a row that the same sender's other request holds, or may be making, is passed over, judged as it was
    before that one, and counted up when this one is done. The first thing of a sender is not judged at all.
    """
    if db.engine.dialect.name != "postgresql":
        spend(sender_id, cost, single=True)
        return
    told = {f"of_{name}": value for name, value in _told(sender_id, cost).items()}
    row = db.session.execute(_count_if_free(), told).one_or_none()
    if row is not None:
        _judge(Cost(*row), cost, True)
    else:
        _pass_over(sender_id, cost)


def _pass_over(sender_id: int, cost: Cost) -> None:
    mine = spent.c.sender_id == sender_id, spent.c.hour == hour_of(now())
    before = db.session.execute(select(spent.c["items"], spent.c["bytes"]).where(*mine)).one_or_none()
    if before is not None:
        _judge(Cost(*before) + cost, cost, True)
    if has_request_context():
        after_this_request(lambda response: _count_late(response, sender_id, cost))


def _count_late(response: Response, sender_id: int, cost: Cost) -> Response:
    """Wait for the sender's other request now that nothing is held for which that could wait.

    What was taken stays so: when the other one takes too long, this is free after all.
    """
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        return response  # it was rolled back after all
    with suppress(OperationalError), writing():
        _counted(sender_id, cost)
    return response


def _judge(total: Cost, cost: Cost, single: bool) -> None:
    if single and total == cost:
        return
    if total.items > _limit().items or total.bytes > _limit().bytes:
        raise OverBudget


def remaining(sender_id: int) -> Cost:
    """What this sender may still leave here within the hour, which nobody else spends meanwhile. One statement."""
    return _limit() - _counted(sender_id, Cost(0))


def _limit() -> Cost:
    return Cost(settings().budget_items, settings().budget_bytes)


def hour_of(moment: datetime) -> datetime:
    """When the hour began of which budgets are spent at this moment."""
    return moment.replace(minute=0, second=0, microsecond=0)


def _counted(sender_id: int, cost: Cost) -> Cost:
    items, size = db.session.execute(_count(db.engine.dialect.name), _told(sender_id, cost)).one()
    return Cost(items, size)


def _told(sender_id: int, cost: Cost) -> dict[str, Any]:
    return {"sender_id": sender_id, "hour": hour_of(now()), "items": cost.items, "bytes": cost.bytes}


@cache
def _count(_dialect: str) -> Any:
    """Made once, because making it costs more than running it."""
    new = upsert(spent)
    same = spent.c.hour == new.excluded.hour
    told = {name: case((same, spent.c[name]), else_=0) + new.excluded[name] for name in ("items", "bytes")}
    added = new.on_conflict_do_update(index_elements=["sender_id"], set_={"hour": new.excluded.hour, **told})
    return added.returning(spent.c["items"], spent.c["bytes"])


@cache
def _count_if_free() -> Any:
    """Count up the sender's row, unless another request holds it or it is not there yet.

    To make it here would wait for whoever is making it.
    """
    own = {column.name: bindparam(f"of_{column.name}", type_=column.type) for column in spent.c}
    free = (
        select(spent.c.sender_id)
        .where(spent.c.sender_id == own["sender_id"])
        .with_for_update(skip_locked=True)
    )
    same = spent.c.hour == own["hour"]
    told = {name: case((same, spent.c[name]), else_=0) + own[name] for name in ("items", "bytes")}
    added = update(spent).where(spent.c.sender_id.in_(free.cte("free").select()))
    return added.values(hour=own["hour"], **told).returning(spent.c["items"], spent.c["bytes"])

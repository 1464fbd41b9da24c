"""How often the answer of a link may be changed: strangers who got hold of one must not keep the others waiting.

The first changes of an hour are free for every link: whoever changes her mind is never refused for her neighbours
behind the same address. Only a link that is changed again and again counts for its network too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import case, select

from webapp.attendance.models import AnswerBudget
from webapp.plumbing.budget import hour_of, seconds_left
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, delete_where, upsert
from webapp.plumbing.refusal import Refusal

FREE = 5  # changes an hour that count for no network
KEEP_COUNTS = timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """How many changes of an hour one link may have, and one network among those that are not free.

    `network` is the name under which that of whoever asks is counted.
    """

    network: str
    of_link: int
    of_network: int


class TooOften(Refusal):
    """The answer was changed too often; the last one stands."""

    status = 429

    def __init__(self) -> None:
        self.retry_after = seconds_left()
        super().__init__(
            _(
                "Jawaban undangan ini terlalu sering diubah. Yang tersimpan tetap jawaban terakhir Anda; coba lagi "
                "dalam %(minutes)s menit.",
                minutes=-(-self.retry_after // 60),
            )
        )


def refuse_spent(seat: int, limits: Limits) -> None:
    """Raise `TooOften` when one more change would be too much; before anybody waits for it. One statement."""
    keys = _own(seat), limits.network
    found = select(AnswerBudget.key, AnswerBudget.changes)
    rows = db.session.execute(found.where(AnswerBudget.key.in_(keys), AnswerBudget.hour == hour_of(now())))
    spent = {row.key: row.changes for row in rows}
    own, there = (spent.get(key, 0) for key in keys)
    if own >= limits.of_link or (own >= FREE and there >= limits.of_network):
        raise TooOften


def count(seat: int, limits: Limits) -> None:
    """Count one change; the seat is locked, and the network's row is the last that is. Raises `TooOften`."""
    own = _counted(_own(seat))
    if own > limits.of_link or (own > FREE and _counted(limits.network) > limits.of_network):
        raise TooOften


def forget_counts() -> int:
    """Delete what was counted before yesterday; how many there were."""
    return delete_where(AnswerBudget, AnswerBudget.hour < now() - KEEP_COUNTS)


def _own(seat: int) -> str:
    return f"u{seat}"


def _counted(key: str) -> int:
    new = upsert(AnswerBudget).values(key=key, hour=hour_of(now()), changes=1)
    before = case((AnswerBudget.hour == new.excluded.hour, AnswerBudget.changes), else_=0)
    told = {"hour": new.excluded.hour, "changes": before + new.excluded.changes}
    added = new.on_conflict_do_update(index_elements=[AnswerBudget.key], set_=told)
    changes: int = db.session.execute(added.returning(AnswerBudget.changes)).scalar_one()
    return changes

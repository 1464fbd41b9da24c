"""An alarm when the failed sign-ins of the whole installation jump: somebody tries many numbers, slowly or fast.

It is one line of the log and one entry in the trail, once an hour, without a number and without an address.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp.people.models import AuditEntry, SignInAttempt
from webapp.people.rules.trail import Doer, note
from webapp.places.models import NATION, Region
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

ACT = "sign_in.alarm"
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
LEAST, TIMES = 100, 5  # failures within 15 minutes, and how many times as many as usual
log = logging.getLogger(__name__)


def sound_if_many() -> None:
    """Look at the failures of the last 15 minutes after one more of them. Inside a write transaction."""
    moment = now()
    db.session.flush()
    if not _at_least(LEAST, moment - QUARTER) or _sounded_since(moment - HOUR):
        return
    failures, addresses = _failures_since(moment - QUARTER)
    usual = (_failures_since(moment - DAY)[0] - failures) / (DAY / QUARTER)
    if failures < TIMES * usual:
        return
    log.warning("%s failed sign-ins from %s addresses within 15 minutes", failures, addresses)
    if db.session.get(Region, NATION) is not None:
        told = {"failures": failures, "addresses": addresses}
        note(ACT, "installation", 0, NATION, after=told, by=Doer())


def _at_least(many: int, since: datetime) -> bool:
    found = select(SignInAttempt.id).where(SignInAttempt.at > since, SignInAttempt.succeeded.is_(False))
    return len(db.session.scalars(found.limit(many)).all()) >= many


def _failures_since(since: datetime) -> tuple[int, int]:
    """How many, and from how many addresses."""
    counted = select(func.count(), func.count(SignInAttempt.address_key.distinct()))
    failed = counted.where(SignInAttempt.at > since, SignInAttempt.succeeded.is_(False))
    failures, addresses = db.session.execute(failed).one()
    return failures, addresses


def _sounded_since(since: datetime) -> bool:
    with everywhere("the alarm belongs to the whole installation"):
        sounded = select(AuditEntry.id).where(AuditEntry.at > since, AuditEntry.act == ACT)
        return db.session.scalar(sounded.limit(1)) is not None

"""How often signing in may be tried: a budget for each number, one for each phone that knows it, and turns for a crowd.

Five failures lock a number for 15 minutes; from the fourth round of a day each lock is twice as long, four hours at
most. A phone that signed in to the account before has a budget of its own, so that a stranger's tries do not lock the
owner out. A network address locks nobody, because a whole city may sit behind one: it only lets unknown phones wait.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, or_, select

from webapp.people.models import Account, DeviceSession, SignInAttempt, SignInTurn
from webapp.people.rules import secrets
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, upsert, writing
from webapp.plumbing.refusal import Refusal

MOST_FAILURES, FREE_ROUNDS, MOST_COUNTED = 5, 3, 40
LOCK, LONGEST_LOCK, DAY = timedelta(minutes=15), timedelta(hours=4), timedelta(days=1)
MOST_FROM_ADDRESS = ((60, timedelta(minutes=1)), (300, timedelta(hours=1)))
WAIT, LONGEST_WAIT = 5, 30  # seconds
TURN_HOLDS = timedelta(minutes=10)


class Locked(Refusal):
    """Too many failures for this number; `minutes` are left."""

    status = 429

    def __init__(self, minutes: int) -> None:
        super().__init__(
            _(
                "Terlalu banyak percobaan. Coba lagi dalam %(minutes)s menit, atau minta PIN baru kepada "
                "koordinator Anda.",
                minutes=minutes,
            )
        )
        self.minutes = minutes


class TooFast(Refusal):
    """Too many failures from one network address; whoever comes again after `seconds` is judged."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(
            _(
                "Banyak yang mencoba masuk dari jaringan ini. Tunggu %(seconds)s detik, lalu tekan Masuk lagi.",
                seconds=seconds,
            )
        )
        self.seconds = seconds


def phone_key(phone: str, pepper: str) -> str:
    """The name under which the attempts of a number are counted."""
    return secrets.key_of(phone, "phone", pepper)


def handset_key(phone: str, handset: UUID | None, pepper: str) -> str:
    """The name under which the attempts of a number on one phone that knows it are counted."""
    return secrets.key_of(f"{phone}|{handset}", "handset", pepper)


def address_key(address: str, pepper: str) -> str:
    """The name of a network: an IPv4 address, or the /64 of which an IPv6 subscriber has every address."""
    return secrets.key_of(_network(address), "address", pepper)


def knows(handset: UUID | None, account_id: int | None) -> bool:
    """Whether this browser has signed in to the account before. Asked alike for numbers without an account."""
    signed_in = exists().where(
        DeviceSession.account_id == (account_id or 0), DeviceSession.handset == handset
    )
    return bool(db.session.scalar(select(signed_in)))


def locked(keys: Sequence[str]) -> Locked | None:
    """The refusal while one of these budgets is used up."""
    moment = now()
    until = db.session.scalar(
        select(func.max(SignInAttempt.locks_until)).where(_of(keys), SignInAttempt.locks_until > moment)
    )
    if until is None:
        return None
    return Locked(max(1, math.ceil((until - moment).total_seconds() / 60)))


def count_failure(key: str, address: str = "", account_id: int | None = None) -> None:
    """Keep one failure of a budget, and the lock that it closes. Inside a write transaction, one at a time."""
    db.session.add(
        SignInAttempt(
            phone_key=key,
            address_key=address,
            account_id=account_id,
            at=now(),
            succeeded=False,
            locks_until=_lock_after_one_more(key) if key else None,
        )
    )


def locked_accounts() -> Select[int | None]:
    """The ids of the accounts that are locked now, to be used inside another statement."""
    return select(SignInAttempt.account_id).where(
        SignInAttempt.account_id.is_not(None), SignInAttempt.locks_until > now()
    )


def unlock(account: Account, pepper: str) -> None:
    """Forget the failures of an account whose secret has just been set anew."""
    mine = or_(
        SignInAttempt.phone_key == phone_key(account.phone, pepper), SignInAttempt.account_id == account.id
    )
    db.session.execute(delete(SignInAttempt).where(mine))


def wait_for_turn(key: str, address: str) -> bool:
    """Whether a turn is used that must be taken with `take_turn`; False while the network is calm.

    Raises `TooFast` the first time: the number has its turn some seconds later, and no thread waits for it.
    """
    failures = _failures_of(address)
    if not failures:
        return False
    moment = now()
    ready = db.session.scalar(select(SignInTurn.ready_at).where(SignInTurn.key == key))
    if ready is not None and ready <= moment <= ready + TURN_HOLDS:
        return True
    if ready is None or ready < moment:
        ready = moment + timedelta(
            seconds=min(LONGEST_WAIT, WAIT * max(1, failures // MOST_FROM_ADDRESS[0][0]))
        )
        _keep_turn(key, ready)
    raise TooFast(math.ceil((ready - moment).total_seconds()))


def take_turn(key: str) -> TooFast | None:
    """Use the turn of a number up: of several tries at one moment one is judged. Inside a write transaction."""
    taken = delete(SignInTurn).where(SignInTurn.key == key).returning(SignInTurn.key)
    return None if db.session.execute(taken).all() else TooFast(WAIT)


def _failures_of(address: str) -> int:
    """How many failures an address has had in the window in which they are too many; 0 in none."""
    for most, window in MOST_FROM_ADDRESS:
        failures = select(func.count()).where(
            SignInAttempt.address_key == address,
            SignInAttempt.at > now() - window,
            SignInAttempt.succeeded.is_(False),
        )
        if (many := db.session.scalar(failures) or 0) > most:
            return many
    return 0


def _keep_turn(key: str, ready: datetime) -> None:
    with writing():
        kept = upsert(SignInTurn).values(key=key, ready_at=ready)
        db.session.execute(
            kept.on_conflict_do_update(index_elements=[SignInTurn.key], set_={"ready_at": ready})
        )
        db.session.execute(delete(SignInTurn).where(SignInTurn.ready_at < now() - TURN_HOLDS))


def _lock_after_one_more(key: str) -> datetime | None:
    """Until when one more failure locks: five within a window do, and the window grows with those of the day."""
    moment, before = now(), _of_the_day(key)
    rounds = (len(before) + 1) // MOST_FAILURES
    window = min(LOCK * 2 ** max(0, rounds - FREE_ROUNDS), LONGEST_LOCK)
    opened = max((row.locks_until for row in before if row.locks_until), default=moment - window)
    since = max(opened, moment - window)
    fresh = 1 + sum(row.at >= since for row in before)
    return moment + window if fresh >= MOST_FAILURES else None


def _of_the_day(key: str) -> Sequence[Row[datetime, datetime | None]]:
    failed = select(SignInAttempt.at, SignInAttempt.locks_until).where(
        _of([key]),
        SignInAttempt.at > now() - DAY,
        SignInAttempt.succeeded.is_(False),
    )
    return db.session.execute(failed.order_by(SignInAttempt.at.desc()).limit(MOST_COUNTED)).all()


def _of(keys: Sequence[str]) -> ColumnElement[bool]:
    """What was taken from these budgets. A failure inside has a phone for its address, and counts for both."""
    return or_(SignInAttempt.phone_key.in_(keys), SignInAttempt.address_key.in_(keys))


def _network(address: str) -> str:
    try:
        told = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(told, ipaddress.IPv4Address):
        return str(told)
    if told.ipv4_mapped:
        return str(told.ipv4_mapped)
    return str(ipaddress.ip_network((int(told), 64), strict=False))

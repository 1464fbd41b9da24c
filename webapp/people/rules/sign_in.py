"""Signing in: who it is, how often it may be tried, and what a signed-in device is.

An account locks for at most 15 minutes after five failures in 15 minutes, known number or not; an address is only
slowed, because a whole city may sit behind one carrier's address.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, select

from webapp.people.models import Account, DeviceSession, SignInAttempt
from webapp.people.rules import secrets
from webapp.people.rules.phones import BadPhone, phone_of
from webapp.people.rules.viewer import Viewer, load_viewer
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing
from webapp.plumbing.refusal import Refusal

MOST_FAILURES = 5
LOCK = timedelta(minutes=15)
MOST_FROM_ADDRESS = 60
ADDRESS_WINDOW = timedelta(minutes=1)
KEEP_ATTEMPTS = timedelta(days=1)
WHY = "signing in comes before any scope"


class WrongSecret(Refusal):
    """Unknown number, wrong secret or disabled account: the same answer for all three."""


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
    """Too many failures from one network address within a minute; `seconds` until the next try."""

    status = 429
    seconds = 5


@dataclass(frozen=True)
class Attempt:
    """One try: what was typed, from where, on what device. `by_password` says which secret it is.

    `handset` is the browser, known by a cookie of its own.
    """

    phone: str
    secret: str
    by_password: bool
    address: str
    device: str
    handset: UUID | None = None


@dataclass(frozen=True)
class _Keys:
    phone: str
    address: str
    account_id: int | None = None


def sign_in(attempt: Attempt, pepper: str) -> Viewer:
    """Judge an attempt and sign the device in. The secret is hashed before the write lock is taken.

    Raises `Locked`, `TooFast` or `WrongSecret`; the failure stays on record.
    """
    keys, account = _who(attempt, pepper)
    _slow_down(keys)
    _refuse_locked(keys)
    right = _is_right(attempt, account, pepper)
    fresh_hash = _rehashed(attempt, account, pepper) if right and account else None
    with writing():
        refusal, device = _decide(attempt, keys, account, right, fresh_hash)
    if refusal is not None:
        raise refusal
    viewer = load_viewer(str(device.id)) if device else None
    if viewer is None:
        raise wrong(attempt.by_password)
    return viewer


def wrong(by_password: bool) -> WrongSecret:
    """What is said to whoever could not be signed in."""
    if by_password:
        return WrongSecret(_("Nomor atau kata sandi tidak cocok. Periksa lagi keduanya."))
    return WrongSecret(_("Nomor atau PIN tidak cocok. Periksa lagi keduanya."))


def unlock(phone: str, pepper: str) -> None:
    """Forget the failures of a number whose secret has just been set anew."""
    mine = delete(SignInAttempt).where(SignInAttempt.phone_key == phone_key(phone, pepper))
    db.session.execute(mine)


def phone_key(phone: str, pepper: str) -> str:
    """The name under which the attempts of a number are counted."""
    return secrets.key_of(phone, "phone", pepper)


def locked(key: str) -> Locked | None:
    """The refusal while the five latest failures all lie within the last 15 minutes."""
    moment = now()
    failures = (
        select(SignInAttempt.at)
        .where(SignInAttempt.phone_key == key, SignInAttempt.at > moment - LOCK)
        .where(SignInAttempt.succeeded.is_(False))
        .order_by(SignInAttempt.at.desc())
        .limit(MOST_FAILURES)
    )
    times = list(db.session.scalars(failures))
    if len(times) < MOST_FAILURES:
        return None
    return Locked(max(1, math.ceil((times[-1] + LOCK - moment).total_seconds() / 60)))


def record_failure(key: str, account_id: int) -> None:
    """Count a wrong secret given on a device that is signed in already."""
    _record(_Keys(key, "", account_id), succeeded=False)


def locked_accounts() -> Select[int | None]:
    """The ids of the accounts that are locked now, to be used inside another statement."""
    return (
        select(SignInAttempt.account_id)
        .where(SignInAttempt.account_id.is_not(None), SignInAttempt.at > now() - LOCK)
        .where(SignInAttempt.succeeded.is_(False))
        .group_by(SignInAttempt.account_id)
        .having(func.count() >= MOST_FAILURES)
    )


def _who(attempt: Attempt, pepper: str) -> tuple[_Keys, Account | None]:
    address = secrets.key_of(attempt.address, "address", pepper)
    try:
        phone = phone_of(attempt.phone)
    except BadPhone:
        return _Keys(secrets.key_of(attempt.phone.strip(), "phone", pepper), address), None
    with everywhere(WHY):
        account = db.session.scalars(_account(phone)).one_or_none()
    return _Keys(phone_key(phone, pepper), address, account.id if account else None), account


def _account(phone: str) -> Select[Account]:
    return select(Account).where(Account.phone == phone).execution_options(populate_existing=True)


def _slow_down(keys: _Keys) -> None:
    failures = select(func.count()).where(
        SignInAttempt.address_key == keys.address,
        SignInAttempt.at > now() - ADDRESS_WINDOW,
        SignInAttempt.succeeded.is_(False),
    )
    if (db.session.scalar(failures) or 0) > MOST_FROM_ADDRESS:
        raise TooFast(_("Terlalu banyak percobaan dari jaringan ini. Tunggu beberapa detik lalu coba lagi."))


def _refuse_locked(keys: _Keys) -> None:
    if refusal := locked(keys.phone):
        with writing():
            _record(_Keys("", keys.address), succeeded=False)
        raise refusal


def _is_right(attempt: Attempt, account: Account | None, pepper: str) -> bool:
    if attempt.by_password:
        return secrets.is_password(attempt.secret, account.password_hash if account else None)
    return secrets.is_pin(attempt.secret, account.pin_hash if account else None, pepper)


def _rehashed(attempt: Attempt, account: Account, pepper: str) -> str | None:
    kept = account.password_hash if attempt.by_password else account.pin_hash
    if kept is None or not secrets.is_outdated(kept):
        return None
    if attempt.by_password:
        return secrets.hash_password(attempt.secret)
    return secrets.hash_pin(attempt.secret, pepper)


def _decide(
    attempt: Attempt, keys: _Keys, seen: Account | None, right: bool, fresh_hash: str | None
) -> tuple[Refusal | None, DeviceSession | None]:
    """Inside the write transaction: the account as it is now, the lock as it is now, then the record."""
    account = _again(seen)
    if refusal := locked(keys.phone):
        _record(_Keys("", keys.address), succeeded=False)
        return refusal, None
    if account is None or not right or not account.active:
        _record(keys, succeeded=False)
        return wrong(attempt.by_password), None
    _record(keys, succeeded=True)
    _forget_old(keys)
    if fresh_hash:
        setattr(account, "password_hash" if attempt.by_password else "pin_hash", fresh_hash)
    return None, _open_device(account, attempt)


def _again(seen: Account | None) -> Account | None:
    """The account once more, held until the commit, unless its secret was changed meanwhile."""
    if seen is None:
        return None
    hashes = (seen.pin_hash, seen.password_hash)
    db.session.refresh(seen, with_for_update=True)
    return seen if hashes == (seen.pin_hash, seen.password_hash) else None


def _record(keys: _Keys, *, succeeded: bool) -> None:
    db.session.add(
        SignInAttempt(
            phone_key=keys.phone,
            address_key=keys.address,
            account_id=keys.account_id,
            at=now(),
            succeeded=succeeded,
        )
    )


def _forget_old(keys: _Keys) -> None:
    old = delete(SignInAttempt).where(
        SignInAttempt.phone_key.in_((keys.phone, "")), SignInAttempt.at < now() - KEEP_ATTEMPTS
    )
    db.session.execute(old)


def _open_device(account: Account, attempt: Attempt) -> DeviceSession:
    moment: datetime = now()
    account.last_sign_in_at = moment
    device = DeviceSession(
        id=uuid4(),
        account_id=account.id,
        by_password=attempt.by_password,
        label=attempt.device,
        handset=attempt.handset,
        created_at=moment,
        last_seen_at=moment,
    )
    db.session.add(device)
    db.session.flush()
    return device

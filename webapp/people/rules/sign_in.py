"""Signing in: who it is, and what a signed-in device is. How often it may be tried: `limits`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select

from webapp.people.models import BY_DEMO, Account, Consent, DeviceSession, SignInAttempt
from webapp.people.rules import limits, secrets
from webapp.people.rules.alarm import sound_if_many
from webapp.people.rules.phones import phone_of
from webapp.people.rules.viewer import Viewer, load_viewer
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import advisory_lock, db, writing
from webapp.plumbing.refusal import Refusal

KEEP_ATTEMPTS = timedelta(days=1)
WHY = "signing in comes before any scope"


class WrongSecret(Refusal):
    """Unknown number, wrong secret or disabled account: the same answer for all three."""


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
    """Names of what is counted: the budget that pays for a failure, the address, the number's turn there."""

    budget: str
    address: str
    turn: str
    account_id: int | None
    known: bool


def sign_in(attempt: Attempt, pepper: str, *, demo: bool = False) -> Viewer:
    """Judge an attempt and sign the device in. The secret is hashed before the write lock is taken.

    `demo`: whether what the demo has published may sign in. Raises `BadPhone` for what is no number, and nothing is
    counted; else `Locked`, `TooFast` or `WrongSecret`, and the failure stays on record.
    """
    keys, account = _who(attempt, pepper)
    in_turn = not keys.known and limits.wait_for_turn(keys.turn, keys.address)
    _refuse_locked(keys)
    right = _is_right(attempt, account, pepper) and (demo or not _is_the_demos(attempt, account))
    fresh_hash = _rehashed(attempt, account, pepper) if right and account else None
    with writing():
        refusal: Refusal | None = limits.take_turn(keys.turn) if in_turn else None
        device = None
        if refusal is None:
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


def budgets(phone: str, handset: UUID | None, pepper: str) -> tuple[str, str]:
    """Whatever a wrong secret is taken from that was given inside: the number's budget, and that of this very phone."""
    return limits.phone_key(phone, pepper), limits.handset_key(phone, handset, pepper)


def record_failure(keys: tuple[str, str], account_id: int) -> None:
    """Count a wrong secret given on a device that is signed in already: one failure, of both budgets."""
    number, handset = keys
    limits.count_failure(number, handset, account_id)


def _who(attempt: Attempt, pepper: str) -> tuple[_Keys, Account | None]:
    """Three statements for every number, whether it has an account or not."""
    phone = phone_of(attempt.phone)
    with everywhere(WHY):
        account = db.session.scalars(_account(phone)).one_or_none()
    account_id = account.id if account else None
    known = limits.knows(attempt.handset, account_id)
    budget = limits.handset_key(phone, attempt.handset, pepper) if known else limits.phone_key(phone, pepper)
    address = limits.address_key(attempt.address, pepper)
    turn = secrets.key_of(f"{budget}|{address}", "turn", pepper)
    return _Keys(budget, address, turn, account_id, known), account


def _account(phone: str) -> Select[Account]:
    return select(Account).where(Account.phone == phone).execution_options(populate_existing=True)


def _refuse_locked(keys: _Keys) -> None:
    if refusal := limits.locked([keys.budget]):
        with writing():
            _count_knock(keys)
        raise refusal


def _count_knock(keys: _Keys) -> None:
    """A try while the lock holds is one of the address alone: the lock gets no longer by it."""
    limits.count_failure("", keys.address)
    sound_if_many()


def _is_right(attempt: Attempt, account: Account | None, pepper: str) -> bool:
    if attempt.by_password:
        return secrets.is_password(attempt.secret, account.password_hash if account else None)
    return secrets.is_pin(attempt.secret, account.pin_hash if account else None, pepper)


def _is_the_demos(attempt: Attempt, account: Account | None) -> bool:
    """Whether the secret is one that the demo publishes, or the account one that it made."""
    if account is None or secrets.password_of(attempt.secret) in secrets.PUBLISHED:
        return True
    made = select(Consent.id).where(Consent.person_id == account.person_id, Consent.channel == BY_DEMO)
    return db.session.scalar(made.limit(1)) is not None


def _rehashed(attempt: Attempt, account: Account, pepper: str) -> str | None:
    kept = account.password_hash if attempt.by_password else account.pin_hash
    if kept is None or not secrets.is_outdated(kept):
        return None
    if attempt.by_password:
        as_it_is = secrets.password_of(attempt.secret) == attempt.secret
        return secrets.hash_password(attempt.secret) if as_it_is else None
    return secrets.hash_pin(attempt.secret, pepper)


def _decide(
    attempt: Attempt, keys: _Keys, seen: Account | None, right: bool, fresh_hash: str | None
) -> tuple[Refusal | None, DeviceSession | None]:
    """Inside the write transaction: the account as it is now, the lock as it is now, then the record."""
    advisory_lock(keys.budget)
    account = _again(seen)
    if refusal := limits.locked([keys.budget]):
        _count_knock(keys)
        return refusal, None
    if account is None or not right or not account.active:
        limits.count_failure(keys.budget, keys.address, keys.account_id)
        sound_if_many()
        return wrong(attempt.by_password), None
    _record_success(keys)
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


def _record_success(keys: _Keys) -> None:
    db.session.add(
        SignInAttempt(
            phone_key=keys.budget,
            address_key=keys.address,
            account_id=keys.account_id,
            at=now(),
            succeeded=True,
        )
    )
    old = delete(SignInAttempt).where(
        SignInAttempt.phone_key.in_((keys.budget, "")), SignInAttempt.at < now() - KEEP_ATTEMPTS
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

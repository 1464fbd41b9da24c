"""A person chooses a secret of their own; the one that it replaces is asked for, unless somebody else had set it.

A weaker secret never sets or replaces a stronger one: a PIN makes no password, so the first comes from an admin.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.people.models import Account, DeviceSession
from webapp.people.rules import limits, secrets, sign_in
from webapp.people.rules.devices import revoke_all
from webapp.people.rules.trail import note_own
from webapp.people.rules.viewer import Viewer
from webapp.plumbing.database import advisory_lock, db, writing
from webapp.plumbing.refusal import Refusal


class WrongOldSecret(Refusal):
    """The secret that is in force was not given."""

    field = "lama"


class NoPasswordYet(Refusal):
    """A first password is made by an admin; whoever knows the PIN alone must not make one."""


@dataclass(frozen=True)
class Renewal:
    """What was typed; `to_password` says which kind of secret the new one is."""

    old: str
    new: str
    to_password: bool


@dataclass(frozen=True)
class Judged:
    """A renewal whose slow hashing is done: keep it inside a write transaction. `seen`: the hashes judged by.

    `budgets`: what a wrong old secret is taken from; None where none was asked for.
    """

    account: Account
    seen: tuple[str | None, str | None]
    new_hash: str
    to_password: bool
    already: bool
    budgets: tuple[str, str] | None


def judge(who: Viewer, renewal: Renewal, pepper: str) -> Judged:
    """Check the old secret and hash the new one; no lock is held meanwhile. Wrong ones count as failed sign-ins."""
    (secrets.check_new_password if renewal.to_password else secrets.check_new_pin)(renewal.new)
    account = db.session.get_one(Account, who.account_id)
    if renewal.to_password and account.password_hash is None:
        raise NoPasswordYet(no_password_yet())
    seen = account.pin_hash, account.password_hash
    given = not asks_old(who, to_password=renewal.to_password)
    budgets = None if given else _budgets(who, account, pepper)
    _refuse_locked(budgets)  # before anything is compared: a stolen phone must learn nothing
    already = _is_now(account, renewal, pepper)
    if given and already:
        raise secrets.WeakSecret(_("Pilih yang lain daripada yang diberikan kepada Anda."))
    if budgets and not already:
        _check_old(account, renewal, pepper, budgets)
    if renewal.to_password:
        hashed = secrets.hash_password(renewal.new)
    else:
        hashed = secrets.hash_pin(renewal.new, pepper)
    return Judged(account, seen, hashed, renewal.to_password, already, budgets)


def asks_old(who: Viewer, *, to_password: bool) -> bool:
    """Whether the secret that is replaced must be given: not where this very sign-in gave it, set by somebody else."""
    return not who.temporary or to_password != who.by_password


def no_password_yet() -> str:
    """What is said to whoever has no password and came with a PIN."""
    return _(
        "Kata sandi pertama dibuat oleh admin wilayah Anda. Minta kepadanya, lalu masuk dengan kata sandi itu."
    )


def keep(who: Viewer, judged: Judged) -> None:
    """Put the new secret in force and sign the other devices out; the same one once more changes nothing.

    A new password ends the PIN: staff sign in with the stronger secret alone.
    """
    if judged.already:
        return
    account = judged.account
    _refuse_locked(judged.budgets)
    db.session.refresh(account, with_for_update=True)
    if judged.seen != (account.pin_hash, account.password_hash):
        raise Refusal(_("PIN atau kata sandi baru saja diganti di perangkat lain. Muat ulang halaman ini."))
    if judged.to_password:
        account.password_hash, account.pin_hash = judged.new_hash, None
        db.session.get_one(DeviceSession, who.device_session_id).by_password = True
    else:
        account.pin_hash = judged.new_hash
    account.temporary = False
    revoke_all(account.id, but=who.device_session_id)
    note_own(who, "password.renew" if judged.to_password else "pin.renew")


def _is_now(account: Account, renewal: Renewal, pepper: str) -> bool:
    if renewal.to_password:
        return secrets.is_password(renewal.new, account.password_hash)
    return secrets.is_pin(renewal.new, account.pin_hash, pepper)


def _refuse_locked(budgets: tuple[str, str] | None) -> None:
    if budgets and (locked := limits.locked(budgets)):
        raise locked


def _check_old(account: Account, renewal: Renewal, pepper: str, budgets: tuple[str, str]) -> None:
    """Compare with the secret that is to be replaced, whichever opened this session."""
    if renewal.to_password:
        right = secrets.is_password(renewal.old, account.password_hash)
    else:
        right = secrets.is_pin(renewal.old, account.pin_hash, pepper)
    if right:
        return
    with writing():
        advisory_lock(budgets[0])
        _refuse_locked(budgets)  # of many guesses at one moment no more than the budget learn anything
        sign_in.record_failure(budgets, account.id)
    if renewal.to_password:
        raise WrongOldSecret(_("Kata sandi yang sekarang tidak cocok."))
    raise WrongOldSecret(_("PIN yang sekarang tidak cocok."))


def _budgets(who: Viewer, account: Account, pepper: str) -> tuple[str, str]:
    """The number's own budget and that of this very phone: whoever holds it gets no second one by guessing here."""
    device = db.session.get(DeviceSession, who.device_session_id)
    return sign_in.budgets(account.phone, device.handset if device else None, pepper)

"""A person chooses a secret of their own; the old one is asked for unless somebody else had set it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.people.models import Account, DeviceSession
from webapp.people.rules import secrets, sign_in
from webapp.people.rules.devices import revoke_all
from webapp.people.rules.trail import note_own
from webapp.people.rules.viewer import Viewer
from webapp.plumbing.database import db, writing
from webapp.plumbing.refusal import Refusal


class WrongOldSecret(Refusal):
    """The secret that is in force was not given."""

    field = "lama"


@dataclass(frozen=True)
class Renewal:
    """What was typed; `to_password` says which kind of secret the new one is."""

    old: str
    new: str
    to_password: bool


@dataclass(frozen=True)
class Judged:
    """A renewal whose slow hashing is done: keep it inside a write transaction. `seen`: the hashes judged by."""

    account: Account
    seen: tuple[str | None, str | None]
    new_hash: str
    to_password: bool
    already: bool


def judge(who: Viewer, renewal: Renewal, pepper: str) -> Judged:
    """Check the old secret and hash the new one; no lock is held meanwhile. Wrong ones count as failed sign-ins."""
    (secrets.check_new_password if renewal.to_password else secrets.check_new_pin)(renewal.new)
    account = db.session.get_one(Account, who.account_id)
    seen = account.pin_hash, account.password_hash
    if not account.temporary:
        _refuse_locked(account, pepper)  # before anything is compared: a stolen phone must learn nothing
    already = _is_now(account, renewal, pepper)
    if account.temporary and already:
        raise secrets.WeakSecret(_("Pilih yang lain daripada yang diberikan kepada Anda."))
    if not (account.temporary or already):
        _check_old(who, account, renewal, pepper)
    if renewal.to_password:
        return Judged(account, seen, secrets.hash_password(renewal.new), True, already)
    return Judged(account, seen, secrets.hash_pin(renewal.new, pepper), False, already)


def keep(who: Viewer, judged: Judged) -> None:
    """Put the new secret in force and sign the other devices out; the same one once more changes nothing."""
    if judged.already:
        return
    account = judged.account
    db.session.refresh(account, with_for_update=True)
    if judged.seen != (account.pin_hash, account.password_hash):
        raise Refusal(_("PIN atau kata sandi baru saja diganti di perangkat lain. Muat ulang halaman ini."))
    if judged.to_password:
        account.password_hash = judged.new_hash
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


def _refuse_locked(account: Account, pepper: str) -> None:
    if locked := sign_in.locked(sign_in.phone_key(account.phone, pepper)):
        raise locked


def _check_old(who: Viewer, account: Account, renewal: Renewal, pepper: str) -> None:
    if who.by_password:
        right = secrets.is_password(renewal.old, account.password_hash)
    else:
        right = secrets.is_pin(renewal.old, account.pin_hash, pepper)
    if right:
        return
    with writing():
        sign_in.record_failure(sign_in.phone_key(account.phone, pepper), account.id)
    if who.by_password:
        raise WrongOldSecret(_("Kata sandi yang sekarang tidak cocok."))
    raise WrongOldSecret(_("PIN yang sekarang tidak cocok."))

"""Accounts: opened, given a new first secret, switched off and on. Slow hashing is done before the write lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from webapp.people.models import Account, AuditEntry, Person
from webapp.people.rules import offices, secrets
from webapp.people.rules.devices import revoke_all
from webapp.people.rules.likeness import same
from webapp.people.rules.limits import unlock
from webapp.people.rules.permissions import Role
from webapp.people.rules.phones import BadPhone
from webapp.people.rules.trail import Doer, acting, note, note_own
from webapp.people.rules.users.reach import (
    Repeated,
    account_of,
    kind_for,
    managed,
    mandates_of,
    refuse_withdrawn,
)
from webapp.people.rules.viewer import Viewer
from webapp.places.rules.scope import current, everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import advisory_lock, db
from webapp.plumbing.refusal import NotThere, Refusal

MOST_COLLISIONS, MOST_RESETS, HOUR = 20, 120, timedelta(hours=1)
COLLISION, PIN_RESET, PASSWORD_RESET = "account.collision", "pin.reset", "password.reset"


class Taken(BadPhone):
    """The number signs somebody else in; the same words whoever that is."""


class TooManyTaken(Refusal):
    """One actor has tried too many numbers within the hour that were somebody's."""

    status = 429


class TooManyResets(Refusal):
    """One actor has made too many new secrets within the hour."""

    status = 429


@dataclass(frozen=True)
class Secret:
    """A first PIN or password, made by chance and hashed; `plain` is shown exactly once."""

    plain: str
    hashed: str
    is_password: bool


def new_secret(role: Role, pepper: str) -> Secret:
    """A password for staff, a PIN for the field. Slow: call it before a lock is held."""
    if role.is_staff:
        plain = secrets.new_password()
        return Secret(plain, secrets.hash_password(plain), is_password=True)
    plain = secrets.new_pin()
    return Secret(plain, secrets.hash_pin(plain, pepper), is_password=False)


def open_account(who: Viewer, person_id: int, secret: Secret) -> Person:
    """An account for somebody who is registered already; raises `Repeated` when there is one."""
    person = managed(who, person_id)
    if account_of(person.id) is not None:
        raise Repeated(_("Orang ini sudah punya akun."))
    refuse_withdrawn(person)
    _refuse_other_kind(person, secret)
    if person.phone is None:
        raise Refusal(_("Isi dulu nomor telepon orang ini, lalu buat akunnya."))
    refuse_taken(person.phone, None)
    make_account(person, person.phone, secret)
    return person


def reset_secret(who: Viewer, person_id: int, secret: Secret, seal: str, pepper: str) -> Person:
    """Put a new first secret in force, sign every device out, unlock. The other kind of secret ends with it.

    `seal` names the secret that the page knew; when it is another by now, the form came twice: raises `Repeated`.
    """
    person = managed(who, person_id)
    account = account_of(person.id)
    if account is None:
        raise NotThere
    if seal != seal_of(account, pepper):
        raise Repeated(_("Yang baru sudah dibuat. Bila belum sempat terbaca, buat sekali lagi."))
    _refuse_other_kind(person, secret)
    _refuse_many_resets(who)
    account.pin_hash = None if secret.is_password else secret.hashed
    account.password_hash = secret.hashed if secret.is_password else None
    account.temporary = True
    revoke_all(account.id)
    unlock(account, pepper)
    db.session.flush()
    note(PASSWORD_RESET if secret.is_password else PIN_RESET, "person", person.id, person.region_code)
    return person


def _refuse_many_resets(who: Viewer) -> None:
    """A new secret throws whoever had the old one out, so no budget stands in its way; the trail grows with it."""
    if _acts_of(who, PIN_RESET, PASSWORD_RESET) >= MOST_RESETS:
        raise TooManyResets(
            _("Anda sudah membuat terlalu banyak PIN dan kata sandi baru dalam satu jam. Coba lagi nanti.")
        )


def _refuse_other_kind(person: Person, secret: Secret) -> None:
    """A mandate was given or ended while the secret was hashed: staff get no PIN."""
    if secret.is_password != kind_for(mandates_of(person.id)).is_staff:
        raise Refusal(_("Tugas orang ini baru saja berubah. Periksa, lalu buat sekali lagi."))


def seal_of(account: Account, pepper: str) -> str:
    """Names the secret that is in force without telling anything about it."""
    return secrets.key_of(f"{account.pin_hash}|{account.password_hash}", "seal", pepper)[:16]


def switch(who: Viewer, person_id: int, *, active: bool) -> Person:
    """Switch an account off (every device is signed out) or on again; twice is once."""
    person = managed(who, person_id)
    account = account_of(person.id)
    if account is None:
        raise NotThere
    if account.active != active:
        account.active = active
        if not active:
            revoke_all(account.id)
        db.session.flush()
        act = "account.on" if active else "account.off"
        note(act, "person", person.id, person.region_code, {"active": not active}, {"active": active})
        offices.changed_for(person.id)
    return person


def sign_out_everywhere(who: Viewer, person_id: int) -> int:
    """Sign all devices of a person out; returns how many."""
    person = managed(who, person_id)
    account = account_of(person.id)
    if account is None:
        raise NotThere
    revoked = revoke_all(account.id)
    if revoked:
        note("devices.revoke", "person", person.id, person.region_code, after={"devices": revoked})
    return revoked


def refuse_taken(phone: str, name: str | None) -> None:
    """One account per number. The same name again is the same form again, of somebody whom the actor may see."""
    _refuse_list(acting())
    advisory_lock(phone)
    with everywhere("one account per number, whoever has it"):
        taken = db.session.execute(
            select(Person.name, Person.region_code)
            .join(Account, Account.person_id == Person.id)
            .where(Account.phone == phone)
        ).one_or_none()
    if taken is None:
        return
    if name is not None and same(taken.name, name) and current().covers(taken.region_code):
        raise Repeated(_("Akun ini sudah dibuat. Bila PIN belum sempat terbaca, buat PIN baru."))
    raise Taken(_("Nomor ini sudah dipakai akun lain. Satu nomor hanya untuk satu akun."))


def note_taken(who: Viewer, refusal: Refusal | None) -> None:
    """Keep that a number was found to be somebody's: whoever tries a list of numbers learns who belongs to us."""
    if isinstance(refusal, Taken):
        note_own(who, COLLISION)


def _refuse_list(who: Doer | Viewer) -> None:
    if _acts_of(who, COLLISION) >= MOST_COLLISIONS:
        raise TooManyTaken(
            _("Terlalu banyak nomor yang ternyata sudah dipakai. Periksa daftar Anda, lalu coba sejam lagi.")
        )


def _acts_of(who: Doer | Viewer, *acts: str) -> int:
    """How many of these the actor has to their name since an hour ago; none on the command line."""
    if who.person_id is None:
        return 0
    found = select(func.count(AuditEntry.id)).where(
        AuditEntry.actor_id == who.person_id, AuditEntry.act.in_(acts), AuditEntry.at > now() - HOUR
    )
    with everywhere("the actor's own tries, wherever they are noted"):
        return db.session.scalar(found) or 0


def make_account(person: Person, phone: str, secret: Secret) -> None:
    """An account whose secret the person must change at the first sign-in."""
    account = Account(
        person_id=person.id,
        phone=phone,
        pin_hash=None if secret.is_password else secret.hashed,
        password_hash=secret.hashed if secret.is_password else None,
        temporary=True,
        active=True,
        created_at=now(),
    )
    db.session.add(account)
    db.session.flush()
    kind = "password" if secret.is_password else "pin"
    note("account.create", "person", person.id, person.region_code, after={"secret": kind})

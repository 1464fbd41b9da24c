"""Administration of people: who may be touched by whom, and every change on record.

One administers only those all of whose offices stand below one's own, inside one's own subtree. Slow hashing is
done by the caller before the write lock: a `Secret` comes in ready.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.people.models import Account, Mandate, Person
from webapp.people.rules import secrets
from webapp.people.rules.devices import revoke_all
from webapp.people.rules.permissions import Permission, Role
from webapp.people.rules.phones import BadPhone, phone_of
from webapp.people.rules.registering import check_year, clean_name, register_person
from webapp.people.rules.sign_in import unlock
from webapp.people.rules.trail import note
from webapp.people.rules.viewer import Viewer
from webapp.places.models import Region, Station
from webapp.places.rules.names import fold
from webapp.places.rules.scope import everywhere
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal


class NotYours(Refusal):
    """The person, or the office to grant, stands at or above the actor's own, or outside the actor's part."""


class Repeated(Refusal):
    """The same form came a second time: it was done, and nothing is done again."""

    status = 409


@dataclass(frozen=True)
class Secret:
    """A first PIN or password, made by chance and hashed; `plain` is shown exactly once."""

    plain: str
    hashed: str
    is_password: bool


@dataclass(frozen=True)
class Details:
    """What is kept of a person. `phone` as it was typed; empty leaves the number as it is."""

    name: str
    phone: str
    region_code: str
    birth_year: int | None = None


def new_secret(role: Role, pepper: str) -> Secret:
    """A password for staff, a PIN for the field. Slow: call it before a lock is held."""
    if role.is_staff:
        plain = secrets.new_password()
        return Secret(plain, secrets.hash_password(plain), is_password=True)
    plain = secrets.new_pin()
    return Secret(plain, secrets.hash_pin(plain, pepper), is_password=False)


def may_grant(who: Viewer, role: Role, region_code: str) -> bool:
    """Whether some office of `who` that manages users stands above `role` and covers the region."""
    return any(
        role in held.role.below and covers(held.region_code, region_code)
        for held in who.granting(Permission.MANAGE_USERS)
    )


def may_manage(who: Viewer, person: Person, mandates: list[Mandate]) -> bool:
    """Whether `who` may change this person: not oneself, and every office still to hold could be granted by `who`."""
    if person.id == who.person_id or not who.may_at(Permission.MANAGE_USERS, person.region_code):
        return False
    return all(may_grant(who, Role(m.role), m.region_code) for m in mandates if not is_over(m))


def covers(top: str, code: str) -> bool:
    """Whether `code` lies at or below `top`."""
    return top == "ID" or f"{code}.".startswith(f"{top}.")


def is_over(mandate: Mandate) -> bool:
    """Whether it ended before today, by its region's calendar."""
    return mandate.until is not None and mandate.until < today_at(mandate.region_code)


def today_at(region_code: str) -> date:
    """The calendar day of a region."""
    return local_day(now(), offset_of(region_code))


def person_within_reach(person_id: int) -> Person:
    """The person, if the bound scope shows them; raises `NotThere`."""
    person = db.session.scalars(select(Person).where(Person.id == person_id)).one_or_none()
    if person is None:
        raise NotThere
    return person


def account_of(person_id: int) -> Account | None:
    """The account of a person, held until the commit on PostgreSQL."""
    mine = select(Account).where(Account.person_id == person_id).with_for_update()
    return db.session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def mandates_of(person_id: int) -> list[Mandate]:
    """All offices of a person, past ones too, the latest first."""
    held = (
        select(Mandate)
        .where(Mandate.person_id == person_id)
        .order_by(Mandate.since.desc(), Mandate.id.desc())
    )
    return list(db.session.scalars(held.execution_options(populate_existing=True)))


def managed(who: Viewer, person_id: int) -> Person:
    """The person, if `who` may change them; raises `NotThere` or `NotYours`."""
    person = person_within_reach(person_id)
    if not may_manage(who, person, mandates_of(person.id)):
        raise NotYours(_above())
    return person


def create_user(who: Viewer, details: Details, role: Role, region_code: str, secret: Secret) -> Person:
    """A person with an account and a first mandate. Raises `Repeated` when the number already signs that person in."""
    _check_grant(who, role, region_code)
    phone = phone_of(details.phone)
    _refuse_taken(phone, fold(clean_name(details.name)))
    person = register_person(details.name, phone, details.region_code, birth_year=details.birth_year)
    if not may_manage(who, person, mandates_of(person.id)):
        raise NotYours(_above())
    if account_of(person.id) is not None:
        raise Refusal(
            _("Orang ini sudah punya akun dengan nomor lain. Cari namanya di daftar."), field="phone"
        )
    _open_account(person, phone, secret)
    _grant(who, person, role, region_code, None, None)
    return person


def open_account(who: Viewer, person_id: int, secret: Secret) -> Person:
    """An account for somebody who is registered already; raises `Repeated` when there is one."""
    person = managed(who, person_id)
    if account_of(person.id) is not None:
        raise Repeated(_("Orang ini sudah punya akun."))
    if person.phone is None:
        raise Refusal(_("Isi dulu nomor telepon orang ini, lalu buat akunnya."))
    _refuse_taken(person.phone, None)
    _open_account(person, person.phone, secret)
    return person


def change_person(who: Viewer, person_id: int, details: Details) -> None:
    """New name, number, home or birth year; only what really changed stands in the trail."""
    person = managed(who, person_id)
    check_year(details.birth_year)
    if not who.may_at(Permission.MANAGE_USERS, details.region_code) or not _is_region(details.region_code):
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    name = clean_name(details.name)
    phone = phone_of(details.phone) if details.phone.strip() else person.phone
    wanted = {
        "name": name,
        "phone": phone,
        "region_code": details.region_code,
        "birth_year": details.birth_year,
    }
    before = {field: getattr(person, field) for field in wanted if getattr(person, field) != wanted[field]}
    if not before:
        return
    if "phone" in before and phone is not None:
        _change_phone(person, phone)
    region_before = person.region_code
    for field in before:
        setattr(person, field, wanted[field])
    person.search_name = fold(name)
    _leave_station_outside(person)
    db.session.flush()
    note(
        "person.change",
        "person",
        person.id,
        region_before,
        before,
        {field: wanted[field] for field in before},
    )


def grant(
    who: Viewer, person_id: int, role: Role, region_code: str, since: date | None, until: date | None
) -> Mandate:
    """A mandate; the same one once more gives the one that stands. Raises `NotYours`, `NotThere` or `Refusal`."""
    person = managed(who, person_id)
    _check_grant(who, role, region_code)
    return _grant(who, person, role, region_code, since, until)


def end_mandate(who: Viewer, person_id: int, mandate_id: int, until: date | None) -> Mandate:
    """Let a mandate end with `until` (inclusive), or stand open again with None."""
    person = managed(who, person_id)
    mandate = next((m for m in mandates_of(person.id) if m.id == mandate_id), None)
    if mandate is None:
        raise NotThere
    _check_grant(who, Role(mandate.role), mandate.region_code)
    if until is not None and until < mandate.since:
        until = mandate.since - timedelta(days=1)  # it never came into force
    if mandate.until == until:
        return mandate
    before, mandate.until = mandate.until, until
    db.session.flush()
    told = {"mandate": mandate.id, "role": mandate.role, "region_code": mandate.region_code}
    act = "mandate.open" if until is None else "mandate.end"
    note(act, "person", person.id, person.region_code, told | {"until": before}, told | {"until": until})
    return mandate


def end_now(who: Viewer, person_id: int, mandate_id: int) -> Mandate:
    """Let a mandate end at once: yesterday was its last day."""
    mandate = db.session.get(Mandate, mandate_id)
    if mandate is None or mandate.person_id != person_id:
        raise NotThere
    return end_mandate(who, person_id, mandate_id, today_at(mandate.region_code) - timedelta(days=1))


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
    account.pin_hash = None if secret.is_password else secret.hashed
    account.password_hash = secret.hashed if secret.is_password else None
    account.temporary = True
    revoke_all(account.id)
    unlock(account.phone, pepper)
    db.session.flush()
    note("password.reset" if secret.is_password else "pin.reset", "person", person.id, person.region_code)
    return person


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


def kind_for(mandates: list[Mandate]) -> Role:
    """The role by which a first secret is chosen: the highest still to hold, witness if there is none."""
    order = tuple(Role)
    return min((Role(m.role) for m in mandates if not is_over(m)), key=order.index, default=Role.WITNESS)


def _above() -> str:
    return _("Orang ini setingkat atau di atas Anda, atau bertugas di luar wilayah Anda.")


def _check_grant(who: Viewer, role: Role, region_code: str) -> None:
    if not who.may_at(Permission.MANAGE_USERS, region_code) or not _is_region(region_code):
        raise NotThere(_("Wilayah ini tidak ditemukan di wilayah Anda. Pilih lagi."))
    if not may_grant(who, role, region_code):
        raise NotYours(_("Anda hanya bisa memberi peran di bawah peran Anda sendiri."))


def _is_region(code: str) -> bool:
    return db.session.get(Region, code) is not None


def _refuse_taken(phone: str, name: str | None) -> None:
    """One account per number. The same name again is the same form again."""
    with everywhere("one account per number, whoever has it"):
        taken = db.session.execute(
            select(Person.search_name)
            .join(Account, Account.person_id == Person.id)
            .where(Account.phone == phone)
        ).scalar_one_or_none()
    if taken is None:
        return
    if taken == name:
        raise Repeated(_("Akun ini sudah dibuat. Bila PIN belum sempat terbaca, buat PIN baru."))
    raise BadPhone(_("Nomor ini sudah dipakai akun lain. Satu nomor hanya untuk satu akun."))


def _open_account(person: Person, phone: str, secret: Secret) -> None:
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


def _grant(
    who: Viewer, person: Person, role: Role, region_code: str, since: date | None, until: date | None
) -> Mandate:
    since = since or today_at(region_code)
    if until is not None and until < since:
        raise Refusal(_("Hari terakhir harus sesudah hari pertama."), field="until")
    for held in mandates_of(person.id):
        if (held.role, held.region_code) == (role, region_code) and not is_over(held):
            if held.since <= since and held.until == until:
                return held
            raise Refusal(_("Tugas ini sudah ada. Ubah tanggalnya pada tugas yang ada."), field="region_code")
    mandate = Mandate(
        person_id=person.id,
        role=role.value,
        region_code=region_code,
        since=since,
        until=until,
        granted_by=who.person_id,
    )
    db.session.add(mandate)
    db.session.flush()
    told = {
        "mandate": mandate.id,
        "role": role.value,
        "region_code": region_code,
        "since": since,
        "until": until,
    }
    note("mandate.grant", "person", person.id, person.region_code, after=told)
    return mandate


def _change_phone(person: Person, phone: str) -> None:
    account = account_of(person.id)
    if account is None or account.phone == phone:
        return
    _refuse_taken(phone, None)
    account.phone = phone


def _leave_station_outside(person: Person) -> None:
    """Somebody who moved away has no home TPS until one is chosen anew."""
    if person.station_id is None:
        return
    station = db.session.get(Station, person.station_id)
    if station is None or station.village_code != person.region_code:
        person.station_id = None

"""What people agree to before anything is kept about them, and how they take it back (UU 27/2022)."""

from __future__ import annotations

from sqlalchemy import select

from webapp.people.models import BY_WEB, CONSENT_VERSION, Account, Consent, Person, Seat
from webapp.people.rules import offices
from webapp.people.rules.devices import revoke_all
from webapp.people.rules.groups import leave_all
from webapp.people.rules.seats import Act, Reason, end
from webapp.plumbing.clock import now
from webapp.plumbing.database import db


def agree(account_id: int, channel: str = BY_WEB) -> None:
    """Record the agreement to today's version, once."""
    account = _account(account_id)
    if account.consent_version == CONSENT_VERSION:
        return
    account.consent_version = CONSENT_VERSION
    person = db.session.get_one(Person, account.person_id)
    back, person.withdrawn_at = person.withdrawn_at is not None, None
    _record(account, channel, given=True)
    if back:
        offices.changed_for(person.id)


def refuse(account_id: int, channel: str = BY_WEB) -> None:
    """Record the refusal or the withdrawal. Nothing more is processed from now on.

    The account is signed out everywhere, seats and groups are left; nobody finds, invites or calls the person any more.
    """
    account = _account(account_id)
    account.consent_version = None
    db.session.get_one(Person, account.person_id).withdrawn_at = now()
    _leave_seats(account.person_id)
    leave_all(account.person_id)
    revoke_all(account_id)
    _record(account, channel, given=False)
    offices.changed_for(account.person_id)


def _leave_seats(person_id: int) -> None:
    act = Act(person_id, now(), None)
    for seat in db.session.scalars(
        select(Seat).where(Seat.person_id == person_id, Seat.ended_at.is_(None))
    ).all():
        end(seat, Reason.WITHDREW, act)


def _account(account_id: int) -> Account:
    return db.session.get_one(Account, account_id, with_for_update=True)


def _record(account: Account, channel: str, *, given: bool) -> None:
    consent = Consent(
        person_id=account.person_id, version=CONSENT_VERSION, at=now(), channel=channel, given=given
    )
    db.session.add(consent)

"""Accounts and signed-in devices. None of these is regional: they are read before any scope is known."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.people.models.person import Person
from webapp.plumbing.database import Model, UtcDateTime

HOLDING = text("held_oldest_at IS NOT NULL")
LOCKING = text("locks_until IS NOT NULL")


class Account(Model):
    """How a person signs in: one account per phone number (E.164). `temporary`: the secret was set by another."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    phone: Mapped[str] = mapped_column(unique=True)
    pin_hash: Mapped[str | None]
    password_hash: Mapped[str | None]
    temporary: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    consent_version: Mapped[str | None]
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()


class DeviceSession(Model):
    """One signed-in device. The cookie carries this id; revoking the row signs the device out.

    `handset`: the browser itself, whoever signs in on it, by a cookie that outlives signing out.

    `held`: how many things it said, at `held_at`, that it could not send; the oldest was tapped at `held_oldest_at`.
    """

    __tablename__ = "device_session"
    __table_args__ = (
        Index("ix_device_session_holding", "held_oldest_at", sqlite_where=HOLDING, postgresql_where=HOLDING),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    by_password: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str]
    handset: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held: Mapped[int] = mapped_column(default=0, server_default="0")
    held_oldest_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account: Mapped[Account] = relationship()


class SignInAttempt(Model):
    """One attempt to sign in, by keyed hashes of the number and of the network address, for the limits.

    `phone_key` names the budget that a failure is taken from: the number's, or that of one phone which knows it.
    `address_key` of a failure inside, where somebody is signed in already, is the budget of that phone.
    `account_id` is known where the number has an account, so that a list can say who is locked.
    `locks_until`: the budget was used up by this failure, and is full again from then on.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index(None, "phone_key", "at"),
        Index(None, "address_key", "at"),
        Index(None, "account_id", "at"),
        Index(None, "at"),
        Index(
            "ix_sign_in_attempt_locks_until", "locks_until", sqlite_where=LOCKING, postgresql_where=LOCKING
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_key: Mapped[str]
    address_key: Mapped[str]
    account_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    succeeded: Mapped[bool]
    locks_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInTurn(Model):
    """When a number may be tried from a crowded network address; `key` is a keyed hash of both."""

    __tablename__ = "sign_in_turn"

    key: Mapped[str] = mapped_column(primary_key=True)
    ready_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

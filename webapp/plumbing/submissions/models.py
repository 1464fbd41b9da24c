"""What was sent, and what stands beside it under the same id."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.plumbing.database import Code, Model, UtcDateTime

ACCEPTED, REVIEW, REFUSED = "diterima", "perlu diperiksa", "ditolak"
UNSETTLED = text("reason IS NOT NULL AND settled_at IS NULL")  # only what was not accepted has a reason


class Submission(Model):
    """One thing a phone sent. The id was made at the tap; the row says what became of it.

    `settled_at`, `settled_by`: when a supervisor has looked at what could not be taken, and which one (a person's id).
    """

    __tablename__ = "submission"
    __table_args__ = (
        Index(None, "receipt"),
        Index(None, "sender_id", "received_at"),
        Index("ix_submission_unsettled", "received_at", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    sender_id: Mapped[int] = mapped_column(Integer)
    region_code: Mapped[str | None] = mapped_column(Code())
    content_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(Text)
    receipt: Mapped[str] = mapped_column(String(7))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offset: Mapped[int] = mapped_column(Integer)
    drift: Mapped[int] = mapped_column(BigInteger, default=0)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[int | None] = mapped_column(Integer)


class SubmissionConflict(Model):
    """Other content, or another sender, under an id that is already known: kept for a person to look at.

    `region_code` is that of whoever sent this copy.
    """

    __tablename__ = "submission_conflict"
    __table_args__ = (UniqueConstraint("submission_id", "sender_id", "content_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(40))
    sender_id: Mapped[int] = mapped_column(Integer)
    region_code: Mapped[str | None] = mapped_column(Code())
    content_hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled_by: Mapped[int | None] = mapped_column(Integer)

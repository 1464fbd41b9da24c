"""What somebody sends in parts, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.plumbing.database import Model, UtcDateTime

UNFINISHED, COMPLETE, REFUSED = "kurang", "lengkap", "ditolak"


class Blob(Model):
    """One file of one person, known by the SHA-256 of the bytes as they are sent.

    `size` and `have` are bytes as sent, `stored` those of the picture that we made of them; `width` and `height`
    are its pixels. `key` is where it is stored: ours, and never anything that was sent. `tries` counts how often
    somebody began to judge it; `judging_since` says since when somebody is at it.
    """

    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("owner_id", "sha256"), Index(None, "state", "touched_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    have: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(10), default=UNFINISHED)
    reason: Mapped[str | None] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(80))
    width: Mapped[int | None]
    height: Mapped[int | None]
    stored: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    judging_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BlobPart(Model):
    """Some bytes of a file that is not there as a whole yet. In the database, so that every host has them."""

    __tablename__ = "blob_part"
    __table_args__ = (UniqueConstraint("blob_id", "begins_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    begins_at: Mapped[int]
    bytes: Mapped[bytes] = mapped_column(LargeBinary)

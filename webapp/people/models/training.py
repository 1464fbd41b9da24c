"""Who completed a bimtek that is required for a role."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.places.models import Regional
from webapp.plumbing.database import Model, UtcDateTime


class Training(Regional, Model):
    """One completed bimtek of one person. `region_code` is the meeting's; `code` stands on the certificate.

    It ends (`revoked_at`) when the attendance behind it is corrected, and comes back under the same code when that is
    corrected again. `role` None: a bimtek that is required for nothing.
    """

    __tablename__ = "training"
    __table_args__ = (UniqueConstraint("person_id", "meeting_id"), Index(None, "meeting_id"))
    owned_by: ClassVar[str | None] = "person_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[UUID] = mapped_column(Uuid, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    meeting_id: Mapped[int]
    role: Mapped[str | None]
    title: Mapped[str]
    held_on: Mapped[date]
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

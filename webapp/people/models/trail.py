"""Trails that are only ever added to: administration, and who read whose phone number."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.places.models import Regional
from webapp.plumbing.database import Model, UtcDateTime


class AuditEntry(Regional, Model):
    """Who did what to whom, before and after, when, from which device. Ids and field names, never a name."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None] = mapped_column(index=True)
    device_session_id: Mapped[UUID | None] = mapped_column(Uuid)
    act: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int] = mapped_column(index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)

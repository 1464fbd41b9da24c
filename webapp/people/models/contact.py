"""Who read whose phone number; only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.places.models import Regional
from webapp.plumbing.database import Model, UtcDateTime


class ContactView(Regional, Model):
    """One reading of another person's phone number."""

    __tablename__ = "contact_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

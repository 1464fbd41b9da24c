"""Persons, what they are mandated to do, and what they consented to. No more is known of anybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.places.models import Region, Regional
from webapp.plumbing.database import Code, Model, UtcDateTime

CONSENT_VERSION = "2026-11"  # of the text that people agree to
BY_WEB = "web"
BY_DEMO = "peragaan"  # marks whom the demo made


class Person(Regional, Model):
    """Somebody of the organisation; `region_code` is the home region. `phone` is E.164 and may be shared.

    `withdrawn_at`: since then without consent; only what was recorded before is still shown.
    """

    __tablename__ = "person"
    __table_args__ = (Index(None, "search_name"),)
    owned_by: ClassVar[str | None] = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"), index=True)
    name: Mapped[str]
    search_name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(index=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    birth_year: Mapped[int | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    home: Mapped[Region] = relationship()


class Mandate(Model):
    """A role over a region, between two dates (both inclusive, in the region's zone). `until` None: open."""

    __tablename__ = "mandate"
    __table_args__ = (Index(None, "region_code", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str]
    region_code: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"))
    since: Mapped[date]
    until: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    region: Mapped[Region] = relationship()

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on `day`, a day in the region's own zone."""
        return self.since <= day and (self.until is None or day <= self.until)


class Consent(Model):
    """What a person agreed to, when and how; a withdrawal is a row of its own."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    channel: Mapped[str]
    given: Mapped[bool] = mapped_column(default=True)

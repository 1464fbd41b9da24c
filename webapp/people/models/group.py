"""Volunteer groups (simpul) and who belongs to them; one may belong to several."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.places.models import Region, Regional
from webapp.plumbing.database import Code, Model, UtcDateTime

ACTIVE, STILL_IN = text("ended_at IS NULL"), text("until IS NULL")


class Group(Regional, Model):
    """A simpul of the region `region_code`, until `ended_at`; `search_name` tells two names apart."""

    __tablename__ = "volunteer_group"
    __table_args__ = (
        Index(
            "uq_volunteer_group_name",
            "region_code",
            "search_name",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"), index=True)
    name: Mapped[str]
    search_name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    region: Mapped[Region] = relationship()


class Membership(Regional, Model):
    """One person in one group, until `until`. `region_code` is the group's; the person may live elsewhere."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_person",
            "group_id",
            "person_id",
            unique=True,
            sqlite_where=STILL_IN,
            postgresql_where=STILL_IN,
        ),
        Index(None, "person_id"),
    )
    owned_by: ClassVar[str | None] = "person_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("volunteer_group.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    group: Mapped[Group] = relationship()

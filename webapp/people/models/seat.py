"""Seats at a TPS: who stands there for us."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.places.models import Regional, Station
from webapp.plumbing.database import Model, UtcDateTime


class Slot(StrEnum):
    """The witness inside, the one who takes over, and volunteers outside (any number)."""

    MAIN = "utama"
    RESERVE = "pengganti"
    OUTSIDE = "luar"

    @property
    def is_witness(self) -> bool:
        """Whether the law counts this seat: at most two of them a TPS."""
        return self is not Slot.OUTSIDE


def _active(*columns: str, name: str, also: str = "") -> Index:
    where = text("ended_at IS NULL" + also)
    return Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Seat(Regional, Model):
    """One person at one TPS, until `ended_at`. `region_code` is the TPS's kelurahan."""

    __tablename__ = "seat"
    __table_args__ = (
        _active("station_id", "slot", name="uq_seat_witness", also=" AND slot IN ('utama', 'pengganti')"),
        _active("election_id", "person_id", name="uq_seat_main", also=" AND slot = 'utama'"),
        _active("station_id", "person_id", name="uq_seat_person"),
        Index(None, "person_id"),
    )
    owned_by: ClassVar[str | None] = "person_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    slot: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None]
    assigned_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submission_id: Mapped[UUID | None] = mapped_column(Uuid)
    station: Mapped[Station] = relationship()

"""Kept numbers: exact counters on TPS and kelurahan only, moved in the transaction of what they count.

Anything above the kelurahan is a sum at reading time; a row above it would make every writer wait for its lock.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from webapp.places.models.regional import Regional
from webapp.plumbing.database import Model


class StationCount(Regional, Model):
    """Seats taken at one TPS: `witnesses` are utama and pengganti, `volunteers` all seats. No row means zero.

    `trained`: seats whose holder completed a bimtek that is required for a witness.
    """

    __tablename__ = "station_count"

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id", ondelete="CASCADE"), primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    witnesses: Mapped[int] = mapped_column(default=0)
    volunteers: Mapped[int] = mapped_column(default=0)
    trained: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=0)


class VillageCount(Regional, Model):
    """The numbers of one kelurahan in one election, in TPS unless said otherwise."""

    __tablename__ = "village_count"
    __table_args__ = (Index(None, "election_id", "region_code", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    stations: Mapped[int] = mapped_column(default=0)
    one_witness: Mapped[int] = mapped_column(default=0)
    two_witnesses: Mapped[int] = mapped_column(default=0)
    full: Mapped[int] = mapped_column(default=0)  # TPS with the target number of volunteers
    volunteers: Mapped[int] = mapped_column(default=0)  # persons
    trained: Mapped[int] = mapped_column(default=0, server_default="0")  # of them, persons
    version: Mapped[int] = mapped_column(default=0)


class StationDay(Regional, Model):
    """Unvoided check-ins at one TPS on one of its local days."""

    __tablename__ = "station_day"

    station_id: Mapped[int] = mapped_column(ForeignKey("station.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    checkins: Mapped[int] = mapped_column(default=0)


class VillageDay(Regional, Model):
    """TPS of one kelurahan with at least one unvoided check-in on one local day."""

    __tablename__ = "village_day"
    __table_args__ = (Index(None, "election_id", "region_code", "day", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    day: Mapped[date]
    stations: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)

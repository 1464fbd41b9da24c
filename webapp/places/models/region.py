"""The administrative tree, elections, the TPS register and shapes: visible to everybody who is signed in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.plumbing.database import Code, Model

NATION = "ID"


class Region(Model):
    """One wilayah. Its Kemendagri code is its key and its path; an abolished one is retired, never deleted."""

    __tablename__ = "region"
    __table_args__ = (Index(None, "parent_code"), Index(None, "search_name"))

    code: Mapped[str] = mapped_column(Code(), primary_key=True)
    name: Mapped[str]
    search_name: Mapped[str]
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    kind: Mapped[str | None]
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    first_edition: Mapped[str | None]
    last_edition: Mapped[str | None]
    retired: Mapped[bool] = mapped_column(default=False)

    @property
    def is_village(self) -> bool:
        """Whether TPS lie directly in it."""
        return self.level == 4


class Election(Model):
    """One election. One of them is current for an installation."""

    __tablename__ = "election"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(default="pilkada")
    date: Mapped[date]
    zone_rule: Mapped[str] = mapped_column(default="province")
    current: Mapped[bool] = mapped_column(default=False)
    volunteer_target: Mapped[int] = mapped_column(default=10)
    sample: Mapped[bool] = mapped_column(default=False)


class Station(Model):
    """One TPS of one election; the key is election, village and number."""

    __tablename__ = "station"
    __table_args__ = (
        UniqueConstraint("election_id", "village_code", "number"),
        Index(None, "village_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"))
    village_code: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"))
    number: Mapped[int]
    retired: Mapped[bool] = mapped_column(default=False)
    village: Mapped[Region] = relationship()

    @property
    def label(self) -> str:
        """TPS 001"""
        return f"TPS {self.number:03}"


class Shape(Model):
    """A region's outline inside the map of `map_code`, simplified and ready to draw: an SVG path of integers.

    `kind` is cell (filled), outline (line only). All shapes of a map share its `width` and `height` (units of
    the viewBox); `scheme` marks a drawing that is no official boundary.
    """

    __tablename__ = "shape"

    map_code: Mapped[str] = mapped_column(Code(), primary_key=True)
    code: Mapped[str] = mapped_column(Code(), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True, default="cell")
    path: Mapped[str]
    label_x: Mapped[int | None]
    label_y: Mapped[int | None]
    width: Mapped[int] = mapped_column(default=360)
    height: Mapped[int]
    scheme: Mapped[bool] = mapped_column(default=False)

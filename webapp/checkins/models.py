"""The rows of this room: that a person was somewhere, doing something, then."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntFlag, StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.places.models import Region, Regional, Station
from webapp.places.rules.zones import offset_of
from webapp.plumbing.database import Code, Model, UtcDateTime
from webapp.plumbing.submissions import receipt_of


class Kind(StrEnum):
    """Where a person is: at a TPS, at a posko or office, or out in the field."""

    TPS = "tps"
    POSKO = "posko"
    FIELD = "lapangan"


class Activity(StrEnum):
    """What is done in the field."""

    CANVASSING = "kanvasing"
    DOOR_TO_DOOR = "dari-rumah-ke-rumah"
    SOCIALISATION = "sosialisasi"
    DECLARATION = "deklarasi"
    OTHER = "lain"


class Oddity(IntFlag):
    """What a supervisor should look at. Kept on the row, so that a list of the nation can be narrowed to it."""

    CLOCK = 1  # the phone's clock was off by more than ten minutes, or its time was beyond belief
    TWICE = 2  # the same person again within five minutes
    APART = 4  # the same person in two places that cannot be reached in that time
    LATE = 8  # it came more than a day after it is said to have happened
    UNTIMED = 16  # it is said to have happened earlier, and the phone did not say what time it has


class CheckIn(Regional, Model):
    """One check-in. `region_code` is the place (the kelurahan of a TPS), `day` its local day there.

    `claimed_at` is the phone's word, `happened_at` the same corrected by its clock; `offset` in minutes east of
    UTC and `drift` in seconds are the phone's. `lat`, `lng` in degrees and `accuracy` in metres are there only
    when they were given at the tap. A voided row stays; else only `oddities` and forgotten coordinates change.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        UniqueConstraint("submission_id"),
        Index(None, "person_id", "happened_at"),
        Index(None, "happened_at"),
        Index(
            "ix_check_in_odd",
            "happened_at",
            sqlite_where=text("oddities != 0"),
            postgresql_where=text("oddities != 0"),
        ),
    )
    owned_by: ClassVar[str | None] = "person_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[UUID] = mapped_column(Uuid)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    region_code: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"), index=True)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    kind: Mapped[str] = mapped_column(String(10))
    activity: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(String(500))
    people_met: Mapped[int | None]
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    accuracy: Mapped[int | None]
    day: Mapped[date] = mapped_column(index=True)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offset: Mapped[int]
    drift: Mapped[int] = mapped_column(BigInteger, default=0)
    oddities: Mapped[int] = mapped_column(default=0)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    voided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    region: Mapped[Region] = relationship()
    station: Mapped[Station | None] = relationship()

    @property
    def receipt(self) -> str:
        """The short code that the person was given."""
        return receipt_of(self.submission_id)

    @property
    def place(self) -> str:
        """TPS 001 Kapuk, or Kapuk."""
        return f"{self.station.label} {self.region.name}" if self.station else self.region.name

    @property
    def zone(self) -> int:
        """Minutes east of UTC at the place."""
        return offset_of(self.region_code)

    @property
    def is_voided(self) -> bool:
        """Whether it was taken back."""
        return self.voided_at is not None

    @property
    def odd(self) -> list[Oddity]:
        """What is odd about it, one by one."""
        return [one for one in Oddity if self.oddities & one]


class EarlyVoid(Model):
    """An undo that came before the check-in that it takes back: phones deliver in any order."""

    __tablename__ = "early_void"
    __table_args__ = (UniqueConstraint("check_in_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_in_id: Mapped[UUID] = mapped_column(Uuid)  # the submission id of the check-in
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CheckInPhoto(Model):
    """A photo that a check-in names. Its bytes come on their own, before or after, as the `Blob` of the same person.

    `sha256` is that of the bytes as the phone sends them, `place` its order: 0, 1 or 2.
    """

    __tablename__ = "check_in_photo"
    __table_args__ = (UniqueConstraint("check_in_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    place: Mapped[int]

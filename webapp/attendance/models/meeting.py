"""Meetings, when they are held, who is invited and what was agreed.

A meeting, its session and its decisions are visible to the invited wherever it is held; its list never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Text, Uuid, exists, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.places.models import Region, Regional
from webapp.plumbing.database import Code, Model, UtcDateTime


class MeetingKind(StrEnum):
    """What sort of gathering it is, in the words of the field."""

    RAKOR = "rakor"
    BIMTEK = "bimtek"
    RAPAT = "rapat"
    PENGUKUHAN = "pengukuhan"
    OTHER = "lain"


class Announced(Regional):
    """What the invited may read, wherever it is held. `meeting_column` names the meeting's id."""

    meeting_column: ClassVar[str] = "meeting_id"

    @classmethod
    def seen_by(cls, codes: Iterable[str], person_id: int | None) -> ColumnElement[bool]:
        """One's own region, or one's own invitation."""
        regional = super().seen_by(codes, person_id)
        if person_id is None:
            return regional
        return or_(regional, is_invited(getattr(cls, cls.meeting_column), person_id))


class Meeting(Announced, Model):
    """A rakor, bimtek or other gathering that `region_code` holds."""

    __tablename__ = "meeting"
    meeting_column: ClassVar[str] = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)
    region: Mapped[Region] = relationship()


class MeetingSession(Announced, Model):
    """One part of a meeting. Times are UTC; `offset` is that of its place, in minutes east."""

    __tablename__ = "meeting_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late_after: Mapped[datetime] = mapped_column(UtcDateTime)
    offset: Mapped[int]
    place: Mapped[str | None]
    link: Mapped[str | None]
    agenda: Mapped[str | None] = mapped_column(Text)


class Invitation(Regional, Model):
    """A place at a meeting: a role over a region and who holds it, a person, or a guest at the door.

    `region_code` is the meeting's. A guest who is in no list of ours has only `guest_name`.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index("uq_invitation_person", "meeting_id", "person_id", unique=True),
        Index(None, "person_id"),
    )
    owned_by: ClassVar[str | None] = "person_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str | None]
    seat_code: Mapped[str | None] = mapped_column(Code(), ForeignKey("region.code"))
    guest_name: Mapped[str | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_id: Mapped[UUID | None] = mapped_column(Uuid)


class Decision(Announced, Model):
    """One agreed point of a meeting."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)


def is_invited(meeting_id: Any, person_id: int) -> ColumnElement[bool]:
    """Whether this person has a seat at the meeting of `meeting_id`.

    The bare table, because the scope's own criterion on invitations must not be asked while it is being made.
    """
    own = Invitation.__table__.alias("own_seat")
    return exists().where(own.c.meeting_id == meeting_id, own.c.person_id == person_id)

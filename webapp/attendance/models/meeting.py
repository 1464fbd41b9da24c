"""Meetings, when and where they are held, who is invited and what was agreed.

A meeting, its sessions, sites and decisions are visible to the invited wherever it is held, and to whoever answers
for the region of one of its sites; a list only to whoever answers for the region of its own site.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Text, UniqueConstraint, Uuid, exists, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.places.models import Region, Regional
from webapp.plumbing.database import Code, Model, UtcDateTime, within


class MeetingKind(StrEnum):
    """What sort of gathering it is, in the words of the field."""

    RAKOR = "rakor"
    BIMTEK = "bimtek"
    RAPAT = "rapat"
    PENGUKUHAN = "pengukuhan"
    OTHER = "lain"


class Mode(StrEnum):
    """How one takes part at a site."""

    PLACE = "tatap muka"
    ZOOM = "zoom"


class Rsvp(StrEnum):
    """What the invited answers: comes, does not (with a reason), or does not know yet."""

    YES = "datang"
    NO = "izin"
    MAYBE = "ragu"


class Announced(Regional):
    """What the invited may read, wherever it is held. `meeting_column` names the meeting's id."""

    meeting_column: ClassVar[str] = "meeting_id"

    @classmethod
    def seen_by(cls, codes: Iterable[str], person_id: int | None) -> ColumnElement[bool]:
        """One's own region, the region of a site of it, or one's own invitation."""
        asked = tuple(codes)
        meeting: Any = getattr(cls, cls.meeting_column)
        seen = [super().seen_by(asked, person_id)]
        if asked:
            seen.append(has_site_in(meeting, asked))
        if person_id is not None:
            seen.append(is_invited(meeting, person_id))
        return or_(*seen)


class Meeting(Announced, Model):
    """A rakor, bimtek or other gathering that `region_code` holds.

    Meetings of one weekly row share `series`. A bimtek that is `required_for` a role trains those who complete it:
    who came to all its sessions but `absences_allowed`. `revision` goes up whenever the invited have to know of a
    change, at `changed_at`: their calendars go by it. `minutes_closed_at`: since when its minutes stand.
    """

    __tablename__ = "meeting"
    meeting_column: ClassVar[str] = "id"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    created_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)
    series: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    required_for: Mapped[str | None]
    absences_allowed: Mapped[int] = mapped_column(default=0, server_default="0")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cancel_reason: Mapped[str | None]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes_closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    minutes_closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    region: Mapped[Region] = relationship()


class MeetingSession(Announced, Model):
    """One part of a meeting, held at all its sites at once. Times are UTC; `offset` is the meeting's (minutes east)."""

    __tablename__ = "meeting_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late_after: Mapped[datetime] = mapped_column(UtcDateTime)
    offset: Mapped[int]
    title: Mapped[str | None]
    agenda: Mapped[str | None] = mapped_column(Text)


class Site(Announced, Model):
    """Where a meeting is held, or from where one joins it; `region_code` lies under the meeting's.

    Whoever answers for `region_code` keeps the list of this site. `pic_id` is the person in charge. `offset` is the
    zone that its hours are shown in. A position counts as near within `radius` metres.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    mode: Mapped[str] = mapped_column(default=Mode.PLACE)
    place: Mapped[str | None]
    link: Mapped[str | None]
    pic_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    offset: Mapped[int]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius: Mapped[int] = mapped_column(default=150, server_default="150")
    region: Mapped[Region] = relationship(
        primaryjoin="foreign(Site.region_code) == Region.code", viewonly=True
    )

    def called(self, region: str) -> str:
        """What it is called on every screen, `region` being the name of its region: its place if it has one."""
        return site_name(self.mode, self.place, region)


def site_name(mode: str, place: str | None, region: str) -> str:
    """Aula Kecamatan; without a place Cengkareng, or Zoom Cengkareng."""
    return place or (f"Zoom {region}" if mode == Mode.ZOOM else region)


class InvitationRule(Regional, Model):
    """Everybody who holds `role` over a region of `level` under `under` has a seat, whoever that is by then.

    `spread`: a seat is at the site of its own region where there is one, else at this one.
    """

    __tablename__ = "invitation_rule"
    __table_args__ = (UniqueConstraint("site_id", "role", "level", "under"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    role: Mapped[str]
    level: Mapped[int]
    under: Mapped[str] = mapped_column(Code(), ForeignKey("region.code"))
    spread: Mapped[bool] = mapped_column(default=False)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Invitation(Regional, Model):
    """A place at one site of a meeting: a role over a region and who holds it, a person, or a guest at the door.

    `region_code` is the site's. A guest who is in no list of ours has only `guest_name`. A person has one seat at a
    site, and counts once in a meeting. `rule_id`: the seat follows that rule. A delegate has a seat of her own, which
    `stands_for` another one.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index("uq_invitation_person", "site_id", "person_id", unique=True),
        Index("uq_invitation_stands_for", "stands_for", unique=True),
        Index(None, "person_id"),
        Index(None, "meeting_id"),
        {
            "sqlite_autoincrement": True
        },  # a tap that waited on a phone must not find another person under its number
    )
    owned_by: ClassVar[str | None] = "person_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("invitation_rule.id"))
    stands_for: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    role: Mapped[str | None]
    seat_code: Mapped[str | None] = mapped_column(Code(), ForeignKey("region.code"))
    guest_name: Mapped[str | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_id: Mapped[UUID | None] = mapped_column(Uuid)
    rsvp: Mapped[str | None]
    rsvp_reason: Mapped[str | None]
    rsvp_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rsvp_late: Mapped[bool] = mapped_column(
        default=False
    )  # heard after the beginning, though the phone says before


class Decision(Announced, Model):
    """One agreed point of a meeting."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)


class FollowUp(Regional, Model):
    """What somebody promised at a meeting to do by `due`; it stands on the owner's home until it is done.

    `said_at`: when the newest word on whether it is done was said; a word that is older changes nothing.
    """

    __tablename__ = "follow_up"
    __table_args__ = (Index(None, "owner_id"),)
    owned_by: ClassVar[str | None] = "owner_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    due: Mapped[date]
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submission_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CalendarFeed(Model):
    """The private address of a person's own calendar; a new one makes the old one worthless."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def has_site_in(meeting_id: Any, codes: Iterable[str]) -> ColumnElement[bool]:
    """Whether the meeting of `meeting_id` has a site in one of these regions. The bare table, as below."""
    there = Site.__table__.alias("site_there")
    near = or_(*(within(there.c.region_code, code) for code in codes))
    return exists().where(there.c.meeting_id == meeting_id, near)


def is_invited(meeting_id: Any, person_id: int) -> ColumnElement[bool]:
    """Whether this person has a seat at the meeting of `meeting_id`, and was not a guest who was taken back.

    The bare table, because the scope's own criterion on invitations must not be asked while it is being made.
    """
    from webapp.attendance.models.guests import is_gone  # it knows the rows that point here

    own = Invitation.__table__.alias("own_seat")
    return exists().where(own.c.meeting_id == meeting_id, own.c.person_id == person_id, ~is_gone(own.c))

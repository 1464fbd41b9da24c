"""The sheet of one session at one site: how far its review has come, and everything that was done to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from secrets import token_urlsafe
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.places.models import Regional
from webapp.plumbing.database import Model, UtcDateTime


class SheetState(StrEnum):
    """draf > diajukan > disetujui or dikembalikan > dikunci."""

    DRAFT = "draf"
    SUBMITTED = "diajukan"
    RETURNED = "dikembalikan"
    APPROVED = "disetujui"
    LOCKED = "dikunci"

    @property
    def is_open(self) -> bool:
        """Whether the list may still be marked."""
        return self in (SheetState.DRAFT, SheetState.RETURNED)


TAKEN_BACK = (
    "ditarik"  # the step by which a keeper opens again what she handed in; the sheet is what it was before
)


NO_GUEST = "bukan tamu"  # what a correction makes of somebody who was let in by mistake: she is gone


class Sheet(Regional, Model):
    """The list of one session at one site.

    `version` goes up at every step, so that no two reviewers overwrite each other. `opened_at`: when a reviewer first
    looked at what was handed in; until then its keeper may take it back.
    `head_count`: how many the person in charge counted. `secret` signs the codes of the screen, of this sheet only; no
    one but its keepers may see it.
    """

    __tablename__ = "sheet"
    __table_args__ = (Index(None, "state"), UniqueConstraint("session_id", "site_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("meeting_session.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    state: Mapped[str] = mapped_column(default=SheetState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    head_count: Mapped[int | None]
    head_count_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    head_count_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    secret: Mapped[str] = mapped_column(default=lambda: token_urlsafe(32))

    @property
    def stage(self) -> SheetState:
        """The state with its questions."""
        return SheetState(self.state)


class ReviewEvent(Regional, Model):
    """One step of a sheet. Only ever added. `version` is the one that this step made.

    `state` is the sheet's after it, or `TAKEN_BACK`.
    """

    __tablename__ = "review_event"
    __table_args__ = (UniqueConstraint("sheet_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    state: Mapped[str]
    version: Mapped[int]
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class Correction(Regional, Model):
    """A change to a locked sheet: asked by one, decided by another. `accepted` None: still waiting.

    `before` and `after` are a status; `after` may be `NO_GUEST`.
    `evidence`: what bears it out, in words; photos of it are rows of `SheetPhoto`.
    """

    __tablename__ = "correction"
    __table_args__ = (Index(None, "sheet_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    evidence: Mapped[str | None]
    submission_id: Mapped[UUID | None] = mapped_column(Uuid, unique=True)


class Look(Regional, Model):
    """A reviewer has looked at something odd on a sheet, and lets it stand.

    `key` names the oddity and what bears it out: when more comes to light, it is a new one.
    """

    __tablename__ = "look"
    __table_args__ = (UniqueConstraint("sheet_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    key: Mapped[str] = mapped_column(String(80))
    looked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    looked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SheetPhoto(Regional, Model):
    """A photo that bears out a correction, or (without one) shows the signed sheet itself.

    Its bytes come on their own, before or after, as the `Blob` of the same person. `sha256` is that of the bytes as
    the phone sends them. Forgotten with the positions.
    """

    __tablename__ = "sheet_photo"
    __table_args__ = (Index(None, "sheet_id"), Index(None, "correction_id"))
    owned_by: ClassVar[str | None] = "owner_id"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("correction.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

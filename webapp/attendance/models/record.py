"""What was recorded at the door, never changed again, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, ForeignKey, Index, Uuid, exists, false, or_
from sqlalchemy.orm import Mapped, mapped_column

from webapp.attendance.models.meeting import Invitation
from webapp.places.models import Regional
from webapp.plumbing.database import Model, UtcDateTime


class RecordKind(StrEnum):
    """Somebody came in, a status was said, or an earlier record is cancelled."""

    IN = "in"
    STATUS = "status"
    VOID = "void"


class Method(StrEnum):
    """How it came about. What the invited says of herself counts only once a coordinator taps.

    `CARD` and `CODE`: the keeper read the person's card, or typed its code. `SCREEN`: the invited read the code on the
    presenter's screen. `PAPER`: typed in from the signed sheet. `ZOOM`: matched by hand with the list of participants.
    """

    TAP = "tap"
    SELF = "self"
    WALK_IN = "walk-in"
    CORRECTION = "koreksi"
    CARD = "kartu"
    CODE = "kode"
    SCREEN = "layar"
    PAPER = "kertas"
    ZOOM = "zoom"


class Status(StrEnum):
    """What is known of one seat. `BELUM`: nothing yet."""

    HADIR = "hadir"
    TERLAMBAT = "terlambat"
    IZIN = "izin"
    SAKIT = "sakit"
    ALPA = "alpa"
    BELUM = "belum"

    @property
    def letter(self) -> str:
        """The code of its knot on the screen."""
        return self.value[0]

    @property
    def came(self) -> bool:
        """Whether the person was there."""
        return self in (Status.HADIR, Status.TERLAMBAT)

    @property
    def excused(self) -> bool:
        """Whether the person had said why not."""
        return self in (Status.IZIN, Status.SAKIT)


class AttendanceRecord(Regional, Model):
    """One tap. Only ever added; a trigger of the database refuses to change or delete it.

    `id` is that of the submission. `claimed_at` is the phone's word, `happened_at` the same corrected by the phone's
    `drift` (seconds). `voids` names a record that may come later than its cancellation. `seen_at`: when the screen
    showed the code that was read. `held`: it does not count before somebody has looked (*perlu diperiksa*). `beyond`:
    metres farther from the site than allows for, 0 when near, None without a position, -1 where nothing can be judged
    (until 0.3.0 that was 0 too). `untimed`: the phone did not say what time it had, so nobody can tell how old it is.
    """

    __tablename__ = "attendance_record"
    __table_args__ = (Index(None, "invitation_id", "session_id"), Index(None, "session_id", "recorder_id"))

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("meeting_session.id"))
    kind: Mapped[str]
    status: Mapped[str | None]
    method: Mapped[str]
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offset: Mapped[int]
    drift: Mapped[int] = mapped_column(BigInteger, default=0)
    recorder_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device_session_id: Mapped[UUID | None] = mapped_column(Uuid)
    voids: Mapped[UUID | None] = mapped_column(Uuid)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    beyond: Mapped[int | None]
    untimed: Mapped[bool] = mapped_column(default=False, server_default=false())


class EarlyUndo(Regional, Model):
    """An undo that came before what it takes back: a guest whom the phone has let in, and whose tap is still under way.

    `id` is that of its submission; the rest is as in the record that it becomes once `voids` has come in.
    """

    __tablename__ = "early_undo"
    __table_args__ = (Index(None, "voids"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"))
    voids: Mapped[UUID] = mapped_column(Uuid)
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offset: Mapped[int]
    drift: Mapped[int] = mapped_column(BigInteger, default=0)
    recorder_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device_session_id: Mapped[UUID | None] = mapped_column(Uuid)


class AttendancePosition(Regional, Model):
    """Where a self check-in was tapped. Apart from the record, because it is deleted when its time has come."""

    __tablename__ = "attendance_position"

    record_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("attendance_record.id"), primary_key=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    accuracy: Mapped[float]


class Verdict(Regional, Model):
    """What the records of one seat at one session say; made anew from them at every tap, and by `rebuild`.

    `record_id` is the record that decided, `said_at` its time; `claims_since` a self check-in that waits for the
    coordinator; `computed` an absence that nobody typed: the sheet was closed without a word about this seat. `far`: a
    self check-in from too far away, or from nowhere; `late_code`: the code of the screen came in long after it was
    shown. `beyond`: how far away the farthest self check-in was, in metres; 0 when near, None when nobody can tell.
    `method` is that of the deciding record.
    """

    __tablename__ = "verdict"
    __table_args__ = (Index(None, "session_id", "status"),)

    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("meeting_session.id"), primary_key=True)
    status: Mapped[str] = mapped_column(default=Status.BELUM)
    first_in: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    record_id: Mapped[UUID | None] = mapped_column(Uuid)
    doubled: Mapped[bool] = mapped_column(default=False)
    odd_clock: Mapped[bool] = mapped_column(default=False)
    claims_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    computed: Mapped[bool] = mapped_column(default=False)
    far: Mapped[bool] = mapped_column(default=False, server_default=false())
    late_code: Mapped[bool] = mapped_column(default=False, server_default=false())
    beyond: Mapped[int | None]
    method: Mapped[str | None]

    @classmethod
    def seen_by(cls, codes: Iterable[str], person_id: int | None) -> ColumnElement[bool]:
        """One's own region, or what is said of oneself."""
        mine = [super().seen_by(codes, person_id)]
        if person_id is not None:
            own = Invitation.__table__.alias("own_seat")
            mine.append(exists().where(own.c.id == cls.invitation_id, own.c.person_id == person_id))
        return or_(false(), *mine)

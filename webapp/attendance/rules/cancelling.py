"""A meeting that is called off, and called again: with a reason, before anybody was marked, by whoever leads it.

A tap that was under way on a phone without network is kept all the same: nothing that somebody saved is lost.
"""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.models import Invitation, Meeting, Sheet, SheetState, Verdict
from webapp.attendance.models.guests import says
from webapp.attendance.rules.arranging import led_lists
from webapp.attendance.rules.finding import Kept, kept_sheet
from webapp.attendance.rules.meetings import note_change
from webapp.attendance.rules.moving import follow
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal


class Cancelled(Refusal):
    """The meeting is off, so nobody is marked any more."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Rapat ini dibatalkan, jadi kehadiran tidak dicatat. Bila jadi diadakan, aktifkan lagi rapatnya."
            )
        )


def cancel(meeting_id: int, reason: str, by: int) -> Meeting:
    """Call it off; once more changes nothing. Raises `NotThere`, and a refusal once anything is recorded."""
    meeting = led_lists(meeting_id, lock=True)[0].meeting
    if meeting.cancelled_at is not None:
        return meeting
    if has_begun(meeting_id):
        raise Refusal(
            _("Rapat ini tidak bisa dibatalkan: kehadiran sudah dicatat. Ajukan daftarnya seperti biasa.")
        )
    meeting.cancelled_at, meeting.cancelled_by, meeting.cancel_reason = now(), by, reason
    note_change(meeting, "meeting.cancel")
    db.session.flush()
    return meeting


def reinstate(meeting_id: int) -> Meeting:
    """Hold it after all; once more changes nothing."""
    meeting = led_lists(meeting_id, lock=True)[0].meeting
    if meeting.cancelled_at is not None:
        meeting.cancelled_at = meeting.cancelled_by = meeting.cancel_reason = None
        note_change(meeting, "meeting.reinstate")
        db.session.flush()
        follow(meeting_id)
    return meeting


def has_begun(meeting_id: int) -> bool:
    """Whether anything that holds was recorded at this meeting, or a list of it handed in."""
    record = (
        select(Invitation.meeting_id)
        .join(Verdict, Verdict.invitation_id == Invitation.id)
        .where(Invitation.meeting_id == meeting_id, says(Verdict))
    )
    handed_in = select(Sheet.meeting_id).where(
        Sheet.meeting_id == meeting_id, Sheet.state != SheetState.DRAFT
    )
    return db.session.execute(record.union_all(handed_in).limit(1)).first() is not None


def list_that_is_on(sheet_id: int) -> Kept:
    """A list that one keeps, of a meeting that is not off. Raises `NotThere` and `Cancelled`."""
    kept = kept_sheet(sheet_id)
    refuse_cancelled(kept.meeting)
    return kept


def refuse_cancelled(meeting: Meeting) -> None:
    """Raise `Cancelled` for a meeting that is off."""
    if meeting.cancelled_at is not None:
        raise Cancelled

"""What was promised at a meeting: who does what by when; it stays on the owner's home until it is done.

A word on whether it is done names the state that it wants, and the newest word counts by when it was said, so a phone
that was long without network turns nothing back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from webapp.attendance.models import FollowUp, Invitation, Meeting, SheetState
from webapp.attendance.models.guests import is_gone
from webapp.attendance.rules.finding import Kept, sheets_of
from webapp.attendance.rules.lines import named
from webapp.people.models import Person
from webapp.places.rules.scope import Scope, current
from webapp.plumbing.clock import day_words, local_day, now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

MOST = 30
LONGEST = timedelta(days=366)
WRITTEN_UP = timedelta(days=7)  # after the meeting; what is still missing then is a matter of the next one
DONE = "selesai"


class MinutesClosed(Refusal):
    """The minutes stand: they were closed, or the meeting is long over."""

    def __init__(self) -> None:
        super().__init__(_("Notulen rapat ini sudah ditutup, jadi tidak bisa diubah lagi."))


def are_open(lists: Sequence[Kept]) -> bool:
    """Whether the minutes of these lists may still be written: a locked list is no end of what was agreed."""
    return bool(lists) and lists[0].meeting.minutes_closed_at is None and not are_past(lists)


def are_past(lists: Sequence[Kept]) -> bool:
    """Whether they have closed by themselves: every list is locked, and the meeting has been over for a week."""
    over = max(kept.session.ends_at for kept in lists) + WRITTEN_UP
    return now() > over and all(kept.stage is SheetState.LOCKED for kept in lists)


def open_minutes(meeting_id: int, *, lock: bool = False) -> list[Kept]:
    """The lists that one keeps at this meeting, while its minutes are open; with `lock` nobody else writes meanwhile.

    Raises `NotThere` and `MinutesClosed`.
    """
    lists = _lists(meeting_id, lock=lock)
    if not are_open(lists):
        raise MinutesClosed
    return lists


def close_minutes(meeting_id: int, by: int) -> None:
    """Say that the minutes are complete, as whoever leads the meeting; once more changes nothing."""
    meeting = _led(meeting_id)[0].meeting
    if meeting.minutes_closed_at is None:
        meeting.minutes_closed_at, meeting.minutes_closed_by = now(), by
        db.session.flush()


def reopen_minutes(meeting_id: int) -> None:
    """Go on writing. Raises `MinutesClosed` once they have closed by themselves."""
    lists = _led(meeting_id)
    if are_past(lists):
        raise MinutesClosed
    lists[0].meeting.minutes_closed_at = lists[0].meeting.minutes_closed_by = None
    db.session.flush()


def _led(meeting_id: int) -> list[Kept]:
    lists = _lists(meeting_id, lock=True)
    if not current().covers(lists[0].meeting.region_code):
        raise NotThere
    return lists


def _lists(meeting_id: int, *, lock: bool) -> list[Kept]:
    if lock:
        db.session.execute(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())
    lists = sheets_of(meeting_id)
    if not lists:
        raise NotThere
    return lists


def promise(data: Mapping[str, Any], stamp: Stamp) -> FollowUp:
    """Write down who does what by when; twice is once. The owner is invited, or one of one's own people."""
    lists = open_minutes(data["rapat"], lock=True)
    _refuse_day(data["tenggat"], lists)
    known = _promised(data)
    if known is not None:
        return known
    _refuse_more(data["rapat"])
    made = FollowUp(
        meeting_id=data["rapat"],
        region_code=_region_for(data["pemilik"], lists),
        words=data["tugas"],
        owner_id=data["pemilik"],
        due=data["tenggat"],
        added_by=stamp.sender_id,
        added_at=stamp.received_at,
        submission_id=stamp.submission_id,
    )
    db.session.add(made)
    db.session.flush()
    return made


def say_done(data: Mapping[str, Any], stamp: Stamp, keeps: Scope) -> FollowUp:
    """Done, or not done after all; said by the owner, or by whoever keeps the list (`keeps`: where the sender does)."""
    found = _locked(data["tindak"])
    if found is None or not (found.owner_id == stamp.sender_id or keeps.covers(found.region_code)):
        raise NotThere
    if found.said_at is None or stamp.happened_at >= found.said_at:
        done = data["keadaan"] == DONE
        if done != (found.done_at is not None):
            found.done_at, found.done_by = (stamp.happened_at, stamp.sender_id) if done else (None, None)
        found.said_at = stamp.happened_at
        db.session.flush()
    return found


def drop(meeting_id: int, follow_up_id: int) -> None:
    """Strike out what is not done yet; one that is gone already is no mistake."""
    open_minutes(meeting_id)
    found = _locked(follow_up_id)
    if found is None:
        return
    if found.meeting_id != meeting_id or not current().covers(found.region_code):
        raise NotThere
    if found.done_at is not None:
        raise Refusal(_("Yang sudah selesai tidak dihapus. Keliru? Tandai dulu belum selesai."))
    db.session.delete(found)
    db.session.flush()


def _promised(data: Mapping[str, Any]) -> FollowUp | None:
    """The very same, which is still to be done."""
    told = {"meeting_id": "rapat", "words": "tugas", "owner_id": "pemilik", "due": "tenggat"}
    same = select(FollowUp).filter_by(**{column: data[name] for column, name in told.items()})
    return db.session.scalars(same.where(FollowUp.done_at.is_(None)).limit(1)).one_or_none()


def _locked(follow_up_id: int) -> FollowUp | None:
    """The row, with all other words on it waiting until this transaction ends (PostgreSQL)."""
    found = select(FollowUp).where(FollowUp.id == follow_up_id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def _region_for(person_id: int, lists: Sequence[Kept]) -> str:
    """The site of the owner's seat; for one of one's own people the meeting, as far as it is one's own."""
    seat = (
        select(Invitation.region_code)
        .join(named, named.c.id == Invitation.person_id)
        .where(Invitation.meeting_id == lists[0].meeting.id, Invitation.person_id == person_id)
        .where(named.c.withdrawn_at.is_(None), ~is_gone(Invitation))
    )
    codes = [code for code in db.session.scalars(seat.order_by(Invitation.id)) if current().covers(code)]
    if codes:
        return codes[0]
    own = select(Person.id).where(Person.id == person_id, Person.withdrawn_at.is_(None))
    if db.session.scalars(own).one_or_none() is None:
        raise NotThere
    here = lists[0].meeting.region_code
    return here if current().covers(here) else lists[0].site.region_code


def _refuse_day(due: date, lists: Sequence[Kept]) -> None:
    first = min(local_day(kept.session.starts_at, kept.offset) for kept in lists)
    if due < first:
        day = day_words(first)
        raise Refusal(_("Tenggatnya sebelum rapat. Pilih %(day)s atau sesudahnya.", day=day), field="tenggat")
    if due > first + LONGEST:
        raise Refusal(_("Tenggatnya lebih dari setahun lagi. Periksa tahunnya."), field="tenggat")


def _refuse_more(meeting_id: int) -> None:
    count = select(func.count(FollowUp.id)).where(FollowUp.meeting_id == meeting_id)
    if db.session.execute(count).scalar_one() >= MOST:
        raise Refusal(_("Sudah ada 30 tindak lanjut. Gabungkan yang mirip agar tidak ada yang terlupa."))

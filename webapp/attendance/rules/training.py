"""Who completed a bimtek: whoever came to all its sessions but those that may be missed.

It is known once every session is approved on one of the lists that name a person, and only approved lists count: what
is still open elsewhere can add to it, never take away. It is judged anew in the transaction that approves a list, sends
it back, locks it or corrects it, or changes the meeting. A person counts once, whichever sites she came to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Row, Select, and_, case, distinct, func, select

from webapp.attendance.models import (
    Invitation,
    Meeting,
    MeetingKind,
    MeetingSession,
    Sheet,
    SheetState,
    Status,
    Verdict,
)
from webapp.attendance.models.guests import is_gone
from webapp.people.rules import trail
from webapp.people.rules.permissions import Role
from webapp.people.rules.training import Bimtek, settle
from webapp.places.rules.scope import current, everywhere
from webapp.plumbing.clock import local_day
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal

WHY = "a training is completed over all sites of its meeting"
SETTLED = (SheetState.APPROVED, SheetState.LOCKED)
CAME = tuple(status for status in Status if status.came)


class Overtaken(Refusal):
    """Somebody else changed what a bimtek asks for while the form was open."""

    status = 409


@dataclass(frozen=True)
class Demand:
    """What a bimtek asks for: the role that must complete it, if any, and how many sessions one may miss."""

    role: Role | None
    absences: int = 0

    @property
    def mark(self) -> str:
        """For a form, to notice that somebody else was quicker."""
        return f"{self.role or ''}.{self.absences}"

    @classmethod
    def of(cls, meeting: Meeting) -> Demand:
        """That of a meeting."""
        return cls(Role(meeting.required_for) if meeting.required_for else None, meeting.absences_allowed)


@dataclass(frozen=True)
class Progress:
    """How far somebody is, in sessions: present at all, on approved lists, and with an approved list of this name."""

    came: int
    counted: int
    settled: int

    def completes(self, sessions: int, absences: int) -> bool:
        """Whether that is enough of so many sessions."""
        return self.settled >= sessions and self.counted >= sessions_needed(sessions, absences)


def judge(meeting_id: int) -> None:
    """Give and take the trainings of a meeting by what its lists say now; those of other meetings stay."""
    with everywhere(WHY):
        meeting = _locked(meeting_id)
        sessions = _sessions_of(meeting_id)
        counts = meeting.kind == MeetingKind.BIMTEK and meeting.cancelled_at is None and sessions
        known = progress_of(meeting_id) if counts else {}
        absences = meeting.absences_allowed
        done = [one for one, so_far in known.items() if so_far.completes(len(sessions), absences)]
        last = sessions[-1] if sessions else None
        day = local_day(last.starts_at, last.offset) if last else meeting.created_at.date()
        told = Bimtek(meeting.id, meeting.region_code, meeting.required_for, meeting.title, day)
        settle(told, done)


def demand(meeting_id: int, wanted: Demand, seen: str = "") -> None:
    """Say what a bimtek of one's own region asks for, until a list of it is approved.

    `seen` is the mark of what the form showed; raises `Overtaken` when it is another by now.
    """
    meeting = _locked(meeting_id)
    if not current().covers(meeting.region_code) or meeting.kind != MeetingKind.BIMTEK:
        raise NotThere
    kept = Demand.of(meeting)
    if kept == wanted:
        return
    _refuse_unless_open(meeting)
    if seen and seen != kept.mark:
        raise Overtaken(_("Syarat ini baru saja diubah orang lain. Periksa lagi, lalu simpan sekali lagi."))
    _refuse_too_many(wanted.absences, len(_sessions_of(meeting_id)))
    meeting.required_for, meeting.absences_allowed = wanted.role, wanted.absences
    trail.note("meeting.demand", "meeting", meeting.id, meeting.region_code)
    db.session.flush()


def sessions_needed(sessions: int, absences: int) -> int:
    """How many sessions one has to come to: never none."""
    return max(1, sessions - absences)


def may_change(meeting: Meeting, stages: Iterable[SheetState]) -> bool:
    """Whether what a bimtek asks for is still open, given the states of its lists."""
    return (
        meeting.kind == MeetingKind.BIMTEK
        and meeting.cancelled_at is None
        and not any(stage in SETTLED for stage in stages)
    )


def progress_of(meeting_id: int) -> dict[int, Progress]:
    """By person, over all lists in the bound scope. One statement."""
    rows = db.session.execute(_progress(meeting_id))
    return {row.person_id: Progress(row.came, row.counted, row.settled) for row in rows if row.person_id}


def _progress(meeting_id: int) -> Select[int | None, int, int, int]:
    came, settled = Verdict.status.in_(CAME), Sheet.state.in_(SETTLED)

    def sessions(*where: ColumnElement[bool]) -> Any:
        return func.count(distinct(case((and_(*where), Sheet.session_id))))

    return (
        select(
            Invitation.person_id,
            sessions(came).label("came"),
            sessions(came, settled).label("counted"),
            sessions(settled).label("settled"),
        )
        .join(Sheet, Sheet.site_id == Invitation.site_id)
        .outerjoin(
            Verdict, and_(Verdict.invitation_id == Invitation.id, Verdict.session_id == Sheet.session_id)
        )
        .where(Invitation.meeting_id == meeting_id, Invitation.person_id.is_not(None), ~is_gone(Invitation))
        .group_by(Invitation.person_id)
    )


def _locked(meeting_id: int) -> Meeting:
    """The meeting; whoever else settles it waits, so that two lists approved at once are both seen (PostgreSQL)."""
    found = select(Meeting).where(Meeting.id == meeting_id).execution_options(populate_existing=True)
    meeting = db.session.scalars(found.with_for_update(key_share=True)).one_or_none()
    if meeting is None:
        raise NotThere
    return meeting


def _sessions_of(meeting_id: int) -> list[Row[tuple[object, int]]]:
    found = select(MeetingSession.starts_at, MeetingSession.offset).where(
        MeetingSession.meeting_id == meeting_id
    )
    return list(db.session.execute(found.order_by(MeetingSession.starts_at, MeetingSession.id)))


def _refuse_unless_open(meeting: Meeting) -> None:
    states = db.session.scalars(select(Sheet.state).where(Sheet.meeting_id == meeting.id))
    if not may_change(meeting, map(SheetState, states)):
        raise Refusal(
            _("Syarat ini tidak bisa diubah lagi: rapatnya batal, atau sudah ada lembar yang disetujui.")
        )


def _refuse_too_many(absences: int, sessions: int) -> None:
    if not absences or absences < sessions:
        return
    if sessions < 2:
        raise Refusal(_("Pelatihan ini hanya satu sesi, jadi tidak boleh absen."), field="boleh")
    raise Refusal(
        _(
            "Pelatihan ini %(n)s sesi, jadi boleh absen paling banyak %(most)s.",
            n=sessions,
            most=sessions - 1,
        ),
        field="boleh",
    )

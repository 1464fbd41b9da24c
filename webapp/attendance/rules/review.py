"""The way of a sheet: draf > diajukan > disetujui or dikembalikan > dikunci, each step once, by whom and why.

A step names the version it was taken on, so the second of two reviewers gets a sentence, never a silent overwrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, select, update

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    MeetingSession,
    ReviewEvent,
    Sheet,
    SheetState,
    Status,
    Verdict,
)
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.training import judge
from webapp.attendance.rules.verdicts import SAID_ONESELF
from webapp.people.rules.naming import names_of
from webapp.places.rules.scope import current
from webapp.plumbing.clock import WIB, hour, now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal, refusal_of


@dataclass(frozen=True)
class Step:
    """From which states a step may be taken, and where it leads."""

    state: SheetState
    before: tuple[SheetState, ...]


SUBMIT = Step(SheetState.SUBMITTED, (SheetState.DRAFT, SheetState.RETURNED))
APPROVE = Step(SheetState.APPROVED, (SheetState.SUBMITTED,))
SEND_BACK = Step(SheetState.RETURNED, (SheetState.SUBMITTED, SheetState.APPROVED))
LOCK = Step(SheetState.LOCKED, (SheetState.APPROVED,))


class OverTaken(Refusal):
    """Somebody else was quicker."""

    status = 409


class OwnRecords(Refusal):
    """Whoever has recorded on a sheet does not review it."""

    def __init__(self) -> None:
        super().__init__(_("Anda ikut mencatat di lembar ini, jadi pengawas lain yang harus meninjaunya."))


def submit(sheet_id: int, version: int, actor: int) -> Sheet:
    """Close the list: whoever has no word becomes absent, and it is shown as computed."""
    sheet = get_sheet(sheet_id, lock=True)
    _wait_for_taps(sheet)
    if take(sheet, SUBMIT, version, actor):
        silent = update(Verdict).where(*_on(sheet), Verdict.status == Status.BELUM)
        db.session.execute(
            silent.values(status=Status.ALPA, computed=True),
            execution_options={"synchronize_session": False},
        )
    return sheet


def approve(sheet: Sheet, version: int, actor: int) -> None:
    """The list is right."""
    refuse_recorder(sheet, actor)
    take(sheet, APPROVE, version, actor)


@dataclass(frozen=True)
class Tried:
    """What became of one of several sheets: approved, or why not."""

    sheet_id: int
    refusal: str | None = None


def approve_several(wanted: Mapping[int, int], actor: int) -> list[Tried]:
    """Approve each of these sheets on the version that was seen; one that has moved holds up none of the others.

    `wanted`: version by sheet. Raises `NotThere` when one of them is not in one's own region: then none is approved.
    """
    found = [(get_sheet(sheet_id), version) for sheet_id, version in sorted(wanted.items())]
    found.sort(key=lambda one: one[0].meeting_id)  # an approval locks its meeting: the same order for all
    tried = []
    for sheet, version in found:
        refusal = refusal_of(partial(approve, sheet, version, actor))
        tried.append(Tried(sheet.id, refusal.says if refusal else None))
    return tried


def send_back(sheet: Sheet, version: int, actor: int, reason: str) -> None:
    """The list goes back to its keeper with the reason, and may be marked again."""
    refuse_recorder(sheet, actor)
    if take(sheet, SEND_BACK, version, actor, reason):
        reopened = update(Verdict).where(*_on(sheet), Verdict.computed.is_(True))
        db.session.execute(
            reopened.values(status=Status.BELUM, computed=False),
            execution_options={"synchronize_session": False},
        )
        lay(sheet.meeting_id)


def lock(sheet: Sheet, version: int, actor: int) -> None:
    """From now on only a correction changes anything."""
    refuse_recorder(sheet, actor)
    take(sheet, LOCK, version, actor)


def take(sheet: Sheet, step: Step, version: int, actor: int, reason: str | None = None) -> bool:
    """Take one step on `version`; False when this very step was taken by the same hand before.

    The condition of the UPDATE is the judge. Raises `OverTaken` with who was quicker.
    """
    moved = (
        update(Sheet)
        .where(Sheet.id == sheet.id, Sheet.version == version, Sheet.state.in_(step.before))
        .values(state=step.state, version=version + 1)
    )
    if step is SUBMIT:
        moved = moved.values(submitted_by=actor, submitted_at=now())
    done = db.session.execute(moved, execution_options={"synchronize_session": False})
    db.session.refresh(sheet)
    if done.rowcount:  # type: ignore[attr-defined]
        _note(sheet, actor, reason)
        if step is not SUBMIT:
            judge(sheet.meeting_id)
        return True
    _refuse_unless_mine(sheet, step, version, actor)
    return False


def get_sheet(sheet_id: int, *, lock: bool = False) -> Sheet:
    """The sheet of this id in one's own region; `lock` lets others wait (PostgreSQL). Raises `NotThere`."""
    found = select(Sheet).where(Sheet.id == sheet_id).execution_options(populate_existing=True)
    sheet = db.session.scalars(found.with_for_update() if lock else found).one_or_none()
    if sheet is None or not current().covers(sheet.region_code):
        raise NotThere
    return sheet


def seats_on(sheet: Sheet) -> Select[int]:
    """The seats of a list."""
    return select(Invitation.id).where(Invitation.site_id == sheet.site_id)


def _on(sheet: Sheet) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The verdicts of a list."""
    return Verdict.session_id == sheet.session_id, Verdict.invitation_id.in_(seats_on(sheet))


def has_recorded(sheet: Sheet, person_id: int) -> bool:
    """Whether this person made any record on the sheet."""
    own = select(AttendanceRecord.id).where(
        AttendanceRecord.session_id == sheet.session_id,
        AttendanceRecord.recorder_id == person_id,
        AttendanceRecord.invitation_id.in_(seats_on(sheet)),
        AttendanceRecord.method.not_in(SAID_ONESELF),
    )
    return db.session.execute(own.limit(1)).first() is not None


def refuse_recorder(sheet: Sheet, actor: int) -> None:
    """Four eyes: who recorded does not review."""
    if has_recorded(sheet, actor):
        raise OwnRecords


def _wait_for_taps(sheet: Sheet) -> None:
    """Let taps under way finish first, so that none slips in behind the closing (PostgreSQL)."""
    db.session.execute(seats_on(sheet).order_by(Invitation.id).with_for_update()).all()


def _note(sheet: Sheet, actor: int, reason: str | None) -> None:
    db.session.add(
        ReviewEvent(
            sheet_id=sheet.id,
            region_code=sheet.region_code,
            state=sheet.state,
            version=sheet.version,
            actor_id=actor,
            at=now(),
            reason=reason,
        )
    )
    db.session.flush()


def _refuse_unless_mine(sheet: Sheet, step: Step, version: int, actor: int) -> None:
    """The same step once more, by the same hand, is no mistake: the first answer was lost on the way."""
    last = db.session.scalars(
        select(ReviewEvent)
        .where(ReviewEvent.sheet_id == sheet.id)
        .order_by(ReviewEvent.version.desc())
        .limit(1)
    ).one_or_none()
    if last and (last.state, last.actor_id, last.version) == (step.state, actor, version + 1):
        return
    if last is None:
        raise OverTaken(_("Lembar ini sudah berubah. Muat ulang untuk melihat keadaan terbaru."))
    offset = db.session.scalars(
        select(MeetingSession.offset).where(MeetingSession.id == sheet.session_id)
    ).one_or_none()
    raise OverTaken(
        _(
            "Lembar ini sudah %(state)s oleh %(name)s pukul %(time)s. Muat ulang untuk melihat keadaan terbaru.",
            state=sheet.state,
            name=names_of([last.actor_id]).get(last.actor_id, ""),
            time=hour(last.at, offset or WIB),
        )
    )

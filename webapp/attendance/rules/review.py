"""The way of a sheet: draf > diajukan > disetujui or dikembalikan > dikunci, each step once, by whom and why.

A step names the version it was taken on, so the second of two reviewers gets a sentence, never a silent overwrite.
What was handed in may be taken back until a reviewer has opened it: both are conditions of one row's UPDATE.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, not_, select, update

from webapp.attendance.models import (
    TAKEN_BACK,
    Invitation,
    MeetingSession,
    ReviewEvent,
    Sheet,
    SheetState,
    Status,
    Verdict,
)
from webapp.attendance.rules.four_eyes import has_part, reader, refuse_part
from webapp.attendance.rules.laying import lay
from webapp.attendance.rules.training import judge
from webapp.people.rules.naming import names_of
from webapp.places.rules.scope import current
from webapp.plumbing.clock import WIB, hour, now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal, refusal_of


@dataclass(frozen=True)
class Step:
    """From which states a step may be taken, and where it leads. `word`: its own in the history, else the state."""

    state: SheetState
    before: tuple[SheetState, ...]
    word: str = ""

    @property
    def told(self) -> str:
        """As the history keeps it."""
        return self.word or self.state


SUBMIT = Step(SheetState.SUBMITTED, (SheetState.DRAFT, SheetState.RETURNED))
TAKE_BACK = Step(SheetState.DRAFT, (SheetState.SUBMITTED,), TAKEN_BACK)
APPROVE = Step(SheetState.APPROVED, (SheetState.SUBMITTED,))
SEND_BACK = Step(SheetState.RETURNED, (SheetState.SUBMITTED, SheetState.APPROVED))
LOCK = Step(SheetState.LOCKED, (SheetState.APPROVED,))


class OverTaken(Refusal):
    """Somebody else was quicker."""

    status = 409


class Opened(Refusal):
    """A reviewer has looked at it, so it is hers to send back."""

    status = 409


def submit(sheet: Sheet, version: int, actor: int) -> Sheet:
    """Close the list: whoever was invited and has no word becomes absent, shown as computed. Taps were waited for."""
    if take(sheet, SUBMIT, version, actor):
        invited = Verdict.invitation_id.in_(seats_on(sheet).where(Invitation.walk_in.is_(False)))
        silent = update(Verdict).where(*_on(sheet), invited, Verdict.status == Status.BELUM)
        db.session.execute(
            silent.values(status=Status.ALPA, computed=True),
            execution_options={"synchronize_session": False},
        )
    return sheet


def take_back(sheet_id: int, version: int, actor: int) -> Sheet:
    """Open again what was handed in, as it was before, while no reviewer has opened it. Raises `Opened`."""
    sheet = get_sheet(sheet_id, lock=True)
    if take(sheet, replace(TAKE_BACK, state=_state_before(sheet)), version, actor):
        _reopen(sheet)
    return sheet


def open_for(sheet: Sheet, person_id: int) -> bool:
    """Note that a reviewer looks at what was handed in, the first one only; False once it is something else.

    Whoever has a part in keeping it is no reviewer of it.
    """
    waiting = Sheet.id == sheet.id, Sheet.version == sheet.version, Sheet.state == SheetState.SUBMITTED
    first = update(Sheet).where(*waiting, Sheet.opened_at.is_(None), not_(has_part()))
    noted = db.session.execute(
        first.values(opened_at=now(), opened_by=person_id),
        reader(person_id),
        execution_options={"synchronize_session": False},
    )
    return bool(noted.rowcount)  # type: ignore[attr-defined]


def approve(sheet: Sheet, version: int, actor: int) -> None:
    """The list is right."""
    refuse_part(sheet, actor)
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
    refuse_part(sheet, actor)
    if take(sheet, SEND_BACK, version, actor, reason):
        _reopen(sheet)


def lock(sheet: Sheet, version: int, actor: int) -> None:
    """From now on only a correction changes anything."""
    refuse_part(sheet, actor)
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
        moved = moved.values(submitted_by=actor, submitted_at=now(), opened_by=None, opened_at=None)
    if step.told == TAKEN_BACK:
        moved = moved.where(Sheet.opened_at.is_(None))
    done = db.session.execute(moved, execution_options={"synchronize_session": False})
    db.session.refresh(sheet)
    if done.rowcount:  # type: ignore[attr-defined]
        _note(sheet, step, actor, reason)
        if step is not SUBMIT:
            judge(sheet.meeting_id)
        return True
    _refuse_once_opened(sheet, step, version)
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


def _reopen(sheet: Sheet) -> None:
    """Who was absent by silence alone has no word again; and who was invited since stands on the list."""
    silent = update(Verdict).where(*_on(sheet), Verdict.computed.is_(True))
    db.session.execute(
        silent.values(status=Status.BELUM, computed=False), execution_options={"synchronize_session": False}
    )
    lay(sheet.meeting_id)


def _state_before(sheet: Sheet) -> SheetState:
    """What it was when it was handed in: a list that had come back still says why."""
    steps = select(ReviewEvent.state).where(ReviewEvent.sheet_id == sheet.id, ReviewEvent.state != TAKEN_BACK)
    earlier = steps.where(ReviewEvent.state != SheetState.SUBMITTED).order_by(ReviewEvent.version.desc())
    return SheetState(db.session.scalars(earlier.limit(1)).first() or SheetState.DRAFT)


def wait_for_taps(sheet: Sheet) -> None:
    """Let taps under way finish first, so that none slips in behind the closing (PostgreSQL)."""
    db.session.execute(seats_on(sheet).order_by(Invitation.id).with_for_update()).all()


def _note(sheet: Sheet, step: Step, actor: int, reason: str | None) -> None:
    db.session.add(
        ReviewEvent(
            sheet_id=sheet.id,
            region_code=sheet.region_code,
            state=step.told,
            version=sheet.version,
            actor_id=actor,
            at=now(),
            reason=reason,
        )
    )
    db.session.flush()


def _refuse_once_opened(sheet: Sheet, step: Step, version: int) -> None:
    """Raise `Opened` with who looked, and when."""
    waits = sheet.version == version and sheet.stage is SheetState.SUBMITTED
    if step.told == TAKEN_BACK and waits and sheet.opened_by is not None:
        told = {
            "name": names_of([sheet.opened_by]).get(sheet.opened_by, ""),
            "time": _time(sheet, sheet.opened_at),
        }
        raise Opened(
            _(
                "%(name)s sudah membukanya pukul %(time)s, jadi tidak bisa ditarik. Minta dikembalikan.",
                **told,
            )
        )


def _refuse_unless_mine(sheet: Sheet, step: Step, version: int, actor: int) -> None:
    """The same step once more, by the same hand, is no mistake: the first answer was lost on the way."""
    last = db.session.scalars(
        select(ReviewEvent)
        .where(ReviewEvent.sheet_id == sheet.id)
        .order_by(ReviewEvent.version.desc())
        .limit(1)
    ).one_or_none()
    if last and (last.state, last.actor_id, last.version) == (step.told, actor, version + 1):
        return
    if last is None:
        raise OverTaken(_("Lembar ini sudah berubah. Muat ulang untuk melihat keadaan terbaru."))
    raise OverTaken(
        _(
            "Lembar ini sudah %(state)s oleh %(name)s pukul %(time)s. Muat ulang untuk melihat keadaan terbaru.",
            state=last.state,
            name=names_of([last.actor_id]).get(last.actor_id, ""),
            time=_time(sheet, last.at),
        )
    )


def _time(sheet: Sheet, moment: datetime | None) -> str:
    """The hour of day where the meeting is."""
    offset = select(MeetingSession.offset).where(MeetingSession.id == sheet.session_id)
    return hour(moment, db.session.scalars(offset).one_or_none() or WIB)

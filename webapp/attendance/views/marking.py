"""Taking attendance: the page of all names, one tap each, and the guests at the door."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, get_flashed_messages, request, url_for
from flask_babel import gettext as _

from webapp.attendance import kinds
from webapp.attendance.figures.sheets import last_reason
from webapp.attendance.figures.totals import part_of
from webapp.attendance.forms.marks import WalkInForm
from webapp.attendance.models import SheetState
from webapp.attendance.room import room
from webapp.attendance.rules.cancelling import refuse_cancelled
from webapp.attendance.rules.finding import Kept, kept_meeting, kept_sheet
from webapp.attendance.rules.lines import Line, lines_of
from webapp.attendance.rules.moving import kept_up
from webapp.attendance.views.answers import refused
from webapp.attendance.views.heads import names_for
from webapp.people.figures.search import search as search_people
from webapp.people.rules.likeness import spellings, words_of_name
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received
from webapp.places.rules.names import fold
from webapp.plumbing.clock import now
from webapp.plumbing.doors import Afterwards
from webapp.plumbing.fields import row_number
from webapp.plumbing.render import render, see_other
from webapp.plumbing.submissions import Verdict

SHOWN = {
    "b": lambda line: line.status.letter == "b",
    "done": lambda line: line.status.letter != "b",
    "hadir": lambda line: line.status.came,
    "tidak": lambda line: not line.status.came,
}


@room.get("/rapat/<int:meeting_id>/hadir", needs=Permission.KEEP_ATTENDANCE)
def marking_now(meeting_id: int) -> Response:
    """Leads on to the list that matters now."""
    return see_other(url_for("attendance.marking", sheet_id=kept_meeting(meeting_id).sheet.id))


@room.get("/lembar/<int:sheet_id>/hadir", needs=Permission.KEEP_ATTENDANCE, kept=True)
def marking(sheet_id: int) -> Response:
    """All names at once; the filter works on the phone, or by the address without script."""
    kept = kept_sheet(sheet_id)
    if kept.stage.is_open and now() <= kept.session.ends_at:
        kept_up(kept.meeting.id)
    lines = lines_of(kept.sheet)
    listed = part_of(kept, lines)
    return render(
        "attendance/marking.html",
        held=kept,
        lines=lines,
        asked_for={line.seat for line in lines if _is_asked_for(line)},
        tapped=next(iter(get_flashed_messages(category_filter=["urung"])), None),
        asks=now() > kept.session.late_after,
        said=request.args.get("waktu"),
        listed=listed,
        names=names_for([listed]),
        reason=last_reason(kept.sheet) if kept.stage is SheetState.RETURNED else None,
        query=request.args.get("cari", "")[:80],
        shown=shown if (shown := request.args.get("tampil")) in SHOWN else "all",
    )


@room.post("/rapat/<int:meeting_id>/hadir", needs=Permission.KEEP_ATTENDANCE)
def mark_now(meeting_id: int) -> Response:
    """The same from a page that was opened when a meeting had one list only."""
    return mark(kept_meeting(meeting_id).sheet.id)


@room.post("/lembar/<int:sheet_id>/hadir", needs=Permission.KEEP_ATTENDANCE)
def mark(sheet_id: int) -> Response:
    """One tap, or its undo, of a page without script; phones send theirs to /kirim."""
    refuse_cancelled(kept_sheet(sheet_id).meeting)
    undone = "urung" in request.form
    verdict = received(kinds.VOID if undone else kinds.MARK)
    if verdict.status != 200:
        kept_sheet(sheet_id)
        return refused(verdict, url_for("attendance.marking", sheet_id=sheet_id))
    line = verdict.row
    if line is None:
        _pressed_again(verdict)
        return see_other(url_for("attendance.marking", sheet_id=sheet_id))
    _say(line, verdict, undone=undone)
    said = request.form.get("waktu") or None  # the batch goes on
    return see_other(
        url_for("attendance.marking", sheet_id=sheet_id, waktu=said, _anchor=f"seat-{line.seat}")
    )


@room.get("/lembar/<int:sheet_id>/tamu", needs=Permission.KEEP_ATTENDANCE, kept=True)
def guest(sheet_id: int) -> Response:
    """Who is at the door without an invitation: search one of ours, or type a name."""
    return _guest_page(kept_sheet(sheet_id), WalkInForm())


@room.post("/lembar/<int:sheet_id>/tamu", needs=Permission.KEEP_ATTENDANCE)
def let_in(sheet_id: int) -> Response | Afterwards:
    """Seat and mark a guest in one go."""
    refuse_cancelled(kept_sheet(sheet_id).meeting)
    verdict = received(kinds.WALK_IN)
    back = url_for("attendance.marking", sheet_id=sheet_id)
    if verdict.errors:
        form = WalkInForm(request.form)
        form.validate()
        return Afterwards(lambda: _guest_page(kept_sheet(sheet_id), form, 422))
    if verdict.status != 200:
        return refused(verdict, url_for("attendance.guest", sheet_id=sheet_id))
    if verdict.row is None:
        _pressed_again(verdict)
        return see_other(back)
    _say(verdict.row, verdict, undone=False)
    return see_other(back + f"#seat-{verdict.row.seat}")


def _guest_page(kept: Kept, form: WalkInForm, status: int = 200) -> Response:
    query = request.args.get("cari", "")[:80]
    return render(
        "attendance/guest.html",
        "attendance/_people.html",
        status=status,
        held=kept,
        form=form,
        query=query,
        found=search_people(query) if query else None,
        asks=now() > kept.session.late_after,
        absent=[one for one in lines_of(kept.sheet) if _may_be_represented(one)],
        represented=row_number(request.args.get("mewakili")),
    )


def _may_be_represented(line: Line) -> bool:
    return not (line.walk_in or line.delegate or line.status.came)


def _is_asked_for(line: Line) -> bool:
    keep: Any = SHOWN.get(request.args.get("tampil", ""))
    words = fold(f"{line.name} {line.office}").split()
    asked = words_of_name(request.args.get("cari", "")[:80])
    named = all(any(word.startswith(start) or word in spellings(start) for word in words) for start in asked)
    return named and (keep is None or keep(line))


def _pressed_again(verdict: Verdict) -> None:
    """A button that was pressed once more: its first answer never came, so the way back stands in this one."""
    flash(str(verdict.id), "urung")


def _say(line: Line, verdict: Verdict, *, undone: bool) -> None:
    """Without script: what was done, and in its row the way back."""
    words = _("dibatalkan") if undone else line.status
    flash(_("%(name)s: %(words)s", name=line.name, words=words))
    if not undone:
        flash(str(verdict.id), "urung")

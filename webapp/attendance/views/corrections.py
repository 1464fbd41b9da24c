"""After the lock: asking for a correction with what bears it out, and deciding on it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.attendance import kinds
from webapp.attendance.forms.corrections import STATUSES, CorrectionForm
from webapp.attendance.models import SheetState
from webapp.attendance.room import room
from webapp.attendance.rules import corrections as rules
from webapp.attendance.rules.evidence import photo_of
from webapp.attendance.rules.finding import Kept, kept_sheet
from webapp.attendance.rules.lines import Line, lines_of
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received, viewer
from webapp.places.rules.scope import narrowed
from webapp.plumbing.doors import Afterwards
from webapp.plumbing.fields import choices
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other
from webapp.plumbing.showing import picture


@room.get("/lembar/<int:sheet_id>/koreksi", needs=Permission.READ_SHEETS)
def correction(sheet_id: int) -> Response:
    """The form of a correction, for one seat out of the list."""
    kept = kept_sheet(sheet_id)
    return _page(kept, CorrectionForm(data={"kursi": request.args.get("kursi", type=int)}))


@room.post("/lembar/<int:sheet_id>/koreksi", needs=Permission.READ_SHEETS)
def ask_correction(sheet_id: int) -> Response | Afterwards:
    """Ask; another decides."""
    kept = kept_sheet(sheet_id)
    told = MultiDict(request.form)
    told.setlist("lembar", [str(sheet_id)])
    form = CorrectionForm(told)
    fine = form.validate()
    if fine and form.kursi.data not in {line.seat for line in lines_of(kept.sheet)}:
        form.kursi.errors = [_("Pilih salah satu dari daftar.")]
        fine = False
    if not fine:
        return Afterwards(lambda: _page(kept, form, 422))
    verdict = received(kinds.CORRECTION, told)
    if verdict.status == 404:
        raise NotThere
    if verdict.status != 200:
        form.form_errors = [verdict.reason or ""]
        return Afterwards(lambda: _page(kept, form, verdict.status))
    flash(_("Koreksi diminta. Pengawas lain akan memutuskannya."))
    return see_other(url_for("attendance.meeting", meeting_id=kept.meeting.id))


@room.post("/tinjauan/koreksi/<int:correction_id>", needs=Permission.REVIEW_ATTENDANCE)
def decide_correction(correction_id: int) -> Response:
    """Grant or refuse it."""
    if request.form.get("putusan") not in ("setujui", "tolak"):
        raise NotThere
    accepted = request.form["putusan"] == "setujui"
    wish = rules.decide(correction_id, viewer().person_id, accepted=accepted)
    flash(_("Koreksi disetujui.") if accepted else _("Koreksi ditolak."))
    return see_other(url_for("attendance.sheet", sheet_id=wish.sheet_id))


@room.get("/lembar/<int:sheet_id>/bukti/<int:photo_id>", needs=Permission.READ_SHEETS)
def evidence(sheet_id: int, photo_id: int) -> Response:
    """One photo that bears something out: for whoever sent it, and for whoever reviews there."""
    with narrowed(viewer().scope(Permission.REVIEW_ATTENDANCE)):
        blob = photo_of(sheet_id, photo_id)
    return picture(blob)


def _page(kept: Kept, form: CorrectionForm, status: int = 200) -> Response:
    lines = lines_of(kept.sheet)
    form.kursi.choices = _seats(lines)
    guests = any(line.walk_in for line in lines)
    if not guests:
        form.menjadi.choices = choices(STATUSES)
    return render(
        "attendance/correction.html",
        status=status,
        held=kept,
        form=form,
        guests=guests,
        locked=kept.stage is SheetState.LOCKED,
    )


def _seats(lines: list[Line]) -> list[Any]:
    return choices((line.seat, _words(line)) for line in lines)


def _words(line: Line) -> str:
    return " · ".join([line.name, *([_("tamu")] if line.is_guest else []), line.status])

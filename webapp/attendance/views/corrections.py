"""After the lock: asking for a correction, and deciding on it."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance.forms.corrections import CorrectionForm
from webapp.attendance.models import SheetState, Status
from webapp.attendance.rules import corrections as rules
from webapp.attendance.rules.finding import Kept, kept_sheet
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.views import room
from webapp.attendance.views.answers import tried
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.fields import choices
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other


@room.get("/lembar/<int:sheet_id>/koreksi", needs=Permission.READ_SHEETS)
def correction(sheet_id: int) -> Response:
    """The form of a correction, for one seat out of the list."""
    kept = kept_sheet(sheet_id)
    return _page(kept, CorrectionForm(data={"kursi": request.args.get("kursi", type=int)}))


@room.post("/lembar/<int:sheet_id>/koreksi", needs=Permission.READ_SHEETS)
def ask_correction(sheet_id: int) -> Response:
    """Ask; another decides."""
    kept = kept_sheet(sheet_id)
    form = CorrectionForm(request.form)
    form.kursi.choices = _seats(kept)
    if not form.validate():
        return _page(kept, form, 422)
    seat, after, reason = form.kursi.data, Status(form.menjadi.data), form.alasan.data or ""
    status = tried(form, lambda: rules.ask(sheet_id, seat, after, reason, viewer().person_id))
    if status:
        return _page(kept, form, status)
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


def _page(kept: Kept, form: CorrectionForm, status: int = 200) -> Response:
    form.kursi.choices = _seats(kept)
    return render(
        "attendance/correction.html",
        status=status,
        held=kept,
        form=form,
        locked=kept.stage is SheetState.LOCKED,
    )


def _seats(kept: Kept) -> list[Any]:
    lines = lines_of(kept.sheet)
    return choices((line.seat, f"{line.name} · {line.status}") for line in lines)

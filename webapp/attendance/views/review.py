"""The supervisor's side: what was handed in, one sheet with its rates beside the meeting before, and the decision."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance.figures import sheets
from webapp.attendance.figures.doubles import doubles_of
from webapp.attendance.figures.rates import odd_first, rates_of
from webapp.attendance.models import SheetState
from webapp.attendance.rules import review as rules
from webapp.attendance.rules.finding import Kept, kept_sheet
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.views import room
from webapp.attendance.views.answers import number
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.rules.scope import current
from webapp.plumbing.fields import squeeze
from webapp.plumbing.render import render, see_other

SHORTEST, LONGEST = 5, 500


@room.get("/tinjauan", needs=Permission.REVIEW_ATTENDANCE)
def queue() -> Response:
    """Sheets that wait, or those that are done."""
    return render("attendance/review.html", kept=None, **_queue())


@room.get("/tinjauan/<int:sheet_id>", needs=Permission.REVIEW_ATTENDANCE)
def sheet(sheet_id: int) -> Response:
    """One sheet: the odd ones first."""
    return _sheet_page(kept_sheet(sheet_id))


@room.post("/tinjauan/<int:sheet_id>", needs=Permission.REVIEW_ATTENDANCE)
def decide(sheet_id: int) -> Response:
    """Approve, return with a reason, or lock."""
    found = rules.get_sheet(sheet_id)
    version, actor = number("versi"), viewer().person_id
    reason = squeeze(request.form.get("alasan"))
    match request.form.get("putusan"):
        case "setujui":
            rules.approve(found, version, actor)
            flash(_("Lembar disetujui."))
        case "kunci":
            rules.lock(found, version, actor)
            flash(_("Lembar dikunci. Perubahan sekarang hanya lewat koreksi."))
        case "kembalikan" if SHORTEST <= len(reason) <= LONGEST:
            rules.send_back(found, version, actor, reason)
            flash(_("Lembar dikembalikan. Koordinator membaca alasan Anda."))
        case "kembalikan":
            error = _("Tulis alasannya, 5 sampai 500 huruf, agar koordinator tahu apa yang harus dibetulkan.")
            return _sheet_page(kept_sheet(sheet_id), error, reason, 422)
        case _:
            return _sheet_page(kept_sheet(sheet_id), _("Pilih putusannya."), reason, 422)
    return see_other(url_for("attendance.sheet", sheet_id=sheet_id))


def _queue() -> dict[str, Any]:
    """The list on the left: what waits, with locked sheets whose correction waits; or what is done."""
    done = request.args.get("tampil") == "selesai"
    if done:
        queue = sheets.cards(current(), sheets.DONE)
    else:
        queue = sheets.to_review(current()) + sheets.with_wishes(current())
    return {"cards": queue, "earlier": sheets.earlier_cards(queue), "done": done}


def _sheet_page(kept: Kept, error: str = "", reason: str = "", status: int = 200) -> Response:
    lines = lines_of(kept.sheet)
    return render(
        "attendance/review.html",
        status=status,
        kept=kept,
        lines=odd_first(lines),
        rates=rates_of(lines),
        doubles=doubles_of(lines, kept.session),
        before=sheets.earlier(kept),
        events=sheets.history(kept.sheet),
        wishes=sheets.wishes_of(kept.sheet) if kept.stage is SheetState.LOCKED else [],
        recorded=rules.has_recorded(kept.sheet, viewer().person_id),
        reader=viewer().person_id,
        error=error,
        reason=reason,
        **_queue(),
    )

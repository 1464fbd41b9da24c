"""Typing in the signed sheet: where its QR leads."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from webapp.attendance import kinds
from webapp.attendance.forms.paper import LETTERS, PaperForm
from webapp.attendance.room import room
from webapp.attendance.rules.cancelling import list_that_is_on
from webapp.attendance.rules.finding import Kept
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.paper import Typed, printed
from webapp.attendance.views.answers import refused
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received
from webapp.plumbing.doors import Afterwards
from webapp.plumbing.render import render, see_other
from webapp.plumbing.submissions import Verdict


@room.get("/lembar/<int:sheet_id>/kertas", needs=Permission.KEEP_ATTENDANCE, kept=True)
def paper(sheet_id: int) -> Response:
    """All rows in the printed order, and what else stands on the paper."""
    return _page(list_that_is_on(sheet_id), PaperForm())


@room.post("/lembar/<int:sheet_id>/kertas", needs=Permission.KEEP_ATTENDANCE)
def type_paper(sheet_id: int) -> Response | Afterwards:
    """One form for the whole sheet, of a page without script; phones send theirs to /kirim."""
    kept = list_that_is_on(sheet_id)
    told = MultiDict(request.form)
    told.setlist("lembar", [str(sheet_id)])
    verdict = received(kinds.PAPER, told)
    if verdict.errors or (verdict.status != 200 and kept.stage.is_open):
        return Afterwards(lambda: _refused_page(kept, told, verdict))
    if verdict.status != 200:
        return refused(verdict, url_for("attendance.paper", sheet_id=sheet_id))
    flash(_said(verdict.row))
    return see_other(url_for("attendance.marking", sheet_id=sheet_id))


def _refused_page(kept: Kept, told: MultiDict[str, str], verdict: Verdict) -> Response:
    form = PaperForm(told)
    form.validate()
    form.form_errors = form.form_errors or ([] if verdict.errors else [verdict.reason or ""])
    return _page(kept, form, verdict.status)


def _said(typed: Typed | None) -> str:
    """What came of it; nothing new is no mistake."""
    if typed is None or not (typed.new or typed.guests):
        return _("Semua baris itu sudah tercatat.")
    if typed.guests:
        return _("%(n)s baris dan %(guests)s tamu dicatat dari kertas.", n=typed.new, guests=typed.guests)
    return _("%(n)s baris dicatat dari kertas.", n=typed.new)


def _page(kept: Kept, form: PaperForm, status: int = 200) -> Response:
    rows = printed(lines_of(kept.sheet))
    form.urutan.data = ",".join(str(line.seat) for line in rows)
    return render("attendance/paper.html", status=status, held=kept, form=form, lines=rows, letters=LETTERS)

"""The head count of one list."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance import kinds
from webapp.attendance.figures.totals import Part, part_of
from webapp.attendance.forms.arranging import HeadsForm
from webapp.attendance.room import room
from webapp.attendance.rules.finding import kept_sheet
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.views.answers import refused
from webapp.people.rules.naming import names_of
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received
from webapp.plumbing.render import render, see_other


@room.get("/lembar/<int:sheet_id>/kepala", needs=Permission.KEEP_ATTENDANCE)
def head_count(sheet_id: int) -> Response:
    """How many are there, beside how many were marked."""
    return _page(sheet_id)


@room.post("/lembar/<int:sheet_id>/kepala", needs=Permission.KEEP_ATTENDANCE)
def count_heads(sheet_id: int) -> Response:
    """Keep it; phones send theirs to /kirim."""
    verdict = received(kinds.HEADS, {**request.form, "lembar": str(sheet_id)})
    if verdict.errors:
        form = HeadsForm(request.form)
        form.validate()
        return _page(sheet_id, form, 422)
    if verdict.status != 200:
        return refused(verdict, url_for("attendance.head_count", sheet_id=sheet_id))
    flash(_("Hitungan kepala disimpan."))
    return see_other(url_for("attendance.head_count", sheet_id=sheet_id))


def names_for(parts: Sequence[Part]) -> dict[int, str]:
    """Who is in charge of these lists, who counted and who handed them in, by number. One statement."""
    sheets = [one.kept.sheet for one in parts]
    found = {one.kept.site.pic_id for one in parts}
    found |= {key for sheet in sheets for key in (sheet.head_count_by, sheet.submitted_by)}
    return names_of(key for key in found if key)


def _page(sheet_id: int, form: HeadsForm | None = None, status: int = 200) -> Response:
    kept = kept_sheet(sheet_id)
    lines = lines_of(kept.sheet)
    part = part_of(kept, lines)
    wrong = form.jumlah.errors if form else ()
    return render(
        "attendance/head_count.html",
        status=status,
        held=kept,
        listed=part,
        names=names_for([part]),
        typed=form.jumlah.raw_data[0] if form and form.jumlah.raw_data else "",
        wrong=wrong,
    )

"""Handing a list in: at once when nothing is left to decide, else in a step that says what it decides; and back."""

from __future__ import annotations

from functools import partial

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance.room import room
from webapp.attendance.rules import review
from webapp.attendance.rules.handing import Standing, Undecided, hand_in, standing_of
from webapp.attendance.views.answers import number
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.refusal import refusal_of
from webapp.plumbing.render import render, see_other, wants_part

KEEP = Permission.KEEP_ATTENDANCE


@room.get("/lembar/<int:sheet_id>/ajukan", needs=KEEP)
def handing(sheet_id: int) -> Response:
    """What handing this list in would decide."""
    standing = standing_of(sheet_id)
    if not standing.kept.stage.is_open or standing.kept.meeting.cancelled_at:
        return see_other(url_for("attendance.marking", sheet_id=sheet_id))
    return _step(standing, changed="berubah" in request.args)


@room.post("/lembar/<int:sheet_id>/ajukan", needs=KEEP)
def submit(sheet_id: int) -> Response:
    """Hand the list in, or tell what that would decide."""
    seen, actor = request.form.get("dasar", "")[:40], viewer().person_id
    refusal = refusal_of(partial(hand_in, sheet_id, number("versi"), seen, actor))
    if isinstance(refusal, Undecided):
        if wants_part():
            return _step(refusal.standing, changed=refusal.changed)
        changed = 1 if refusal.changed else None
        return see_other(url_for("attendance.handing", sheet_id=sheet_id, berubah=changed))
    if refusal is not None:
        raise refusal
    flash(_("Daftar diajukan."), "diajukan")
    return see_other(url_for("attendance.marking", sheet_id=sheet_id))


@room.post("/lembar/<int:sheet_id>/tarik", needs=KEEP)
def take_back(sheet_id: int) -> Response:
    """Open again what was handed in; until a reviewer has looked."""
    refusal = refusal_of(partial(review.take_back, sheet_id, number("versi"), viewer().person_id))
    if refusal is not None:
        flash(refusal.says, "bad")
    else:
        flash(_("Daftar ditarik kembali. Ajukan lagi setelah dibetulkan."))
    return see_other(url_for("attendance.marking", sheet_id=sheet_id))


def _step(standing: Standing, *, changed: bool) -> Response:
    return render(
        "attendance/handing.html",
        "attendance/_handing.html",
        held=standing.kept,
        standing=standing,
        lines=standing.lines,
        changed=changed,
    )

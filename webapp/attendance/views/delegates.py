"""Diwakili: who comes instead of somebody invited."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.forms.invitations import DelegateForm
from webapp.attendance.models import Invitation
from webapp.attendance.room import room
from webapp.attendance.rules import standing
from webapp.attendance.rules.finding import Kept, most_wanted, sheets_of
from webapp.attendance.rules.inviting import open_site
from webapp.attendance.rules.lines import Line, lines_of
from webapp.attendance.views.answers import tried
from webapp.people.figures.search import search as search_people
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other


@room.get("/undangan/<int:invitation_id>/wakil", needs=Permission.KEEP_ATTENDANCE)
def delegate(invitation_id: int) -> Response:
    """Search one of ours, or type a name; or take her back who was named."""
    return _page(_seat(invitation_id), DelegateForm())


@room.post("/undangan/<int:invitation_id>/wakil", needs=Permission.KEEP_ATTENDANCE)
def send_delegate(invitation_id: int) -> Response:
    """Name who comes instead, or nobody any more. Doing it twice changes nothing."""
    seat = _seat(invitation_id)
    held = open_site(seat.meeting_id, seat.site_id)
    if "batal" in request.form:
        standing.recall(seat.id, held.sheet)
        flash(_("Tidak diwakili lagi."))
        return see_other(url_for("attendance.delegate", invitation_id=seat.id))
    form = DelegateForm(request.form)
    if not form.validate():
        return _page(seat, form, 422)
    status = tried(form, lambda: standing.send(seat.id, form.sent, held.sheet, viewer().person_id))
    if status:
        return _page(seat, form, status)
    flash(_("Wakil dicatat. Kehadirannya tetap dicatat sendiri di daftar."))
    return see_other(url_for("attendance.delegate", invitation_id=seat.id))


def _page(seat: Invitation, form: DelegateForm, status: int = 200) -> Response:
    kept = _kept(seat)
    query = request.args.get("cari", "")[:80]
    return render(
        "attendance/delegate.html",
        "attendance/_delegates.html",
        status=status,
        held=kept,
        line=_line(kept, seat.id),
        form=form,
        open=kept.stage.is_open,
        query=query,
        found=search_people(query) if query else None,
    )


def _seat(invitation_id: int) -> Invitation:
    found = select(Invitation).where(Invitation.id == invitation_id, Invitation.walk_in.is_(False))
    seat = db.session.scalars(found).one_or_none()
    if seat is None:
        raise NotThere
    _kept(seat)
    return seat


def _kept(seat: Invitation) -> Kept:
    lists = [one for one in sheets_of(seat.meeting_id) if one.site.id == seat.site_id]
    if not lists:
        raise NotThere
    return most_wanted(lists)


def _line(kept: Kept, seat: int) -> Line:
    line = next((one for one in lines_of(kept.sheet) if one.seat == seat), None)
    if line is None:
        raise NotThere
    return line

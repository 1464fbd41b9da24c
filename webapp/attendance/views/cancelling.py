"""Calling a meeting off, telling everybody, and calling it again."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance.figures import cancelled as figures
from webapp.attendance.forms.arranging import CancelForm
from webapp.attendance.room import room
from webapp.attendance.rules import cancelling as rules
from webapp.attendance.rules.arranging import led_lists, sessions_among
from webapp.attendance.views.answers import tried
from webapp.people.rules.naming import names_of
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.render import render, see_other


@room.get("/rapat/<int:meeting_id>/batal", needs=Permission.KEEP_ATTENDANCE)
def cancellation(meeting_id: int) -> Response:
    """Why it is to be off; or, once it is, whom to tell and the way back."""
    return _page(meeting_id, CancelForm())


@room.post("/rapat/<int:meeting_id>/batal", needs=Permission.KEEP_ATTENDANCE)
def cancel(meeting_id: int) -> Response:
    """Call it off; doing it twice changes nothing."""
    form = CancelForm(request.form)
    status = 422 if not form.validate() else 0
    by = viewer().person_id
    status = status or tried(form, lambda: rules.cancel(meeting_id, form.alasan.data or "", by))
    if status:
        return _page(meeting_id, form, status)
    flash(_("Rapat dibatalkan. Kabari pesertanya."))
    return see_other(url_for("attendance.cancellation", meeting_id=meeting_id))


@room.post("/rapat/<int:meeting_id>/aktifkan", needs=Permission.KEEP_ATTENDANCE)
def reinstate(meeting_id: int) -> Response:
    """Hold it after all."""
    rules.reinstate(meeting_id)
    flash(_("Rapat diadakan lagi. Kabari pesertanya."))
    return see_other(url_for("attendance.meeting", meeting_id=meeting_id))


def _page(meeting_id: int, form: CancelForm, status: int = 200) -> Response:
    lists = led_lists(meeting_id)
    meeting, sessions = lists[0].meeting, sessions_among(lists)
    off = meeting.cancelled_at is not None
    text = figures.words_for(meeting, sessions) if off else ""
    told, many = figures.whom_to_tell(meeting_id) if off else ([], 0)
    return render(
        "attendance/cancellation.html",
        status=status,
        meeting=meeting,
        session=sessions[0],
        form=form,
        text=text,
        link=figures.share_link(text),
        told=told,
        many=many,
        begun=not (off or form.form_errors) and rules.has_begun(meeting_id),
        by=names_of([meeting.cancelled_by or 0]).get(meeting.cancelled_by or 0, ""),
        may_call=viewer().may(Permission.CONTACT),
    )

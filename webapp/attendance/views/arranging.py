"""The arrangement of a meeting: its sessions and sites, for whoever leads its region."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.attendance.forms.arranging import SessionForm
from webapp.attendance.models import MeetingSession
from webapp.attendance.room import room
from webapp.attendance.rules import arranging as rules
from webapp.attendance.rules import series
from webapp.attendance.rules.meetings import Overtaken
from webapp.attendance.views.answers import say_odd_day, tried
from webapp.people.rules.naming import names_of as people_named
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.places.figures.tree import names_of
from webapp.places.rules.codes import level_of
from webapp.places.rules.zones import offset_of
from webapp.plumbing.clock import as_local
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other

KEEP = Permission.KEEP_ATTENDANCE


@room.get("/rapat/<int:meeting_id>/susunan", needs=KEEP)
def arrangement(meeting_id: int) -> Response:
    """Sessions and sites in plain lists."""
    lists = rules.led_lists(meeting_id)
    meeting, sites = lists[0].meeting, rules.sites_among(lists)
    return render(
        "attendance/arrangement.html",
        meeting=meeting,
        sessions=rules.sessions_among(lists),
        sites=sites,
        regions=names_of(site.region_code for site in sites),
        people=people_named(site.pic_id for site in sites if site.pic_id),
        later=len(series.later_ones(meeting)),
        below=_part_words(level_of(meeting.region_code) + 1),
    )


@room.get("/rapat/<int:meeting_id>/susunan/sesi", needs=KEEP)
def new_session(meeting_id: int) -> Response:
    """A further part: on the day of the last one, from its end."""
    last = rules.sessions_among(rules.led_lists(meeting_id))[-1]
    ends = as_local(last.ends_at, last.offset)
    return _session_page(meeting_id, SessionForm(data={"tanggal": ends.date(), "mulai": ends.time()}))


@room.post("/rapat/<int:meeting_id>/susunan/sesi", needs=KEEP)
def add_session(meeting_id: int) -> Response:
    """Add it; the same once more is the same one."""
    form = _session_form(meeting_id)
    status = 422 if not form.validate() else tried(form, lambda: rules.add_session(meeting_id, form.span))
    if status:
        return _session_page(meeting_id, form, status)
    flash(_("Sesi disimpan."))
    say_odd_day(form.span.starts_at, form.zone)
    return back(meeting_id)


@room.get("/rapat/<int:meeting_id>/susunan/sesi/<int:session_id>", needs=KEEP)
def edit_session(meeting_id: int, session_id: int) -> Response:
    """Other hours, another title."""
    return _session_page(meeting_id, None, session_id=session_id)


@room.post("/rapat/<int:meeting_id>/susunan/sesi/<int:session_id>", needs=KEEP)
def change_session(meeting_id: int, session_id: int) -> Response:
    """Keep the change."""
    form, seen = _session_form(meeting_id), request.form.get("dasar", "")
    status = 422 if not form.validate() else 0
    status = status or tried(form, lambda: rules.change_session(meeting_id, session_id, form.span, seen))
    if status:
        return _session_page(meeting_id, form, status, session_id)
    flash(_("Sesi disimpan."))
    say_odd_day(form.span.starts_at, form.zone)
    return back(meeting_id)


@room.post("/rapat/<int:meeting_id>/susunan/sesi/<int:session_id>/hapus", needs=KEEP)
def remove_session(meeting_id: int, session_id: int) -> Response:
    """Take it away while it is empty."""
    form = SessionForm()
    status = tried(form, lambda: rules.remove_session(meeting_id, session_id))
    if status:
        return _session_page(meeting_id, None, status, session_id, form.form_errors)
    flash(_("Sesi dihapus."))
    return back(meeting_id)


@room.post("/rapat/<int:meeting_id>/susunan/samakan", needs=KEEP)
def align_series(meeting_id: int) -> Response:
    """Give the later meetings of the series what they lack."""
    many = series.align(meeting_id, viewer().person_id)
    flash(ngettext("%(num)s rapat berikutnya disamakan.", "%(num)s rapat berikutnya disamakan.", many))
    return back(meeting_id)


def back(meeting_id: int) -> Response:
    """To the arrangement."""
    return see_other(url_for("attendance.arrangement", meeting_id=meeting_id))


def basis_of(mark: str, status: int) -> str:
    """The mark of what the form was made from; after being overtaken, of what stands there now."""
    return mark if status in (200, Overtaken.status) else request.form.get("dasar", mark)


def _part_words(level: int) -> str:
    return {2: _("kabupaten/kota"), 3: _("kecamatan"), 4: _("kelurahan/desa")}.get(level, "")


def _session_form(meeting_id: int) -> SessionForm:
    meeting = rules.led_lists(meeting_id)[0].meeting
    form = SessionForm(request.form)
    form.zone = offset_of(meeting.region_code)
    return form


def _session_page(
    meeting_id: int,
    form: SessionForm | None,
    status: int = 200,
    session_id: int = 0,
    wrong: list[str] | None = None,
) -> Response:
    lists = rules.led_lists(meeting_id)
    mine = [one for one in lists if one.session.id == session_id]
    if session_id and not mine:
        raise NotThere
    meeting, session = lists[0].meeting, mine[0].session if mine else None
    fixed = session is not None and rules.are_settled(mine)
    form = form or SessionForm(data=_session_as_typed(session) if session else {})
    form.zone, form.form_errors = offset_of(meeting.region_code), [*form.form_errors, *(wrong or ())]
    return render(
        "attendance/session_form.html",
        status=status,
        meeting=meeting,
        session=session,
        form=form,
        removable=len(mine) < len(lists) and not fixed,
        fixed=fixed,
        basis=basis_of(rules.session_mark(session), status) if session else "",
    )


def _session_as_typed(session: MeetingSession) -> dict[str, Any]:
    start, end = as_local(session.starts_at, session.offset), as_local(session.ends_at, session.offset)
    return {
        "judul": session.title,
        "tanggal": start.date(),
        "mulai": start.time(),
        "selesai": end.time(),
        "toleransi": int((session.late_after - session.starts_at).total_seconds() // 60),
        "agenda": session.agenda,
    }

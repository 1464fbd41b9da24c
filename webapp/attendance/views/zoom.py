"""Who was there over Zoom: its list of participants, compared by us and confirmed by the keeper."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.attendance.forms.zoom import ConfirmForm, Listed, UploadForm, signed
from webapp.attendance.rules.cancelling import list_that_is_on
from webapp.attendance.rules.finding import Kept
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.paper import printed
from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.rules.zoom.gathering import gather
from webapp.attendance.rules.zoom.matching import suggest
from webapp.attendance.rules.zoom.reading import BadList, read
from webapp.attendance.rules.zoom.taking import Taken, take
from webapp.attendance.views import room
from webapp.attendance.views.answers import tried
from webapp.attendance.views.vouching import stamp_now
from webapp.people.rules.permissions import Permission
from webapp.people.views.sending import sender
from webapp.plumbing.refusal import NotThere
from webapp.plumbing.render import render, see_other


@room.get("/lembar/<int:sheet_id>/zoom", needs=Permission.KEEP_ATTENDANCE)
def zoom(sheet_id: int) -> Response:
    """Where to get the file, and the field for it."""
    return render("attendance/zoom.html", held=list_that_is_on(sheet_id), form=UploadForm())


@room.post("/lembar/<int:sheet_id>/zoom", needs=Permission.KEEP_ATTENDANCE, writing=False)
def read_zoom(sheet_id: int) -> Response:
    """Read the file and show whose its names may be. Nothing is stored."""
    kept = list_that_is_on(sheet_id)
    try:
        form = UploadForm(request.files)
    except RequestEntityTooLarge:
        form = UploadForm()
        form.form_errors = [_("Berkas ini lebih dari 2 MB. Unduh daftar peserta satu rapat saja.")]
        return render("attendance/zoom.html", status=413, held=kept, form=form)
    if not form.validate():
        return render("attendance/zoom.html", status=422, held=kept, form=form)
    try:
        found = gather(read(form.berkas.data, kept.offset, kept.session.starts_at), Hours.of(kept.session))
    except BadList as bad:
        form.berkas.errors = [bad.says]
        return render("attendance/zoom.html", status=422, held=kept, form=form)
    lines = printed(lines_of(kept.sheet))
    listed = Listed(found.shown, [line.seat for line in lines])
    return _matches(kept, listed, ConfirmForm(), signed(sheet_id, listed), outside=found.outside)


@room.post("/lembar/<int:sheet_id>/zoom/simpan", needs=Permission.KEEP_ATTENDANCE)
def take_zoom(sheet_id: int) -> Response:
    """Record those whom the keeper confirmed."""
    kept, form = list_that_is_on(sheet_id), ConfirmForm(request.form)
    fine = form.validate()
    listed = form.daftar.data
    if listed is None:
        flash(str(next(iter(form.daftar.errors), "")), "bad")
        return see_other(url_for("attendance.zoom", sheet_id=sheet_id))
    if form.daftar.sheet_id != sheet_id:
        raise NotThere
    stamp = replace(stamp_now(sender(), kept.offset), submission_id=form.daftar.upload)
    done: list[Taken] = []
    status = tried(form, lambda: done.append(take(sheet_id, form.confirmed, stamp))) if fine else 422
    if status:
        return _matches(kept, listed, form, request.form["daftar"], status=status)
    flash(_said(done[0]))
    return see_other(url_for("attendance.marking", sheet_id=sheet_id))


def _said(taken: Taken) -> str:
    if not (taken.new or taken.guests):
        return _("Semua yang dipilih sudah tercatat.")
    return _(
        "Dari Zoom: %(new)s dicatat, %(guests)s tamu, %(known)s sudah tercatat.",
        new=taken.new,
        guests=taken.guests,
        known=taken.known,
    )


def _matches(
    kept: Kept, listed: Listed, form: ConfirmForm, token: str, *, outside: int = 0, status: int = 200
) -> Response:
    lines = {line.seat: line for line in lines_of(kept.sheet)}
    return render(
        "attendance/zoom_names.html",
        status=status,
        held=kept,
        found=list(enumerate(suggest(listed.shown, [lines[s] for s in listed.seats if s in lines]))),
        numbers={seat: n for n, seat in enumerate(listed.seats, start=1)},
        form=form,
        token=token,
        outside=outside,
    )

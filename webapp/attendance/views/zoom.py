"""Who was there over Zoom: its list of participants, compared by us and confirmed by the keeper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.attendance.forms.zoom import ConfirmForm, Listed, UploadForm, chosen, signed, written
from webapp.attendance.room import room
from webapp.attendance.rules.cancelling import list_that_is_on
from webapp.attendance.rules.finding import Kept
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.paper import printed
from webapp.attendance.rules.verdicts import Hours
from webapp.attendance.rules.zoom.gathering import Choice, gather, refuse_another_meeting, zones
from webapp.attendance.rules.zoom.matching import suggest
from webapp.attendance.rules.zoom.reading import read
from webapp.attendance.rules.zoom.tables import BadList
from webapp.attendance.rules.zoom.taking import Taken, take
from webapp.attendance.views.answers import tried
from webapp.attendance.views.vouching import stamp_now
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import sender
from webapp.places.rules.zones import WORDS
from webapp.plumbing.budget import Cost, spend_at_the_end
from webapp.plumbing.doors import writing_again
from webapp.plumbing.refusal import NotThere, Refusal
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
        return _not_read(kept, _("Berkas ini lebih dari 2 MB. Unduh daftar peserta satu rapat saja."), 413)
    if not form.validate():
        return render("attendance/zoom.html", status=422, held=kept, form=form)
    try:
        listing = read(form.berkas.data, kept.offset, kept.session.starts_at)
        listed = Listed(sheet_id, listing, [line.seat for line in printed(lines_of(kept.sheet))])
        return _matches(kept, listed, chosen({}, listing), ConfirmForm(), signed(listed))
    except BadList as bad:
        return _not_read(kept, bad.says)


@room.post("/lembar/<int:sheet_id>/zoom/baca", needs=Permission.KEEP_ATTENDANCE, writing=False)
def reread_zoom(sheet_id: int) -> Response:
    """The same file once more, read as the keeper says. Nothing is stored."""
    kept, form = list_that_is_on(sheet_id), ConfirmForm(request.form)
    listed = _believed(form, sheet_id)
    if listed is None:
        return _upload_again(form, sheet_id)
    choice = chosen(form.told, listed.listing)
    if not form.is_read_so(choice):
        form.forget_the_rows()
    try:
        return _matches(kept, listed, choice, form, request.form["daftar"])
    except BadList as bad:
        return _not_read(kept, bad.says)


@room.post("/lembar/<int:sheet_id>/zoom/simpan", needs=Permission.KEEP_ATTENDANCE, writing=False)
def take_zoom(sheet_id: int) -> Response:
    """Record those whom the keeper confirmed; when she has just chosen to read it otherwise, show that first.

    Thousands of names are read and matched while nobody has to wait for the lock.
    """
    kept, form = list_that_is_on(sheet_id), ConfirmForm(request.form)
    listed = _believed(form, sheet_id)
    if listed is None:
        return _upload_again(form, sheet_id)
    choice = chosen(form.told, listed.listing)
    try:
        if form.is_read_so(choice):
            return _take(kept, listed, choice, form)
        form.forget_the_rows()
        form.form_errors = [
            _("Berkas dibaca dengan cara yang baru Anda pilih. Periksa namanya, lalu simpan.")
        ]
        return _matches(kept, listed, choice, form, request.form["daftar"], status=422)
    except BadList as bad:
        return _not_read(kept, bad.says)


def _take(kept: Kept, listed: Listed, choice: Choice, form: ConfirmForm) -> Response:
    hours = Hours.of(kept.session)
    found = gather(listed.listing, choice, hours)
    done: list[Taken] = []
    fine = form.settle(found.shown, listed.seats)
    status = _tried(form, lambda: done.append(_recorded(listed, form, hours))) if fine else 422
    if status:
        return _matches(kept, listed, choice, form, request.form["daftar"], status=status)
    flash(_said(done[0]))
    return see_other(url_for("attendance.marking", sheet_id=listed.sheet_id))


def _tried(form: ConfirmForm, act: Callable[[], None]) -> int:
    """Only this holds the lock; what is refused is shown when it is free again."""
    with writing_again(Permission.KEEP_ATTENDANCE, counted=False):
        return tried(form, act)


def _recorded(listed: Listed, form: ConfirmForm, hours: Hours) -> Taken:
    """Every new guest counts in the keeper's budget, as on a typed sheet.

    The list is read anew: while the names were gathered the meeting may have been called off or moved.
    """
    kept = list_that_is_on(listed.sheet_id)
    if Hours.of(kept.session) != hours:
        form.forget_the_rows()
        raise Refusal(_("Jam rapat ini baru saja diubah. Periksa lagi namanya, lalu simpan."))
    stamp = replace(stamp_now(sender(), kept.offset), submission_id=form.daftar.upload)
    taken = take(listed.sheet_id, form.confirmed, stamp)
    spend_at_the_end(stamp.sender_id, Cost(1 + taken.guests, request.content_length or 0))
    return taken


def _believed(form: ConfirmForm, sheet_id: int) -> Listed | None:
    """What we signed for this list; None when it is not ours or too old. Raises `NotThere` for another list's."""
    if not form.validate() or form.daftar.data is None:
        return None
    if form.daftar.data.sheet_id != sheet_id:
        raise NotThere
    return form.daftar.data


def _upload_again(form: ConfirmForm, sheet_id: int) -> Response:
    flash(str(next(iter(form.daftar.errors), "")), "bad")
    return see_other(url_for("attendance.zoom", sheet_id=sheet_id))


def _not_read(kept: Kept, says: str, status: int = 422) -> Response:
    form = UploadForm()
    form.berkas.errors = [says]
    return render("attendance/zoom.html", status=status, held=kept, form=form)


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
    kept: Kept, listed: Listed, choice: Choice, form: ConfirmForm, token: str, *, status: int = 200
) -> Response:
    """Raises `BadList` when nobody of the file was there during the session."""
    lines = {line.seat: line for line in lines_of(kept.sheet)}
    hours = Hours.of(kept.session)
    found = gather(listed.listing, choice, hours)
    refuse_another_meeting(listed.listing, choice, found, hours)
    return render(
        "attendance/zoom_names.html",
        status=status,
        held=kept,
        found=list(enumerate(suggest(found.shown, [lines[s] for s in listed.seats if s in lines]))),
        numbers={seat: n for n, seat in enumerate(listed.seats, start=1)},
        form=form,
        token=token,
        outside=found.outside,
        read=listed.listing,
        choice=choice,
        written=written(choice),
        zones=_zones(listed, choice, hours),
    )


def _zones(listed: Listed, choice: Choice, hours: Hours) -> list[tuple[int, str, int]]:
    """The zones to choose from, and how many were there if the hours are meant so; none if the file names its own."""
    if listed.listing.zoned or not any(stay.join for stay in listed.listing.stays):
        return []
    there = zones(listed.listing, choice, hours)
    offered = sorted({*there, *WORDS, choice.offset})
    return [(one, WORDS.get(one, f"UTC{one // 60:+d}"), there.get(one, 0)) for one in offered]

"""The own calendar: its private address, and what stands behind it."""

from __future__ import annotations

from flask import Response, flash, make_response, request, url_for
from flask_babel import gettext as _

from webapp.attendance.figures import calendars as figures
from webapp.attendance.room import room
from webapp.attendance.rules import calendars as rules
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.render import render, see_other


@room.get("/kalender", needs=Permission.ENTER)
def calendar() -> Response:
    """What it is, and one's own address."""
    feed = rules.feed_of(viewer().person_id)
    where = url_for("attendance.calendar_feed", token=feed.token, _external=True) if feed else ""
    response = render(
        "attendance/calendar.html",
        where=where,
        subscribe=where.replace("https://", "webcal://", 1).replace("http://", "webcal://", 1),
        made_at=feed.made_at if feed else None,
        offset=viewer().offset,
    )
    response.headers["Cache-Control"] = "no-store"  # the address opens the calendar by itself
    return response


@room.post("/kalender", needs=Permission.ENTER, counted=False)
def new_calendar() -> Response:
    """A new address, or none any more; the earlier one leads nowhere. Each has one row, however often it is asked."""
    person = viewer().person_id
    if "hapus" in request.form:
        rules.end_feed(person)
        flash(_("Alamat kalender dihapus. Kalender di HP tidak diperbarui lagi."))
    else:
        rules.new_feed(person)
        flash(_("Alamat baru dibuat. Alamat yang lama tidak berlaku lagi."))
    return see_other(url_for("attendance.calendar"))


@room.get("/kalender/<string:token>.ics", needs=PUBLIC)
def calendar_feed(token: str) -> Response:
    """For whoever holds the address: the meetings of the person whose it is, and of nobody else."""
    entries = figures.entries_of(figures.reader_of(token))
    body = figures.calendar_of(
        entries, lambda meeting: url_for("attendance.meeting", meeting_id=meeting, _external=True)
    )
    response = make_response(body)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="rapat.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    response.make_conditional(request)
    return response

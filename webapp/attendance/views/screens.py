"""Saya hadir by the code of a site's screen: from any camera through an address, or from the camera of the app."""

from __future__ import annotations

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance import kinds
from webapp.attendance.forms.codes import READING, key_for, reading_browser, seen_here
from webapp.attendance.room import room
from webapp.attendance.rules import tokens
from webapp.attendance.rules.cancelling import refuse_cancelled
from webapp.attendance.rules.screens import SIGNING_IN, NotOurCode, heard_at, is_stale, listed_by
from webapp.attendance.views.answers import refused
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received
from webapp.plumbing.clock import now
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.render import render, see_other


@room.get("/hadir/<string:token>", needs=PUBLIC)
def seen(token: str) -> Response:
    """Notes in the address when this browser read the code, before anybody is asked to sign in. Writes nothing."""
    if tokens.read(token) is None:
        raise NotOurCode
    browser = reading_browser() or tokens.new_browser(key_for("browser"))
    stamp = tokens.seen_stamp(token, now(), browser, key_for("seen"))
    return _named(see_other(url_for("attendance.here", token=token, stamp=stamp)), browser)


@room.get("/hadir/<string:token>/<string:stamp>", needs=Permission.SEE_MEETINGS)
def here(token: str, stamp: str) -> Response:
    """Which meeting it is, and one big button."""
    shown = tokens.read(token)
    if shown is None:
        raise NotOurCode
    listed = listed_by(shown)
    refuse_cancelled(listed.meeting)
    heard = heard_at(seen_here(token, stamp), now())
    return render(
        "attendance/here.html",
        held=listed,
        token=token,
        seen=stamp,
        shown_at=shown.at,
        stale=is_stale(shown, heard),
    )


@room.post("/hadir", needs=Permission.SEE_MEETINGS)
def come() -> Response:
    """Saya hadir, from a page without script."""
    verdict = received(kinds.SCREEN)
    if verdict.status != 200:
        return refused(verdict, url_for("attendance.meetings"))
    flash(_("Kehadiran Anda tercatat."))
    shown = tokens.read(request.form.get("kode", ""))
    return see_other(
        url_for("attendance.meeting", meeting_id=listed_by(shown).meeting.id)
        if shown
        else url_for("attendance.meetings")
    )


@room.get("/pindai", needs=Permission.SEE_MEETINGS, kept=True)
def reader() -> Response:
    """The camera of the app, for a screen that is read without network."""
    return render("attendance/reader.html")


def _named(response: Response, browser: str) -> Response:
    """The browser bears its name as long as one may be signing in: a stamp is worth nothing in any other."""
    response.set_cookie(
        READING,
        browser,
        max_age=int(SIGNING_IN.total_seconds()),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response

"""Saya hadir by the code of a site's screen: from any camera through an address, or from the camera of the app."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance.forms.codes import key_for
from webapp.attendance.rules import tokens
from webapp.attendance.rules.cancelling import refuse_cancelled
from webapp.attendance.rules.screens import NotOurCode, heard_at, is_stale, listed_by
from webapp.attendance.views import kinds, room
from webapp.attendance.views.answers import refused
from webapp.people.rules.permissions import Permission
from webapp.people.views.sending import received
from webapp.plumbing.clock import now
from webapp.plumbing.doors import PUBLIC
from webapp.plumbing.render import render, see_other


@room.get("/hadir/<string:token>", needs=PUBLIC)
def seen(token: str) -> Response:
    """Notes in the address when the code was read, before anybody is asked to sign in. Reads and writes nothing."""
    if tokens.read(token) is None:
        raise NotOurCode
    stamp = tokens.seen_stamp(token, now(), key_for("seen"))
    return see_other(url_for("attendance.here", token=token, stamp=stamp))


@room.get("/hadir/<string:token>/<string:stamp>", needs=Permission.SEE_MEETINGS)
def here(token: str, stamp: str) -> Response:
    """Which meeting it is, and one big button."""
    shown = tokens.read(token)
    if shown is None:
        raise NotOurCode
    listed = listed_by(shown)
    refuse_cancelled(listed.meeting)
    heard = heard_at(tokens.first_seen(token, stamp, key_for("seen")), now())
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

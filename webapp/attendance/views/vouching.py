"""Answering claims: many at once, by whoever keeps the list."""

from __future__ import annotations

from uuid import uuid4

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance.room import room
from webapp.attendance.rules import vouching as rules
from webapp.attendance.rules.cancelling import list_that_is_on
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import sender
from webapp.plumbing.clock import WIB, now
from webapp.plumbing.fields import row_number
from webapp.plumbing.render import see_other
from webapp.plumbing.submissions import Sender, Stamp

MOST = 5000  # names of one list


@room.post("/lembar/<int:sheet_id>/pengakuan", needs=Permission.KEEP_ATTENDANCE)
def vouch(sheet_id: int) -> Response:
    """Approve the claims that the page showed."""
    list_that_is_on(sheet_id)
    told = map(row_number, request.form.getlist("kursi")[:MOST])
    done = rules.vouch(sheet_id, {seat for seat in told if seat}, stamp_now(sender()))
    flash(
        _("%(n)s orang dicatat hadir.", n=done)
        if done
        else _("Tidak ada lagi pernyataan hadir yang menunggu di sini.")
    )
    asked_at = "attendance.handing" if "ajukan" in request.form else "attendance.marking"
    return see_other(url_for(asked_at, sheet_id=sheet_id))


def stamp_now(who: Sender, offset: int = WIB) -> Stamp:
    """What happens at this moment, by our own clock."""
    moment = now()
    return Stamp(uuid4(), who.person_id, moment, moment, moment, offset, 0, who.device)

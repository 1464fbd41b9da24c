"""At the door of a site: reading people's cards, and the screen whose code people read."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.attendance import kinds
from webapp.attendance.figures.rates import rates_of
from webapp.attendance.forms.codes import key_for
from webapp.attendance.room import room
from webapp.attendance.rules.cancelling import list_that_is_on
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.tokens import card_code
from webapp.attendance.views.answers import refused
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import received
from webapp.plumbing.clock import now
from webapp.plumbing.doors import Afterwards
from webapp.plumbing.render import render, see_other
from webapp.plumbing.submissions import Verdict


@room.get("/lembar/<int:sheet_id>/pindai", needs=Permission.KEEP_ATTENDANCE, kept=True)
def scanner(sheet_id: int) -> Response:
    """The camera, a field for the code, and the list in the page so that a name stands there without network."""
    return _scanner_page(sheet_id)


@room.post("/lembar/<int:sheet_id>/pindai", needs=Permission.KEEP_ATTENDANCE)
def scan(sheet_id: int) -> Response | Afterwards:
    """A code that was typed on a page without script; phones send theirs to /kirim."""
    verdict = received(kinds.SCAN, {**request.form, "lembar": str(sheet_id), "cara": "kode"})
    if verdict.errors:
        return Afterwards(lambda: _scanner_page(sheet_id, verdict))
    if verdict.status != 200:
        list_that_is_on(sheet_id)
        return refused(verdict, url_for("attendance.scanner", sheet_id=sheet_id))
    if verdict.row is not None:
        flash(_("%(name)s: %(status)s", name=verdict.row.name, status=verdict.row.status))
    return see_other(url_for("attendance.scanner", sheet_id=sheet_id))


@room.get("/lembar/<int:sheet_id>/layar", needs=Permission.KEEP_ATTENDANCE, kept=True)
def screen(sheet_id: int) -> Response:
    """The code that turns. The page holds the sheet's key: the presenter's phone signs without network."""
    return render(
        "attendance/screen.html", held=list_that_is_on(sheet_id), now_ms=int(now().timestamp() * 1000)
    )


def _scanner_page(sheet_id: int, verdict: Verdict | None = None) -> Response:
    kept = list_that_is_on(sheet_id)
    lines = lines_of(kept.sheet)
    key = key_for("card")
    return render(
        "attendance/scanner.html",
        status=verdict.status if verdict else 200,
        held=kept,
        lines=lines,
        seats=[(line, card_code(line.person_id, key)) for line in lines if line.person_id],
        nameless=rates_of(line for line in lines if not line.person_id),
        rates=rates_of(lines),
        asks=now() > kept.session.late_after,
        error=verdict.reason if verdict else None,
    )

"""How this room answers what was sent: a fragment for a script, a redirect for a plain form, never a lost word."""

from __future__ import annotations

from flask import Response, flash, render_template, request
from flask_babel import gettext as _

from webapp.plumbing.fields import row_number
from webapp.plumbing.render import render, see_other, wants_part
from webapp.plumbing.submissions import Verdict


def refused(verdict: Verdict, back: str) -> Response:
    """What could not be taken, in a sentence: beside the row for a script, on top of the page otherwise."""
    says = verdict.reason or _("Kiriman ini belum bisa diterima. Coba lagi.")
    if wants_part():
        return render("parts/_notice.html", status=verdict.status, says=says)
    if verdict.status == 404:
        return fault(404, says)
    flash(says, "bad")
    return see_other(back)


def number(name: str) -> int:
    """The number that a form names; 0, which no row has, for anything else."""
    return row_number(request.form.get(name)) or 0


def fault(status: int, says: str) -> Response:
    """A page of its own for what is not there."""
    return Response(
        render_template("layout/fault.html", title=_("Tidak ditemukan"), says=says, status=status), status
    )

"""How this room answers a form that was posted plainly: with a redirect, and never with a lost word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, flash, request
from flask_babel import gettext as _
from wtforms import Form

from webapp.attendance.figures.days import odd_day
from webapp.config import settings
from webapp.plumbing import faults
from webapp.plumbing.fields import row_number
from webapp.plumbing.refusal import refusal_of
from webapp.plumbing.render import see_other
from webapp.plumbing.submissions import Verdict


def refused(verdict: Verdict, back: str) -> Response:
    """What could not be taken, in a sentence on top of the page that it came from."""
    says = verdict.reason or _("Kiriman ini belum bisa diterima. Coba lagi.")
    if verdict.status == 404:
        return faults.page(verdict.status, says)
    flash(says, "bad")
    return see_other(back)


def tried(form: Form, act: Callable[[], object]) -> int:
    """Do it: 0, or the status of what was refused, whose sentence then stands on top of what was typed."""
    refusal = refusal_of(act)
    if refusal is None:
        return 0
    form.form_errors = [refusal.says]
    return refusal.status


def say_odd_day(starts_at: datetime, offset: int) -> None:
    """A notice that stays on the next page, when the day looks like a slip."""
    words = odd_day(starts_at, offset)
    if words:
        flash(words, "bad")


def number(name: str) -> int:
    """The number that a form names; 0, which no row has, for anything else."""
    return row_number(request.form.get(name)) or 0


def house() -> str:
    """The name of the organisation, as it stands at the head of a paper."""
    return settings().organisation

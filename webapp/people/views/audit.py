"""The audit log."""

from __future__ import annotations

from flask import Response, request, url_for

from webapp.people.figures.trail import PAGE, trail
from webapp.people.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.fields import page_number
from webapp.plumbing.render import neighbours, render


@room.get("/jejak", needs=Permission.SEE_TRAIL)
def audit() -> Response:
    """Who did what to whom, the latest first."""
    page = page_number(request.args.get("hal"))
    entries, total = trail(page)
    first = (page - 1) * PAGE + 1 if entries else 0
    return render(
        "people/audit.html",
        entries=entries,
        total=total,
        first=first,
        last=first + len(entries) - 1 if entries else 0,
        pages=neighbours(page, PAGE, total, lambda number: url_for("people.audit", hal=number)),
        offset=viewer().offset,
    )

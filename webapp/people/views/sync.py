"""Belum sinkron: whose phone has not been heard for hours, and what it said it could not send."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for

from webapp.people.figures.silence import HOURS, PAGE, USUAL, out_of_touch
from webapp.people.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.clock import now
from webapp.plumbing.fields import page_number, row_number, squeeze
from webapp.plumbing.render import neighbours, render


@room.get("/sinkron", needs=Permission.CONTACT)
def sync() -> Response:
    """Those whom the viewer may call, a hundred at a time, the worst first."""
    asked = row_number(request.args.get("jam"))
    hours = asked if asked in HOURS else USUAL
    query = squeeze(request.args.get("cari"))[:80]
    silence = out_of_touch(hours, query, page_number(request.args.get("hal")))
    return render(
        "people/sync.html",
        silence=silence,
        hours=hours,
        query=query,
        borders=HOURS,
        address=_address,
        pages=neighbours(silence.page, PAGE, silence.total, lambda page: _address(jam=hours, hal=page)),
        offset=viewer().offset,
        today=now(),
    )


def _address(**changes: Any) -> str:
    """The same list with some of its filters changed."""
    kept = {name: request.args[name] for name in ("jam", "cari") if request.args.get(name)}
    return url_for("people.sync", **kept | changes)

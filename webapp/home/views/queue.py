"""The outbox page: empty from here, filled on the phone with what the phone keeps."""

from __future__ import annotations

from flask import Response

from webapp.home.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.render import render


@room.get("/antrean", needs=Permission.SIGNED_IN, kept=True)
def queue() -> Response:
    """What waits on this phone, what went out in the last seven days, and what needs a look."""
    return render("home/queue.html", who=viewer())

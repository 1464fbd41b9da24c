"""The pages of this room."""

from __future__ import annotations

from flask import Response, abort

from webapp.people.rules.permissions import Permission
from webapp.plumbing.doors import Room

room = Room("coverage", __name__)


@room.get("/cakupan/<code>", needs=Permission.SEE_COVERAGE)
def region(code: str) -> Response:
    abort(404)

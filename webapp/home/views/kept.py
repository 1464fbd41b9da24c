"""What a phone fetches beforehand, for the hours without network."""

from __future__ import annotations

from flask import Response, jsonify

from webapp.home.figures.keeping import worth_keeping
from webapp.home.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer


@room.get("/simpan", needs=Permission.ENTER, kept=True)
def worth_having() -> Response:
    """`{user, pages}`: the addresses that the worker keeps for this viewer, the most important first.

    The list is kept as they are: while it is fresh it is not asked for again.
    """
    who = viewer()
    return jsonify(user=str(who.person_id), pages=worth_keeping(who))

"""Hubungi: one person's number, asked for by a tap and kept on record."""

from __future__ import annotations

from flask import Response

from webapp.people.figures.people import person_ids_above
from webapp.people.room import room
from webapp.people.rules.contacts import TooManyContacts, contact, look_up
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.render import render


@room.post("/orang/<int:person_id>/hubungi", needs=Permission.ENTER)
def reach(person_id: int) -> Response:
    """The number with its links. Witnesses may reach their own line upward, leaders their region too."""
    who = viewer()
    person = look_up(who, person_id, person_ids_above(who))
    try:
        response = _answer(contact=contact(who, person))
    except TooManyContacts as refusal:
        response = _answer(status=429, person_id=person_id, says=refusal.says)
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(*, status: int = 200, **context: object) -> Response:
    return render("people/contact.html", "people/_contact.html", status=status, **context)

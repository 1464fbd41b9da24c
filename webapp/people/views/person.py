"""One person, as those see who answer for the home region: name, home, seats and groups; never a number."""

from __future__ import annotations

from flask import Response

from webapp.people.figures.groups import groups_of
from webapp.people.figures.seats import duties_of
from webapp.people.labels import slot_words
from webapp.people.room import room
from webapp.people.rules.permissions import Permission
from webapp.people.rules.users.reach import person_within_reach
from webapp.people.views.door import viewer
from webapp.places.rules.zones import offset_of
from webapp.plumbing.render import render


@room.get("/orang/<int:person_id>", needs=Permission.REGISTER_PEOPLE)
def person(person_id: int) -> Response:
    """Who it is, where they stand, and what they belong to."""
    one = person_within_reach(person_id)
    return render(
        "people/person.html",
        person=one,
        home=one.home.name,
        duties=duties_of(person_id),
        groups=groups_of(person_id),
        slots=slot_words(),
        offset=offset_of(one.region_code),
        reachable=one.phone is not None and one.withdrawn_at is None and one.id != viewer().person_id,
    )

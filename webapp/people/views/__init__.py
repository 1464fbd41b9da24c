"""The pages of this room."""

from webapp.plumbing.doors import Room

room = Room("people", __name__)

from webapp.people.views import (  # noqa: E402, F401
    account,
    consent,
    contact,
    groups,
    person,
    seats,
    sign_in,
    sync,
    user,
    users,
)

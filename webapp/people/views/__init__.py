"""The pages of this room."""

from webapp.plumbing.doors import Room

room = Room("people", __name__)

from webapp.people.views import account, consent, contact, seats, sign_in  # noqa: E402, F401

"""The pages of this room."""

from webapp.plumbing.doors import Room

room = Room("home", __name__)

from webapp.home.views import front, outbox, shell  # noqa: E402, F401

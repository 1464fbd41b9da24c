"""The pages of this room."""

from webapp.plumbing.doors import Room

room = Room("attendance", __name__)

"""The blueprint of this room."""

from webapp.plumbing.doors import Room

room = Room("checkins", "webapp.checkins")

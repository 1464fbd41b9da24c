"""The pages of this room."""

from webapp.plumbing.doors import Room

room = Room("attendance", __name__)

from webapp.attendance.views import (  # noqa: E402, F401
    cards,
    corrections,
    figures,
    invitations,
    kinds,
    marking,
    meetings,
    minutes,
    papers,
    review,
    scanning,
    screens,
    training,
)

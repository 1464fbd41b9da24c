"""The pages of this room."""

from webapp.plumbing.doors import Room

room = Room("attendance", __name__)

from webapp.attendance.views import (  # noqa: E402, F401
    arranging,
    calendars,
    cancelling,
    cards,
    corrections,
    delegates,
    figures,
    handing,
    heads,
    invitations,
    kinds,
    marking,
    meetings,
    minutes,
    paper,
    papers,
    replies,
    review,
    rsvp,
    scanning,
    screens,
    sites,
    training,
    vouching,
    zoom,
)

"""The pages of this room."""

from webapp.attendance import kinds  # noqa: F401
from webapp.attendance.views import (  # noqa: F401
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

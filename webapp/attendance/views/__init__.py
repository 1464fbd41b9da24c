"""The pages of this room."""

from webapp.plumbing.doors import Room

room = Room("attendance", __name__)

from webapp.attendance.views import corrections, invitations, kinds, marking, meetings, review  # noqa: E402, F401

"""The rows of this room."""

from webapp.attendance.models.meeting import (
    CalendarFeed,
    Decision,
    FollowUp,
    Invitation,
    InvitationRule,
    Meeting,
    MeetingKind,
    MeetingSession,
    Mode,
    Rsvp,
    Site,
    site_name,
)
from webapp.attendance.models.record import (
    AttendancePosition,
    AttendanceRecord,
    Method,
    RecordKind,
    Status,
    Verdict,
)
from webapp.attendance.models.sheet import Correction, Look, ReviewEvent, Sheet, SheetPhoto, SheetState

__all__ = [
    "AttendancePosition",
    "AttendanceRecord",
    "CalendarFeed",
    "Correction",
    "Decision",
    "FollowUp",
    "Invitation",
    "InvitationRule",
    "Look",
    "Meeting",
    "MeetingKind",
    "MeetingSession",
    "Method",
    "Mode",
    "RecordKind",
    "ReviewEvent",
    "Rsvp",
    "Sheet",
    "SheetPhoto",
    "SheetState",
    "Site",
    "Status",
    "Verdict",
    "site_name",
]

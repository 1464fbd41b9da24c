"""The rows of this room."""

from webapp.attendance.models.meeting import Decision, Invitation, Meeting, MeetingKind, MeetingSession
from webapp.attendance.models.record import AttendanceRecord, Method, RecordKind, Status, Verdict
from webapp.attendance.models.sheet import Correction, ReviewEvent, Sheet, SheetState

__all__ = [
    "AttendanceRecord",
    "Correction",
    "Decision",
    "Invitation",
    "Meeting",
    "MeetingKind",
    "MeetingSession",
    "Method",
    "RecordKind",
    "ReviewEvent",
    "Sheet",
    "SheetState",
    "Status",
    "Verdict",
]

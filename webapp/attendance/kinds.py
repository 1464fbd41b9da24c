"""What a phone may send to this room: the form that reads it, the rule that takes it, the right it needs."""

from webapp.attendance.forms.arranging import HeadsForm
from webapp.attendance.forms.codes import ScanForm, ScreenForm
from webapp.attendance.forms.corrections import CorrectionForm
from webapp.attendance.forms.following import DoneForm, FollowUpForm
from webapp.attendance.forms.invitations import OwnAnswerForm
from webapp.attendance.forms.marks import ClaimForm, MarkForm, VoidForm, WalkInForm
from webapp.attendance.forms.meetings import CallForm, DecisionForm
from webapp.attendance.forms.paper import PaperForm
from webapp.attendance.rules import (
    answering,
    claiming,
    corrections,
    following,
    heads,
    meetings,
    paper,
    recording,
    scanning,
    screens,
    series,
    together,
)
from webapp.people.rules.permissions import Permission
from webapp.people.views.door import viewer
from webapp.plumbing.submissions import register

MARK, VOID = "attendance.mark", "attendance.void"
WALK_IN, SELF = "attendance.walk-in", "attendance.self"
SCAN, SCREEN = "attendance.scan", "attendance.screen"
CALL, AGREE = "attendance.call", "attendance.agree"
RSVP = "attendance.rsvp"
HEADS = "attendance.heads"
PAPER, CORRECTION = "attendance.paper", "attendance.correction"
FOLLOW_UP, FOLLOW_UP_DONE = "attendance.follow-up", "attendance.follow-up-done"
MARKS = 25  # so many rows of a signed sheet weigh as much as one thing that was sent alone

register(
    MARK,
    form=MarkForm,
    rule=recording.mark,
    rule_all=together.mark_all,
    needs=Permission.KEEP_ATTENDANCE,
    typed=False,
    anew=True,
)
register(VOID, form=VoidForm, rule=recording.void, needs=Permission.KEEP_ATTENDANCE, typed=False)
register(WALK_IN, form=WalkInForm, rule=recording.walk_in, needs=Permission.KEEP_ATTENDANCE, anew=True)
register(SELF, form=ClaimForm, rule=claiming.claim, needs=Permission.SEE_MEETINGS)
register(SCAN, form=ScanForm, rule=scanning.scan, needs=Permission.KEEP_ATTENDANCE, typed=False)
register(SCREEN, form=ScreenForm, rule=screens.come, needs=Permission.SEE_MEETINGS, typed=False)
register(
    CALL,
    form=CallForm,
    rule=series.call,
    needs=Permission.KEEP_ATTENDANCE,
    weight=lambda data: 1 + (data.get("ulangi") or 0),
    anew=True,
)
register(RSVP, form=OwnAnswerForm, rule=answering.answer, needs=Permission.SEE_MEETINGS)
register(HEADS, form=HeadsForm, rule=heads.count_heads, needs=Permission.KEEP_ATTENDANCE)
register(AGREE, form=DecisionForm, rule=meetings.agree, needs=Permission.KEEP_ATTENDANCE)
register(FOLLOW_UP, form=FollowUpForm, rule=following.promise, needs=Permission.KEEP_ATTENDANCE)
register(
    FOLLOW_UP_DONE,
    form=DoneForm,
    rule=lambda data, stamp: following.say_done(data, stamp, viewer().scope(Permission.KEEP_ATTENDANCE)),
    needs=Permission.SEE_MEETINGS,
)
register(
    PAPER,
    form=PaperForm,
    rule=paper.type_in,
    needs=Permission.KEEP_ATTENDANCE,
    weight=lambda data: 1 + len(data["tamu"]) + len(data["tanda"]) // MARKS,
)
register(CORRECTION, form=CorrectionForm, rule=corrections.ask, needs=Permission.READ_SHEETS)

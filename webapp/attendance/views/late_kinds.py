"""What a phone may send once a meeting is over: a wish to correct its list."""

from webapp.attendance.forms.corrections import CorrectionForm
from webapp.attendance.rules import corrections
from webapp.people.rules.permissions import Permission
from webapp.plumbing.submissions import register

CORRECTION = "attendance.correction"

register(CORRECTION, form=CorrectionForm, rule=corrections.ask, needs=Permission.READ_SHEETS)

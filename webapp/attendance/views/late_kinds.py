"""What a phone may send once a meeting is over: the signed sheet, typed in, and a wish to correct the list."""

from webapp.attendance.forms.corrections import CorrectionForm
from webapp.attendance.forms.paper import PaperForm
from webapp.attendance.rules import corrections, paper
from webapp.people.rules.permissions import Permission
from webapp.plumbing.submissions import register

MARKS = 25  # so many rows of a signed sheet weigh as much as one thing that was sent alone
PAPER, CORRECTION = "attendance.paper", "attendance.correction"

register(
    PAPER,
    form=PaperForm,
    rule=paper.type_in,
    needs=Permission.KEEP_ATTENDANCE,
    weight=lambda data: 1 + len(data["tamu"]) + len(data["tanda"]) // MARKS,
)
register(CORRECTION, form=CorrectionForm, rule=corrections.ask, needs=Permission.READ_SHEETS)

"""What a phone may send to this room: the form that reads it, the rule that takes it, the right it needs."""

from webapp.checkins.forms import CheckInForm, TakeBackForm
from webapp.checkins.rules.checking_in import check_in, take_back
from webapp.checkins.rules.together import check_in_all
from webapp.people.rules.permissions import Permission
from webapp.plumbing.submissions import register

register(
    "checkin",
    form=CheckInForm,
    rule=check_in,
    rule_all=check_in_all,
    needs=Permission.CHECK_IN,
    mends=False,
    anew=True,
)
register(
    "checkin.void", form=TakeBackForm, rule=take_back, needs=Permission.CHECK_IN, typed=False, mends=False
)

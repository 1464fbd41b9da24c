"""What a phone may send to this room: the form that reads it, the rule that takes it, the right it needs."""

from webapp.people.forms.seats import AssignForm, EndForm
from webapp.people.rules.permissions import Permission
from webapp.people.rules.seats import take_assignment, take_end
from webapp.plumbing.submissions import register

register("seat.assign", form=AssignForm, rule=take_assignment, needs=Permission.FILL_SEATS)
register("seat.end", form=EndForm, rule=take_end, needs=Permission.FILL_SEATS)

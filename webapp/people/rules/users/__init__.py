"""Administration of people: who may be touched by whom, and every change on record."""

from webapp.people.rules.users.accounts import (
    Secret,
    new_secret,
    note_taken,
    open_account,
    reset_secret,
    seal_of,
    sign_out_everywhere,
    switch,
)
from webapp.people.rules.users.details import (
    Details,
    Overtaken,
    change_person,
    create_user,
    found_organisation,
    mark_of,
)
from webapp.people.rules.users.mandates import end_mandate, end_now, grant
from webapp.people.rules.users.reach import (
    NotYours,
    Repeated,
    is_over,
    kind_for,
    mandates_of,
    may_grant,
    may_manage,
    person_within_reach,
    today_at,
)

__all__ = [
    "Details",
    "NotYours",
    "Overtaken",
    "Repeated",
    "Secret",
    "change_person",
    "create_user",
    "end_mandate",
    "end_now",
    "found_organisation",
    "grant",
    "is_over",
    "kind_for",
    "mandates_of",
    "mark_of",
    "may_grant",
    "may_manage",
    "new_secret",
    "note_taken",
    "open_account",
    "person_within_reach",
    "reset_secret",
    "seal_of",
    "sign_out_everywhere",
    "switch",
    "today_at",
]

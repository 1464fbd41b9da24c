"""Exits: the few files that may leave the viewer's scope, or speak SQL past the listener that keeps it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "webapp"

LEAVES_THE_SCOPE = {
    "attendance/commands.py": "a rebuild covers the whole installation",
    "attendance/figures/calendars.py": "the secret address of a calendar says whose it is",
    "attendance/figures/training.py": "how far somebody is counts over all sites",
    "attendance/rules/answering.py": "a signed link opens one invitation, wherever the meeting is held",
    "attendance/rules/inviting.py": "the seats of a rule may be at sites of other regions",
    "attendance/rules/moving.py": "seats follow the mandates at every site of a meeting",
    "attendance/rules/seating.py": "seats follow the mandates, wherever the holders live",
    "attendance/rules/training.py": "a bimtek is completed over all sites of its meeting",
    "attendance/rules/evidence.py": "photos of sheets are forgotten everywhere",
    "attendance/rules/claiming.py": "the invited may be recorded as there, wherever the meeting is held",
    "attendance/rules/positions.py": "what is past its date is forgotten everywhere",
    "attendance/rules/screens.py": "a screen's code opens its own list, to whoever read it",
    "checkins/rules/retention.py": "what is past its date is forgotten everywhere",
    "people/rules/retention.py": "what is past its date is forgotten everywhere",
    "coverage/figures/national.py": "sums above the kelurahan are kept once for all who may see them",
    "coverage/rules/recount.py": "all counters are counted anew",
    "home/rules/demo/apart.py": "the demo looks whether it is needed",
    "home/commands.py": "what is past its date is forgotten everywhere",
    "home/rules/demo/load.py": "the demo fills an empty database",
    "people/figures/training.py": "a certificate holds wherever it was earned, and whoever sits is named",
    "people/figures/people.py": "offices of one's own line, and of those who can be invited",
    "people/rules/alarm.py": "the alarm belongs to the whole installation",
    "people/rules/contacts.py": "one's own line upward may be called, and every reading is logged",
    "people/rules/naming.py": "who is named in rows of one's own is named wherever they live",
    "people/rules/sign_in.py": "nobody has a scope before signing in",
    "people/rules/trail.py": "the trail follows the act",
    "people/rules/training.py": "a training holds wherever the person lives and sits",
    "people/rules/users/accounts.py": "a number belongs to one account in the whole country",
    "people/rules/users/details.py": "a number belongs to one account in the whole country",
    "people/rules/viewer.py": "the viewer is read before the scope is known",
    "places/figures/register.py": "how many TPS there are is no secret",
    "places/rules/counts.py": "a counter follows the row that moved it",
    "places/rules/scope.py": "the exit itself",
}
SPEAKS_SQL = {
    "attendance/figures/training.py": "whether a training is required of witnesses is no secret",
    "attendance/figures/facts.py": "the scope guards the sheet, and by it everything of its site",
    "attendance/figures/own.py": "the scope guards the verdicts of a person",
    "attendance/figures/agenda.py": "what the reader's own seat says, whose row is hers",
    "attendance/models/meeting.py": "the scope's own criterion asks who is invited",
    "attendance/models/record.py": "the scope's own criterion asks whose seat it is",
    "attendance/models/guests.py": "what was recorded of a guest, whose seat carries the scope",
    "attendance/rules/at_the_door.py": "whether the list of a seat is open, whose seat carries the scope",
    "attendance/rules/finding.py": "whether one has a seat oneself at a site",
    "attendance/rules/lines.py": "the invited are named wherever they live",
    "attendance/rules/scanning.py": "whoever shows a card is one of ours, wherever she lives",
    "attendance/rules/together.py": "the verdicts of seats that were locked within the scope are kept at once",
    "checkins/models.py": "the condition of a partial index",
    "checkins/rules/together.py": "several check-ins of one person at once, after their scope was insisted on",
    "home/figures/names.py": "who sits on a seat, and the meeting of a list, by rows that carry the scope",
    "home/views/shell.py": "SELECT 1 asks whether the database is there",
    "people/models/account.py": "the condition of a partial index",
    "people/figures/groups.py": "whoever answers for a group knows its members, wherever they live",
    "people/models/group.py": "the condition of a partial index",
    "people/models/seat.py": "the condition of a partial index",
    "people/rules/devices.py": "every batch says when its device was seen, which belongs to no region",
    "places/rules/imports/stage.py": "staging tables and the swap",
    "places/rules/counts.py": "the two counters that every check-in moves, their statements made once",
    "plumbing/assets.py": "no SQL: a method of that name",
    "plumbing/budget.py": "the counter of one sender, its statement made once",
    "plumbing/database.py": "how a transaction begins",
    "plumbing/paper/page.py": "no SQL: a method of that name",
    "plumbing/submissions/models.py": "the condition of a partial index",
    "plumbing/submissions/keeping.py": "the one insert of everything that is sent, made once",
}


def files_with(pattern: str) -> set[str]:
    """The files below webapp/ whose source matches `pattern`."""
    return {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if re.search(pattern, path.read_text(), re.MULTILINE)
    }


def test_only_these_files_leave_the_scope() -> None:
    assert files_with(r"\beverywhere\(") == set(LEAVES_THE_SCOPE)


def test_only_these_files_speak_sql_past_the_listener() -> None:
    past = r"__table__|\btext\(|exec_driver_sql|bulk_(save|insert|update)|session\.connection\(|engine\.(connect|begin)"
    assert files_with(past) == set(SPEAKS_SQL)

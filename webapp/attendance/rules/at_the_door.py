"""Who stands on a list: the invited, and guests as long as something is recorded of them.

A delegate who was named is expected while the list is open; once it is handed in without her, she never came.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from webapp.attendance.models import Invitation, Sheet, Verdict
from webapp.attendance.models.guests import is_expected, said_anywhere, says
from webapp.attendance.rules.laying import OPEN

sheets = Sheet.__table__.alias("list_of_guest")


def stands_on_list(seat: Any = Invitation, verdict: Any = Verdict) -> ColumnElement[bool]:
    """Whether the seat of this verdict stands on its list: guests only where something was recorded of them.

    On a list that is open also delegates who are expected, and those who came to another session of it: they may come
    to this one too.
    """
    listed = and_(sheets.c.session_id == verdict.session_id, sheets.c.site_id == seat.site_id)
    still_open = exists().where(listed, sheets.c.state.in_(OPEN))
    may_come = and_(or_(is_expected(seat), said_anywhere(seat)), still_open)
    return or_(seat.walk_in.is_(False), says(verdict), may_come)

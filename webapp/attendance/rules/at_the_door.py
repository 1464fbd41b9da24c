"""Guests at the door: who of them stands on a list, and who was taken back.

A guest is there by what was recorded of her. Once all of that is taken back she is gone, as if nobody had let her in;
her seat stays beside its records, which nobody deletes. A delegate who was named beforehand is expected like whoever
is invited.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from webapp.attendance.models import Invitation, Sheet, Status, Verdict
from webapp.attendance.rules.laying import OPEN

verdicts, sheets = Verdict.__table__.alias("said_of_guest"), Sheet.__table__.alias("list_of_guest")


def stands_on_list(seat: Any = Invitation, verdict: Any = Verdict) -> ColumnElement[bool]:
    """Whether the seat of this verdict stands on its list: guests only where something was recorded of them.

    On a list that is open also those who came to another session of it: they may come to this one too.
    """
    listed = and_(sheets.c.session_id == verdict.session_id, sheets.c.site_id == seat.site_id)
    still_open = exists().where(listed, sheets.c.state.in_(OPEN))
    return or_(
        seat.walk_in.is_(False), is_expected(seat), _says(verdict), and_(said_anywhere(seat), still_open)
    )


def is_gone(seat: Any = Invitation) -> ColumnElement[bool]:
    """Whether this is the seat of a guest who was taken back, at every session."""
    return and_(seat.walk_in.is_(True), ~is_expected(seat), ~said_anywhere(seat))


def is_expected(seat: Any = Invitation) -> ColumnElement[bool]:
    """Whether it is the seat of a delegate who was named before she came: no tap at the door has made it."""
    return and_(seat.stands_for.is_not(None), seat.submission_id.is_(None))


def said_anywhere(seat: Any = Invitation) -> ColumnElement[bool]:
    """Whether anything that holds was recorded on a seat, at any session; the bare table, asked of guests only."""
    return exists().where(verdicts.c.invitation_id == seat.id, _says(verdicts.c))


def _says(verdict: Any) -> ColumnElement[bool]:
    told = and_(verdict.status != Status.BELUM, verdict.computed.is_(False))
    return or_(told, verdict.claims_since.is_not(None))

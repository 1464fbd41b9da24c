"""Guests at the door: who of them is there, and who was taken back.

A guest is there by what was recorded of her. Once all of that is taken back she is gone, as if nobody had let her in;
her seat stays beside its records, which nobody deletes. A delegate who was named beforehand is expected like whoever
is invited.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from webapp.attendance.models.record import Status, Verdict

verdicts = Verdict.__table__.alias("said_of_guest")


def is_gone(seat: Any) -> ColumnElement[bool]:
    """Whether this is the seat of a guest who was taken back, at every session."""
    return and_(seat.walk_in.is_(True), ~is_expected(seat), ~said_anywhere(seat))


def is_expected(seat: Any) -> ColumnElement[bool]:
    """Whether it is the seat of a delegate who was named before she came: no tap at the door has made it."""
    return and_(seat.stands_for.is_not(None), seat.submission_id.is_(None))


def said_anywhere(seat: Any) -> ColumnElement[bool]:
    """Whether anything that holds was recorded on a seat, at any session; the bare table, asked of guests only."""
    return exists().where(verdicts.c.invitation_id == seat.id, says(verdicts.c))


def says(verdict: Any) -> ColumnElement[bool]:
    """Whether a verdict rests on something that was recorded."""
    told = and_(verdict.status != Status.BELUM, verdict.computed.is_(False))
    return or_(told, verdict.claims_since.is_not(None))

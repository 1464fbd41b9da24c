"""Questions about what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from webapp.plumbing.database import db
from webapp.plumbing.submissions.models import Submission

SIGNS = 6  # of a receipt


def receipt_from(typed: str) -> str:
    """k7m2q4 as K7M-2Q4, however it was typed; nothing for what can be no code."""
    signs = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    return f"{signs[:3]}-{signs[3:]}" if len(signs) == SIGNS else ""


def known(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these ids are taken, by whomever: whose they are is nobody's business. One statement."""
    return set(db.session.scalars(select(Submission.id).where(Submission.id.in_(list(ids)))))

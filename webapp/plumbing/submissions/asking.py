"""Questions about what was sent."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from webapp.plumbing.database import db
from webapp.plumbing.submissions.models import Submission


def known(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these ids are taken, by whomever: whose they are is nobody's business. One statement."""
    return set(db.session.scalars(select(Submission.id).where(Submission.id.in_(list(ids)))))

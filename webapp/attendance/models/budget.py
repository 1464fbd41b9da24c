"""How often answers are changed by link."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from webapp.plumbing.database import Model, UtcDateTime


class AnswerBudget(Model):
    """Changes of one link's answer, or from one network, in the hour that began at `hour`; an older hour is over.

    `key` names the seat, or is a keyed hash of the network.
    """

    __tablename__ = "answer_budget"

    key: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime)
    changes: Mapped[int] = mapped_column(Integer)

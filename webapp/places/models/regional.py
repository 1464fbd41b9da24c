"""What makes a row belong to a part of the country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import Mapped, mapped_column

from webapp.plumbing.database import Code, within

if TYPE_CHECKING:
    from collections.abc import Iterable


class Regional:
    """A row that only those see whose scope covers its region, or whose own it is.

    A model with an owner names that column in `owned_by`; a model that is announced more widely (a meeting to
    its invited) overrides `seen_by`.
    """

    region_code: Mapped[str] = mapped_column(Code(), index=True)
    owned_by: ClassVar[str | None] = None

    @classmethod
    def seen_by(cls, codes: Iterable[str], person_id: int | None) -> ColumnElement[bool]:
        """The rows that somebody answering for `codes` may read."""
        mine: list[ColumnElement[bool]] = [within(cls.region_code, code) for code in codes]
        if person_id is not None and cls.owned_by is not None:
            owner: Any = getattr(cls, cls.owned_by)
            mine.append(owner == person_id)
        return or_(false(), *mine)

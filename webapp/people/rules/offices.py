"""Who wants to know that somebody took up an office or left one: a room above says so here, once, at import.

It is told in the transaction that changes the office, so that what follows from it is kept with it or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from webapp.people.models import Mandate
from webapp.people.rules.permissions import Role
from webapp.plumbing.database import db


@dataclass(frozen=True)
class Office:
    """A role over a region."""

    role: Role
    region_code: str


Listener = Callable[[frozenset[Office]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell `listener` from now on which offices have another holder; twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def changed(mandates: Iterable[Mandate]) -> None:
    """Say that these mandates began, ended or will end on another day."""
    _tell(Office(Role(one.role), one.region_code) for one in mandates)


def changed_for(person_id: int) -> None:
    """Say that somebody can, or can no longer, be called upon in whatever offices she holds."""
    changed(db.session.scalars(select(Mandate).where(Mandate.person_id == person_id)))


def _tell(offices: Iterable[Office]) -> None:
    told = frozenset(offices)
    if not told:
        return
    db.session.flush()
    for listener in _listeners:
        listener(told)

"""What phones make supervisors do: people whose phone holds something for hours, and what could not be taken."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal, select

from webapp.home.figures.receipts import how_many
from webapp.people.figures.silence import USUAL, holding_for
from webapp.people.rules.permissions import Permission
from webapp.people.rules.viewer import Viewer
from webapp.places.rules.scope import narrowed
from webapp.plumbing.database import db


@dataclass(frozen=True)
class Waits:
    """How many people out of touch, holding something for more than `hours`; how many things to look at."""

    people: int = 0
    things: int = 0
    hours: int = USUAL


def waits(who: Viewer) -> Waits:
    """Both numbers, each for the regions of its own permission. One statement."""
    if not who.may(Permission.CONTACT):
        return Waits()
    reviews = who.may(Permission.SEE_SUBMISSIONS)
    things = how_many(who.scope(Permission.SEE_SUBMISSIONS)) if reviews else literal(0)
    with narrowed(who.scope(Permission.CONTACT)):
        row = db.session.execute(select(holding_for().scalar_subquery(), things)).one()
    return Waits(row[0], row[1])

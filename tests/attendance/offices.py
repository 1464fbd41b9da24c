"""Holders of offices for the tests of this room: people with a mandate over a kelurahan of Cengkareng."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select, update

from tests.attendance.scenes import NINE, Scene, meeting_of
from tests.cast import CENGKARENG, DEWI, LONG_AGO
from webapp.attendance.models import Invitation, Site
from webapp.attendance.rules.laying import lay
from webapp.people.models import Mandate, Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

FIRST = LONG_AGO.date()
YESTERDAY = (NINE - timedelta(days=2)).date()
VILLAGES = {"peran": "coordinator", "tingkat": "4"}


def holder(name: str, code: str, *, role: str = "coordinator", since: date = FIRST) -> int:
    """Somebody who lives in a region and holds an office over it; her id. Inside an app context."""
    with writing(), everywhere("a scene is set"):
        one = Person(name=name, search_name=name.lower(), region_code=code, created_at=LONG_AGO)
        db.session.add(one)
        db.session.flush()
        db.session.add(
            Mandate(person_id=one.id, role=role, region_code=code, since=since, granted_by=DEWI.id)
        )
    return one.id


def ended(person: int, last: date | None) -> None:
    """Let the mandates of a person end with a day, behind everybody's back."""
    with writing():
        db.session.execute(update(Mandate).where(Mandate.person_id == person).values(until=last))


def mandate_of(person: int) -> int:
    """The id of a person's mandate."""
    return db.session.scalars(select(Mandate.id).where(Mandate.person_id == person)).one()


def empty_meeting(code: str = CENGKARENG) -> Scene:
    """A meeting tomorrow to which nobody is invited."""
    return meeting_of(0, code=code)


def site_in(scene: Scene, code: str, place: str) -> int:
    """One more site of a meeting, with its lists; its id."""
    with writing(), everywhere("a scene is set"):
        site = Site(meeting_id=scene.meeting, region_code=code, place=place, offset=420)
        db.session.add(site)
        lay(scene.meeting)
    return site.id


def seats(scene: Scene) -> dict[int, Invitation]:
    """The seats of a meeting by person, as they are kept now."""
    with everywhere("a test looks"):
        found = select(Invitation).where(
            Invitation.meeting_id == scene.meeting, Invitation.person_id.is_not(None)
        )
        rows = db.session.scalars(found.execution_options(populate_existing=True)).all()
    return {row.person_id or 0: row for row in rows}

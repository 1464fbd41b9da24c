"""Scenes for the tests of this room: a meeting of the kecamatan that Ani keeps, with as many seats as wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from tests.cast import ANI, CENGKARENG, KAPUK, LONG_AGO, Actor
from tests.clock import NOW
from tests.visits import Page, Visitor
from webapp.attendance.models import Invitation, Sheet, Verdict
from webapp.attendance.rules.inviting import Guest, invite
from webapp.attendance.rules.meetings import Plan, call_meeting
from webapp.people.models import Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import day_bounds, local_day
from webapp.plumbing.database import db, writing

NINE = day_bounds(local_day(NOW) + timedelta(days=1))[0] + timedelta(
    hours=9
)  # of tomorrow, as they say in Jakarta
NOON = NINE + timedelta(hours=3)


@dataclass(frozen=True)
class Scene:
    """Ids of a meeting and of its seats, in the order in which they were invited."""

    meeting: int
    session: int
    sheet: int
    seats: tuple[int, ...]

    @property
    def url(self) -> str:
        return f"/lembar/{self.sheet}/hadir"


def meeting_of(
    people: int = 3, *, by: Actor = ANI, code: str = CENGKARENG, start: datetime = NINE, **plan: object
) -> Scene:
    """A meeting with `people` invited strangers named Warga 001 and so on. Inside an app context."""
    hours = plan.pop("hours", 3)
    told = {"kind": "rakor", "title": "Rakor Cengkareng", **plan}
    with writing(), everywhere("a scene is set"):
        made = call_meeting(
            Plan(region_code=code, starts_at=start, ends_at=start + timedelta(hours=float(hours)), **told),  # type: ignore[arg-type]
            by.id,
        )
        invite(made.id, [Guest(one) for one in _people(people)], by.id)
        seats = db.session.scalars(
            select(Invitation.id).where(Invitation.meeting_id == made.id).order_by(Invitation.id)
        ).all()
        sheet = db.session.scalars(select(Sheet).where(Sheet.meeting_id == made.id)).one()
        return Scene(made.id, sheet.session_id, sheet.id, tuple(seats))


def invite_strangers(meeting: int, people: int) -> list[int]:
    """Seats for so many more strangers. Inside of `writing()`."""
    guests = _people(people)
    invite(meeting, [Guest(one) for one in guests], ANI.id)
    found = select(Invitation.id).where(Invitation.meeting_id == meeting, Invitation.person_id.in_(guests))
    return list(db.session.scalars(found.order_by(Invitation.id)))


def also_invited(scene: Scene, *actors: Actor) -> tuple[int, ...]:
    """Seats for some of the cast."""
    with writing(), everywhere("a scene is set"):
        invite(scene.meeting, [Guest(actor.id) for actor in actors], ANI.id)
        found = select(Invitation.id).where(
            Invitation.meeting_id == scene.meeting, Invitation.person_id.in_([a.id for a in actors])
        )
        return tuple(db.session.scalars(found.order_by(Invitation.id)))


def verdict_of(seat: int) -> Verdict:
    """The verdict as it is kept now."""
    with everywhere("a test looks"):
        found = select(Verdict).where(Verdict.invitation_id == seat)
        return db.session.scalars(found.execution_options(populate_existing=True)).one()


def hand_in(who: Visitor, sheet: int, version: int = 1, status: int = 303) -> Page:
    """Hand a list in as its keeper does: at once, or by the step that says what it decides."""
    here = f"/lembar/{sheet}/ajukan"
    page = who.post(here, {"versi": version}, status)
    if not page.headers.get("Location", "").partition("?")[0].endswith("/ajukan"):
        return page
    asked = who.get(page.headers["Location"])
    told = {
        field["name"]: field["value"]
        for field in asked.soup.select("#handing form [name=versi], #handing form [name=dasar]")
    }
    return who.post(here, told, status)


def stamp(at: datetime, *, clock: datetime | None = None, id: UUID | None = None) -> dict[str, str]:  # noqa: A002
    """The fields that a phone adds: id, time of the tap, and its clock when it sends."""
    told = {"id": str(id or uuid4()), "happened_at": at.isoformat(), "offset": "420"}
    return told | {"clock": (clock or at).isoformat()}


def _people(count: int) -> list[int]:
    first = 1000 + (db.session.scalar(select(Person.id).order_by(Person.id.desc()).limit(1)) or 0)
    people = [
        Person(
            id=first + n,
            name=f"Warga {n:03}",
            search_name=f"warga {n:03}",
            region_code=KAPUK,
            created_at=LONG_AGO,
        )
        for n in range(1, count + 1)
    ]
    db.session.add_all(people)
    db.session.flush()
    return [one.id for one in people]

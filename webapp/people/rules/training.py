"""Trainings: who completed a bimtek, and what that changes at the TPS where she sits.

A seat counts as trained while its holder has at least one training for witnesses that was not taken back. Whoever
changes the one or the other of a person waits for everybody else who does, so that rows and counters agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import Select, select, update

from webapp.people.models import Person, Seat, Training
from webapp.people.rules.permissions import Role
from webapp.places.models import Station
from webapp.places.rules.counts import Place, count_trained
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, upsert

WHY = "a training holds wherever the person lives and sits"
TOLD = ("region_code", "role", "title", "held_on")


@dataclass(frozen=True)
class Bimtek:
    """What a training says of the meeting behind it. `role`: for whom it is required, None for nobody."""

    meeting_id: int
    region_code: str
    role: str | None
    title: str
    held_on: date


def settle(bimtek: Bimtek, completed: Iterable[int]) -> None:
    """Make the trainings of a meeting those of exactly these people."""
    wanted = set(completed)
    with everywhere(WHY):
        holding = select(Training.person_id).where(
            Training.meeting_id == bimtek.meeting_id, Training.revoked_at.is_(None)
        )
        too_many = set(db.session.scalars(holding)) - wanted
    with _counted(wanted | too_many):
        _give(bimtek, wanted)
        _take(bimtek.meeting_id, too_many)


def grant(bimtek: Bimtek, people: Iterable[int]) -> list[Training]:
    """A training for each of them, by person; who has it keeps it, who had it gets it back under the same code."""
    wanted = set(people)
    with _counted(wanted):
        _give(bimtek, wanted)
    with everywhere(WHY):
        found = select(Training).where(
            Training.meeting_id == bimtek.meeting_id, Training.person_id.in_(wanted)
        )
        fresh = found.order_by(Training.person_id).execution_options(populate_existing=True)
        return list(db.session.scalars(fresh))


def revoke(meeting_id: int, people: Iterable[int]) -> None:
    """Take their trainings of this meeting back: the certificates are worth nothing from now on."""
    wanted = set(people)
    with _counted(wanted):
        _take(meeting_id, wanted)


def trained_among(people: Iterable[int]) -> set[int]:
    """Those of them who are trained as witnesses, which nobody else can change before this transaction ends."""
    wanted = set(people)
    with everywhere(WHY):
        _wait_for(wanted)
        return _trained(wanted)


def trained_people() -> Select[int]:
    """Everybody who is trained as a witness, as a subquery of ids."""
    return select(Training.person_id).where(Training.role == Role.WITNESS, Training.revoked_at.is_(None))


@contextmanager
def _counted(people: set[int]) -> Iterator[None]:
    """Move the counters for those of them who are trained after this and were not before, or the other way round."""
    with everywhere(WHY):
        before = trained_among(people)
        yield
        after = _trained(people)
        _move(after - before, before - after)


def _give(bimtek: Bimtek, people: set[int]) -> None:
    """Two who give the same training have waited for each other, so what is there keeps its code."""
    if not people:
        return
    told = {name: getattr(bimtek, name) for name in TOLD}
    made = {"meeting_id": bimtek.meeting_id, "granted_at": now(), "revoked_at": None, **told}
    new = upsert(Training)
    given = new.on_conflict_do_update(
        index_elements=["person_id", "meeting_id"],
        set_={name: new.excluded[name] for name in (*TOLD, "revoked_at")},
    )
    db.session.execute(given, [{"code": uuid4(), "person_id": person, **made} for person in sorted(people)])


def _take(meeting_id: int, people: set[int]) -> None:
    if not people:
        return
    held = update(Training).where(Training.meeting_id == meeting_id, Training.person_id.in_(people))
    db.session.execute(held.where(Training.revoked_at.is_(None)).values(revoked_at=now()))


def _wait_for(people: set[int]) -> None:
    """Keep others away from these people, in the order of their ids; SQLite has one writer anyhow."""
    if people and db.engine.dialect.name == "postgresql":
        rows = select(Person.id).where(Person.id.in_(people)).order_by(Person.id)
        db.session.execute(rows.with_for_update(key_share=True)).all()


def _trained(people: set[int]) -> set[int]:
    if not people:
        return set()
    return set(db.session.scalars(trained_people().where(Training.person_id.in_(people))))


def _move(gained: set[int], lost: set[int]) -> None:
    """Their active seats count as trained from now on, or no more."""
    if not gained | lost:
        return
    seats = (
        select(Seat.person_id, Seat.station_id, Seat.region_code, Seat.election_id, Station.retired)
        .join(Station, Station.id == Seat.station_id)
        .where(Seat.person_id.in_(gained | lost), Seat.ended_at.is_(None))
    )
    rows = db.session.execute(seats).all()
    moves: Counter[Place] = Counter()
    for row in rows:
        at = Place(row.station_id, row.region_code, row.election_id)
        moves[at] += 1 if row.person_id in gained else -1
    count_trained(moves, retired={row.station_id for row in rows if row.retired})

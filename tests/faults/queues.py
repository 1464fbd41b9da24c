"""Queues of three days on the phones of some people: check-ins, taps at the door, claims, and undos of all of them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask

from tests.attendance.scenes import Scene, also_invited, meeting_of
from tests.cast import ANI, CENGKARENG, CITRA, GROGOL, KARTIKA, Actor
from tests.faults.phones import LATEST, WIB, Tap

HOURS = 3
STATUSES = ("izin", "sakit", "alpa", "terlambat")


@dataclass(frozen=True)
class Hall:
    """A meeting of the last days: who takes the attendance, and who is invited besides the strangers."""

    scene: Scene
    start: datetime
    keepers: tuple[Actor, ...]
    seat_of: dict[Actor, int]

    def moment(self, dice: random.Random, after: datetime | None = None) -> datetime:
        """Some moment while it lasted."""
        begin = after or self.start
        return begin + (self.start + timedelta(hours=HOURS) - begin) * dice.random()


@dataclass
class Plan:
    """What was done on the phones, and what must be known of it in the end."""

    queues: dict[Actor, list[Tap]] = field(default_factory=dict)
    taken_back: set[UUID] = field(default_factory=set)  # check-ins
    facts: dict[int, list[tuple[datetime, str, Tap]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def taps(self) -> list[Tap]:
        """All of them."""
        return [tap for queue in self.queues.values() for tap in queue]

    def statuses(self) -> dict[int, str]:
        """What must be known of each seat: "came", a status, or "belum". Told without the product's own rules."""
        return {seat: _status(facts) for seat, facts in self.facts.items()}


Teams = Mapping[Actor, Sequence[Actor]]  # of the cast, each with the understudies


def halls(app: Flask, dice: random.Random, seats: int, teams: Teams) -> list[Hall]:
    """Some meetings, each with `seats` strangers and everybody of these teams."""
    people = [one for team in teams.values() for one in team]
    with app.app_context():
        return [
            *(_hall(dice, seats, CENGKARENG, (*teams[ANI], *teams[KARTIKA]), people) for _ in range(4)),
            *(_hall(dice, seats, GROGOL, (*teams[CITRA],), people) for _ in range(2)),
        ]


def plan(dice: random.Random, places: dict[Actor, Sequence[str]], held: list[Hall], each: int) -> Plan:
    """`each` items for each of the people in `places`."""
    made = Plan()
    for actor in places:
        queue = made.queues[actor] = []
        while room := each - len(queue):
            _add(made, queue, actor, dice, places[actor], held, room > 1)
    return made


def _hall(
    dice: random.Random, seats: int, code: str, keepers: tuple[Actor, ...], people: Sequence[Actor]
) -> Hall:
    start = datetime.now(WIB) - timedelta(hours=HOURS) - (LATEST - timedelta(hours=HOURS)) * dice.random()
    scene = meeting_of(seats, by=keepers[0], code=code, start=start, hours=HOURS)
    return Hall(scene, start, keepers, dict(zip(people, also_invited(scene, *people), strict=True)))


def _add(
    made: Plan,
    queue: list[Tap],
    actor: Actor,
    dice: random.Random,
    places: Sequence[str],
    held: list[Hall],
    undo: bool,
) -> None:
    """One more thing: half of them check-ins, the rest at a meeting; one in five is taken back again, with room."""
    undo = undo and dice.random() < 0.2
    if dice.random() < 0.5:
        tap = Tap.made(dice, places)
        queue.append(tap)
        if undo:
            made.taken_back.add(tap.id)
            queue.append(Tap.of(dice, "checkin.void", _soon(tap, dice), urung=tap.id))
        return
    hall = dice.choice(held)
    moment = hall.moment(dice)
    if actor in hall.keepers:
        seat = dice.choice((*hall.scene.seats, *hall.seat_of.values()))
        status = "hadir" if dice.random() < 0.8 else dice.choice(STATUSES)
        tap = Tap.of(dice, "attendance.mark", moment, rapat=hall.scene.meeting, **{status: seat})
        _note(made, queue, seat, moment, status, tap)
        if undo:
            told = {"urung": tap.id, "rapat": hall.scene.meeting, "kursi": seat}
            back = Tap.of(dice, "attendance.void", hall.moment(dice, moment), **told)
            _note(made, queue, seat, moment, "void", back)
    else:
        tap = Tap.of(dice, "attendance.self", moment, rapat=hall.scene.meeting)
        _note(made, queue, hall.seat_of[actor], moment, "self", tap)


def _note(made: Plan, queue: list[Tap], seat: int, moment: datetime, word: str, tap: Tap) -> None:
    queue.append(tap)
    made.facts[seat].append((moment, word, tap))


def _soon(tap: Tap, dice: random.Random) -> datetime:
    """Within the hour after it, and on the same day."""
    moment = datetime.fromisoformat(tap.happened_at)
    later = min(moment + timedelta(hours=dice.random()), datetime.now(WIB))
    return later if later.date() == moment.date() else moment


def _status(facts: Iterable[tuple[datetime, str, Tap]]) -> str:
    known = sorted(facts, key=lambda fact: fact[0])
    undone = {dict(tap.fields)["urung"] for _, word, tap in known if word == "void"}
    status = "belum"
    for _, word, tap in known:
        if str(tap.id) in undone or word in ("void", "self"):
            continue
        status = "came" if word in ("hadir", "terlambat") else word
    return status

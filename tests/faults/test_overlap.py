"""Eight processes bring the same things in batches that overlap, each in another order: nobody waits in a circle."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from tests.attendance.scenes import Scene, meeting_of
from tests.bench.servers import Server
from tests.cast import ANI, KAPUK, KARTIKA, Actor, station_id
from tests.checkins.test_counters import nothing_differs
from tests.conftest import ON_POSTGRES
from tests.faults.conftest import FULL
from tests.faults.phones import WIB, Tap, all_at_once, send_batches
from webapp.plumbing.database import db
from webapp.plumbing.submissions import receipt_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bar(
        "–",
        "eight processes bring the same things of two people in batches that overlap, each in another order",
        "one effect each, no deadlock",
    ),
]
PROCESSES, ITEMS, SIZE = 8, (100 if FULL else 30), (20 if FULL else 10)
PLACES = [f"tps:tps-{station_id(KAPUK, number)}" for number in (1, 2, 3, 4, 5)]
PEOPLE = (ANI, KARTIKA)


@pytest.mark.parametrize("kinds", ["check-ins", "marks", "mixed"])
def test_overlapping_batches_from_eight_processes_end_once_and_without_a_deadlock(
    app: Flask,
    server: Server,
    cookie: Callable[[Actor], str],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
    kinds: str,
) -> None:
    with app.app_context():
        scene = meeting_of(10, start=datetime.now(WIB) - timedelta(minutes=30))
    queues = [_queue(scene, dice, kinds) for _ in PEOPLE]
    before = _deadlocks(app)
    cookies = [cookie(actor) for actor in PEOPLE]
    told = [(server.port, cookies[n % 2], _batches(queues[n % 2], dice)) for n in range(PROCESSES)]
    said = all_at_once(send_batches, told)
    taps = [tap for queue in queues for tap in queue]
    verdict |= {"kinds": kinds, "processes": PROCESSES, "items": len(taps), "sendings": len(said)}
    verdict["says"] = f"{kinds}: {len(taps)} items, {len(said):,} sendings: {len(taps)} effects"
    assert {status for status, _ in said} == {200}
    assert {word for _, word in said} <= {"diterima", "sudah ada", "ganda"}
    assert effects() == Counter(tap.id for tap in taps if tap.kind != "checkin.void")
    assert receipts() == {tap.id: receipt_of(tap.id) for tap in taps}
    with app.app_context():
        nothing_differs()
        db.session.remove()
    assert _deadlocks(app) == before


def _queue(scene: Scene, dice: random.Random, kinds: str) -> list[Tap]:
    """What one person has done within two days: check-ins, a third of them taken back, and taps at the door."""
    now = datetime.now(WIB)
    taken = [Tap.made(dice, PLACES, now - timedelta(hours=20) * dice.random()) for _ in range(ITEMS)]
    if kinds == "check-ins":
        return taken
    marks = [
        Tap.of(dice, "attendance.mark", now, rapat=scene.meeting, hadir=dice.choice(scene.seats))
        for _ in range(ITEMS)
    ]
    if kinds == "marks":
        return marks
    undone = [
        Tap.of(dice, "checkin.void", datetime.fromisoformat(tap.happened_at), urung=tap.id)
        for tap in taken[::3]
    ]
    return taken[: ITEMS // 2] + marks[: ITEMS // 2] + undone[: ITEMS // 6]


def _batches(taps: list[Tap], dice: random.Random) -> list[list[Tap]]:
    """All of them in an order of one's own."""
    shuffled = dice.sample(taps, len(taps))
    return [shuffled[first : first + SIZE] for first in range(0, len(taps), SIZE)]


def _deadlocks(app: Flask) -> int:
    """How many the database has had to resolve; SQLite has one writer, and none."""
    if not ON_POSTGRES:
        return 0
    with app.app_context():
        told = text(
            "SELECT pg_stat_force_next_flush(), deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        found = db.session.execute(told).one().deadlocks
        db.session.remove()
    return int(found)

"""Bar 11: workers, backends and the whole database are killed or stopped at random moments, while phones send."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from tests import databases
from tests.bench.servers import Server
from tests.cast import Actor
from tests.conftest import ON_POSTGRES
from tests.faults.conftest import FULL, PLACES
from tests.faults.killing import Killer, Stopper, killing, until_well
from tests.faults.phones import LOST, Phone, Tap
from webapp.plumbing.submissions import receipt_of

TAPS = 1000 if FULL else 80
APART = 25  # answers between two kills, at most
SINGLE, MOST = 0.7, 8  # the rest goes in batches of up to so many
STOP = 7.0 if FULL else 1.5  # s; longer than a writer waits for the lock
RECOVERY, PATIENCE = (30.0, 90.0) if FULL else (150.0, 150.0)  # s
PAUSE, BUSY = (0.8 if FULL else 0.3), 0.01  # s
pytestmark = pytest.mark.slow


@dataclass
class Log:
    """What one phone saw: what was acknowledged, the answers (0: none), and its longest wait in seconds."""

    acknowledged: dict[UUID, str] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    longest: float = 0.0


@pytest.mark.bar(
    11,
    f"`kill -9` of gunicorn's workers, of PostgreSQL's processes and of the whole PostgreSQL, at random moments "
    f"while {TAPS:,} items are sent and sent again",
    "exactly as many rows, counters agree, whatever was acknowledged is there; well again within 30 s",
)
def test_whatever_was_acknowledged_is_there_after_any_kill(
    server: Server,
    store: databases.Store,
    cookie: Callable[[Actor], str],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
) -> None:
    killer = Killer(server, store, dice, APART)
    taps, log = _send_meanwhile(killer, cookie, dice, PAUSE)
    back = max(killer.slowest, until_well(server.port, 8))
    verdict |= {
        "items": len(taps),
        "answers": dict(log.answers),
        "longest": f"{log.longest:.1f}s",
        **killer.killed,
    }
    verdict["says"] = (
        f"killed: {_list(killer.killed)}; {len(taps):,} items in {log.answers.total():,} sendings, "
        f"{log.answers[0]:,} of them without an answer: {len(taps):,} rows; longest wait {log.longest:.1f} s, "
        f"well again within {back:.1f} s each time"
    )
    assert set(log.answers) <= {0, 200, 503}
    assert killer.killed.total() >= (20 if FULL else 1)
    assert log.acknowledged == {tap: receipt_of(tap) for tap in taps} == receipts()
    assert effects() == Counter(taps)
    assert back < RECOVERY
    _is_whole(store)


@pytest.mark.bar(
    "–",
    f"a worker stands still for {STOP:.0f} s (SIGSTOP), with or without the lock, again and again",
    "exactly as many rows, only 200 and 503, nobody waits much longer than the stop",
)
def test_a_worker_that_stands_still_costs_nothing_but_time(
    server: Server,
    store: databases.Store,
    cookie: Callable[[Actor], str],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    verdict: dict[str, object],
) -> None:
    stopper = Stopper(server, store, dice, APART)
    stopper.seconds = STOP
    taps, log = _send_meanwhile(stopper, cookie, dice, BUSY)
    verdict |= {"items": len(taps), "answers": dict(log.answers), **stopper.killed}
    verdict["says"] = (
        f"{stopper.killed['stops']} stops; {len(taps):,} items, {log.answers[503]:,} times 503: {len(taps):,} rows; "
        f"longest wait {log.longest:.1f} s"
    )
    assert set(log.answers) <= {200, 503}
    assert effects() == Counter(taps)


def _send_meanwhile(
    killer: Killer, cookie: Callable[[Actor], str], dice: random.Random, pause: float
) -> tuple[list[UUID], Log]:
    """Two phones of each of four people send all they have; what was sent, and what they saw together."""
    queues = {actor: [Tap.made(dice, PLACES[actor]) for _ in range(TAPS // 4)] for actor in PLACES}
    hands = [(actor, queue[half::2]) for actor, queue in queues.items() for half in (0, 1)]
    with killing(killer), ThreadPoolExecutor(len(hands)) as phones:
        turns = [
            phones.submit(_send_all, killer, cookie(actor), taps, random.Random(dice.getrandbits(32)), pause)
            for actor, taps in hands
        ]
        logs = [turn.result() for turn in turns]
    together = Log()
    for log in logs:
        together.acknowledged |= log.acknowledged
        together.answers += log.answers
        together.longest = max(together.longest, log.longest)
    return [tap.id for queue in queues.values() for tap in queue], together


def _send_all(killer: Killer, cookie: str, taps: list[Tap], dice: random.Random, pause: float) -> Log:
    """Send everything until it is acknowledged; a third of it once more at some later time."""
    log, sent = Log(), []
    while taps:
        size = 1 if dice.random() < SINGLE else dice.randint(2, MOST)
        sent.append(taps[:size])
        taps = taps[size:]
        _until_acknowledged(killer, cookie, sent[-1], dice, log)
        if dice.random() < 0.3:
            _until_acknowledged(killer, cookie, dice.choice(sent), dice, log)
        time.sleep(dice.uniform(0, pause))
    return log


def _until_acknowledged(killer: Killer, cookie: str, taps: list[Tap], dice: random.Random, log: Log) -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE:
        try:
            with closing(Phone(killer.server.port, cookie, one_shot=True, patience=20)) as phone:
                answer = phone.send(taps[0]) if len(taps) == 1 else phone.send_all(taps)
        except LOST:
            log.answers[0] += 1
        else:
            log.answers[answer.status] += 1
            if answer.status == 200:
                assert [one["id"] for one in answer.told] == [str(tap.id) for tap in taps]
                log.acknowledged |= {tap.id: receipt_of(tap.id) for tap in taps}
                assert {one["receipt"] for one in answer.told} <= {"", *map(receipt_of, log.acknowledged)}
                killer.served()
                log.longest = max(log.longest, time.monotonic() - begin)
                return
        time.sleep(dice.uniform(0.1, 0.5))
    raise AssertionError("never acknowledged")


def _is_whole(store: databases.Store) -> None:
    if not ON_POSTGRES:
        with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def _list(killed: Counter[str]) -> str:
    return ", ".join(f"{count} {what}" for what, count in sorted(killed.items(), reverse=True))

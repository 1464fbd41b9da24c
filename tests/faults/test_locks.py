"""Fault 10: somebody else holds the write lock."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest

from tests import databases
from tests.cast import BUDI
from tests.conftest import ON_POSTGRES
from tests.faults.conftest import FULL, PLACES
from tests.faults.phones import ALONE, Phone, Tap

pytestmark = pytest.mark.slow
PHONES = 16
SHORT, LONG = 3.0, 30.0 if FULL else 8.0


@dataclass
class Saw:
    """One answer: when it came (s since the lock), its status, and what it told about waiting."""

    after: float
    status: int
    retry_after: str | None


def test_a_lock_of_three_seconds_only_makes_people_wait(
    store: databases.Store,
    phone: Callable[[], Phone],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    verdict: dict[str, object],
) -> None:
    taps = [Tap.made(dice, PLACES[BUDI]) for _ in range(PHONES)]
    with locked(store, SHORT), ThreadPoolExecutor(PHONES) as phones:
        begin = time.monotonic()
        answers = list(phones.map(lambda tap: phone().send(tap), taps))
        slowest = time.monotonic() - begin
    verdict |= {"fault": 10, "lock": f"{SHORT:.0f}s", "sendings": PHONES, "slowest": f"{slowest:.1f}s"}
    assert [answer.status for answer in answers] == [200] * PHONES
    assert effects() == Counter(tap.id for tap in taps)


def test_a_long_lock_is_answered_503_until_it_is_gone_and_nothing_is_lost(
    store: databases.Store,
    phone: Callable[[], Phone],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    verdict: dict[str, object],
) -> None:
    taps = [Tap.made(dice, PLACES[BUDI]) for _ in range(PHONES)]
    with locked(store, LONG), ThreadPoolExecutor(PHONES) as phones:
        seen = [one for every in phones.map(lambda tap: _insist(phone(), tap), taps) for one in every]
    verdict |= {"fault": 10, "lock": f"{LONG:.0f}s", "answers": dict(Counter(one.status for one in seen))}
    refused = [one for one in seen if one.status != 200]
    assert refused
    assert {one.status for one in refused} == {503}
    assert all(one.retry_after and int(one.retry_after) > 0 for one in refused)
    assert effects() == Counter(tap.id for tap in taps)


def test_pages_open_while_somebody_else_holds_the_lock(
    store: databases.Store, phone: Callable[[], Phone], verdict: dict[str, object]
) -> None:
    with locked(store, LONG), ThreadPoolExecutor(4) as phones:
        begin = time.monotonic()
        answers = list(
            phones.map(lambda path: phone().get(path), ("/lainnya", "/lainnya", "/healthz", "/masuk"))
        )
        slowest = time.monotonic() - begin
    verdict |= {"fault": 10, "lock": f"{LONG:.0f}s", "pages": len(answers), "slowest": f"{slowest:.1f}s"}
    assert {answer.status for answer in answers} <= {200, 303}
    assert slowest < LONG


def _insist(phone: Phone, tap: Tap) -> list[Saw]:
    """Send until it is taken, as an outbox does, and say what was answered on the way."""
    begin, seen = time.monotonic(), []
    while time.monotonic() - begin < LONG + 30:
        answer = phone.send(tap)
        seen.append(Saw(time.monotonic() - begin, answer.status, answer.headers.get("Retry-After")))
        if answer.status == 200:
            assert answer.told[0]["verdict"] in ("diterima", "sudah ada", ALONE), answer.told
            return seen
        time.sleep(0.5)
    return seen


@contextmanager
def locked(store: databases.Store, seconds: float) -> Iterator[None]:
    """Hold the write lock from outside for `seconds`, beginning now."""
    taken = threading.Event()
    hold = _hold_table if ON_POSTGRES else _hold_file
    holder = threading.Thread(target=hold, args=(store.url, seconds, taken))
    holder.start()
    assert taken.wait(10)
    yield
    holder.join()


def _hold_file(url: str, seconds: float, taken: threading.Event) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        taken.set()
        time.sleep(seconds)
        connection.execute("ROLLBACK")


def _hold_table(url: str, seconds: float, taken: threading.Event) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE submission IN EXCLUSIVE MODE")
        taken.set()
        time.sleep(seconds)
        connection.rollback()

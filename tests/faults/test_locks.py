"""Somebody else holds the write lock."""

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
PAGES = ("/lainnya", "/check-in", "/healthz")
PATIENCE = 120.0  # seconds; on a loaded machine all of this takes its time
SHORT, LONG = 3.0, 30.0 if FULL else 0.0  # seconds; the long one lasts at least until everybody has met it


@dataclass
class Saw:
    """One answer: when it came (s since the lock), its status, and what it told about waiting."""

    after: float
    status: int
    retry_after: str | None


@pytest.mark.bar("–", "somebody else holds the write lock for 3 s", "all succeed")
@pytest.mark.parametrize("busy_ms", [5_000 if FULL else 60_000])  # a loaded machine adds seconds of its own
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
    verdict |= {"lock": f"{SHORT:.0f}s", "sendings": PHONES}
    verdict["says"] = f"{PHONES} of {PHONES}, the slowest after {slowest:.1f} s"
    assert [answer.status for answer in answers] == [200] * PHONES
    assert effects() == Counter(tap.id for tap in taps)


@pytest.mark.bar(
    "–",
    "somebody else holds the write lock for 30 s",
    "503 with `Retry-After`, no 500, pages open meanwhile, nothing lost",
)
@pytest.mark.parametrize("busy_ms", [5_000 if FULL else 1_000])
def test_a_long_lock_is_answered_503_until_it_is_gone_while_pages_open_and_nothing_is_lost(
    store: databases.Store,
    phone: Callable[[], Phone],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    verdict: dict[str, object],
) -> None:
    taps = [Tap.made(dice, PLACES[BUDI]) for _ in range(PHONES)]
    refused = [threading.Event() for _ in taps]
    with holding(store) as lock, ThreadPoolExecutor(PHONES + len(PAGES)) as phones:
        begin = time.monotonic()
        opening = phones.map(lambda path: _open(phone(), path), PAGES)
        sending = phones.map(lambda tap, met: _insist(phone(), tap, met), taps, refused)
        opened = list(opening)
        assert all(met.wait(PATIENCE) for met in refused)
        time.sleep(max(0.0, LONG - (time.monotonic() - begin)))
        assert lock.held, "somebody waited for the lock to go away by itself"
        lock.give_back()
        seen = [one for every in sending for one in every]
    slowest = max(page.after for page in opened)
    answers = dict(Counter(one.status for one in seen))
    verdict |= {"lock": f"{LONG:.0f}s", "answers": answers, "slowest_page": f"{slowest:.1f}s"}
    verdict["says"] = (
        f"{answers.get(503, 0)} times 503, then {answers.get(200, 0)} of {PHONES}; pages within {slowest:.1f} s"
    )
    waiting = [one for one in seen if one.status != 200]
    assert {one.status for one in waiting} == {503}
    assert all(one.retry_after and int(one.retry_after) > 0 for one in waiting)
    assert effects() == Counter(tap.id for tap in taps)
    assert {page.status for page in opened} == {200}


def _open(phone: Phone, path: str) -> Saw:
    begin = time.monotonic()
    answer = phone.get(path)
    return Saw(time.monotonic() - begin, answer.status, None)


def _insist(phone: Phone, tap: Tap, refused: threading.Event) -> list[Saw]:
    """Send until it is taken, as an outbox does, and say what was answered on the way."""
    begin, seen = time.monotonic(), []
    while time.monotonic() - begin < PATIENCE:
        answer = phone.send(tap)
        seen.append(Saw(time.monotonic() - begin, answer.status, answer.headers.get("Retry-After")))
        if answer.status == 200:
            assert answer.told[0]["verdict"] in ("diterima", "sudah ada", ALONE), answer.told
            return seen
        refused.set()
        time.sleep(0.5)
    return seen


class Lock:
    """The write lock in somebody else's hands, until it is given back or nobody can wait any longer."""

    def __init__(self) -> None:
        self.taken, self._back = threading.Event(), threading.Event()
        self.held = False

    def give_back(self) -> None:
        """Let the others write."""
        self._back.set()

    def hold(self, patience: float) -> None:
        """Keep it; called by whoever has just taken it."""
        self.held = True
        self.taken.set()
        self._back.wait(patience)
        self.held = False


@contextmanager
def holding(store: databases.Store, patience: float = PATIENCE) -> Iterator[Lock]:
    """Hold the write lock from outside, for `patience` seconds at most, beginning now."""
    lock = Lock()
    holder = threading.Thread(
        target=_hold_table if ON_POSTGRES else _hold_file, args=(store.url, lock, patience)
    )
    holder.start()
    try:
        assert lock.taken.wait(PATIENCE)
        yield lock
    finally:
        lock.give_back()
        holder.join()


@contextmanager
def locked(store: databases.Store, seconds: float) -> Iterator[None]:
    """Hold the write lock from outside for `seconds`, beginning now."""
    with holding(store) as lock:
        timer = threading.Timer(seconds, lock.give_back)
        timer.start()
        yield
        timer.join()


def _hold_file(url: str, lock: Lock, patience: float) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        lock.hold(patience)
        connection.execute("ROLLBACK")


def _hold_table(url: str, lock: Lock, patience: float) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE submission IN EXCLUSIVE MODE")
        lock.hold(patience)
        connection.rollback()

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
SHORT, LONG = 3.0, 30.0 if FULL else 8.0


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
    f"somebody else holds the write lock for {LONG:.0f} s",
    "503 with `Retry-After`, no 500, pages open, nothing lost",
)
@pytest.mark.parametrize("busy_ms", [5_000])
def test_a_long_lock_is_answered_503_until_it_is_gone_while_pages_open_and_nothing_is_lost(
    store: databases.Store,
    phone: Callable[[], Phone],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    verdict: dict[str, object],
) -> None:
    taps = [Tap.made(dice, PLACES[BUDI]) for _ in range(PHONES)]
    with locked(store, LONG), ThreadPoolExecutor(PHONES + len(PAGES)) as phones:
        pages = phones.map(lambda path: _open(phone(), path), PAGES)
        seen = [one for every in phones.map(lambda tap: _insist(phone(), tap), taps) for one in every]
        opened = list(pages)
    slowest = max(page.after for page in opened)
    answers = dict(Counter(one.status for one in seen))
    verdict |= {"lock": f"{LONG:.0f}s", "answers": answers, "slowest_page": f"{slowest:.1f}s"}
    verdict["says"] = (
        f"{answers.get(503, 0)} times 503, then {answers.get(200, 0)} of {PHONES}; pages within {slowest:.1f} s"
    )
    refused = [one for one in seen if one.status != 200]
    assert refused
    assert {one.status for one in refused} == {503}
    assert all(one.retry_after and int(one.retry_after) > 0 for one in refused)
    assert effects() == Counter(tap.id for tap in taps)
    assert {page.status for page in opened} == {200}
    assert slowest < LONG


def _open(phone: Phone, path: str) -> Saw:
    begin = time.monotonic()
    answer = phone.get(path)
    return Saw(time.monotonic() - begin, answer.status, None)


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

"""The disk is full: SQLite cannot write, and says so, until there is room again."""

from __future__ import annotations

import random
import resource
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from tests import databases
from tests.bench.servers import Server
from tests.cast import Actor
from tests.conftest import ON_POSTGRES
from tests.faults.conftest import FULL, PLACES
from tests.faults.phones import Phone, Tap
from webapp.plumbing.submissions import receipt_of

BATCHES, MOST = (60 if FULL else 12), 20
ROOM = 100_000  # bytes that are left
RECOVERY = 10.0 if FULL else 120.0  # s; on a loaded machine everything takes longer
PAGES = ("/check-in", "/check-in/riwayat", "/lainnya")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(ON_POSTGRES, reason="PostgreSQL is expected to have a disk of its own"),
    pytest.mark.bar(
        "–",
        f"the disk is full but for {ROOM // 1000} KB, while phones send",
        "503 with `Retry-After` for what cannot be written, pages open, nothing acknowledged lost; well again within "
        "10 s after there is room",
    ),
]


def test_on_a_full_disk_saving_waits_and_reading_goes_on(
    server: Server,
    store: databases.Store,
    phone: Callable[[Actor], Phone],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
) -> None:
    phones, file = [phone(actor) for actor in PLACES], store.url.removeprefix("sqlite:///")
    places = list(PLACES.values())
    batches = [
        (phones[number % 4], [Tap.made(dice, places[number % 4]) for _ in range(MOST)])
        for number in range(BATCHES)
    ]
    left, pages = [], []
    with _full(server, file):
        for sender, batch in batches:
            answer = sender.send_all(batch)
            assert answer.status == 200 or (answer.status == 503 and answer.headers.get("Retry-After")), (
                answer
            )
            left += [(sender, batch)] if answer.status == 503 else []
            pages.append(sender.get(dice.choice(PAGES)).status)
    begin = time.monotonic()
    statuses = [sender.send_all(batch).status for sender, batch in left]
    back = time.monotonic() - begin
    verdict["says"] = (
        f"{BATCHES} batches of {MOST}, {len(left)} of them 503, {len(pages)} pages opened; all stored within "
        f"{back:.1f} s after there was room"
    )
    assert left
    assert set(pages) == {200}
    assert set(statuses) == {200}
    assert back < RECOVERY
    taps = [tap.id for _, batch in batches for tap in batch]
    assert effects() == Counter(taps)
    assert receipts() == {tap: receipt_of(tap) for tap in taps}
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@contextmanager
def _full(server: Server, file: str) -> Iterator[None]:
    """No file of the workers may grow further than the largest of the database's now is, and a little."""
    names = (Path(file), Path(f"{file}-wal"))
    largest = max(name.stat().st_size for name in names if name.exists())
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for pid in server.workers():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + ROOM, before[1]))
    try:
        yield
    finally:
        for pid in server.workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)

"""Somebody who kills or stops processes at random moments: workers of gunicorn, and everything of PostgreSQL."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from tests import databases, postgres
from tests.bench.servers import Server
from tests.faults.phones import LOST, Phone

PAUSE = 0.0, 0.3  # s between the last of the wanted answers and the kill
PATIENCE = 30.0  # s
DEAD = 0.2, 1.0  # s that a database stays away


class Killer:
    """`killed` counts what was killed. Backends and the whole database only where it is ours to kill.

    The next victim falls after up to `most` more answers, however slow the machine: phones count them by `served`.
    """

    def __init__(self, server: Server, store: databases.Store, dice: random.Random, most: int) -> None:
        self.server, self.dice, self.most = server, dice, most
        self.wanted = threading.Semaphore(0)
        self.database = _own(store)
        self.turns: list[str] = []
        self.killed: Counter[str] = Counter()
        self.slowest = 0.0  # s from a kill, or from the start of the database, to the next good answer
        self.enough = threading.Event()

    def work(self) -> None:
        """Kill until it is enough. Every victim comes back by itself, but for the whole database."""
        while self._seen(self.dice.randint(1, self.most)):
            self.enough.wait(self.dice.uniform(*PAUSE))
            self._strike(self._next())
            self.slowest = max(self.slowest, until_well(self.server.port, 1))

    def served(self) -> None:
        """A phone got a good answer."""
        self.wanted.release()

    def _seen(self, answers: int) -> bool:
        """Wait for so many; false when it is enough."""
        for _ in range(answers):
            while not self.wanted.acquire(timeout=0.2):
                if self.enough.is_set():
                    return False
        return not self.enough.is_set()

    def _next(self) -> str:
        """Each kind has its turn, in an order that the dice say."""
        if not self.turns:
            self.turns = ["workers", "workers", *(["backends", "databases"] if self.database else [])]
            self.dice.shuffle(self.turns)
        return self.turns.pop()

    def _strike(self, what: str) -> None:
        if self.database is None or what == "workers":
            self._kill(what, self.server.workers())
        elif what == "backends":
            self._kill(what, self.database.children())
        else:
            self._crash(self.database)

    def _kill(self, what: str, pids: list[int]) -> None:
        with suppress(ProcessLookupError, IndexError):
            os.kill(self.dice.choice(pids), signal.SIGKILL)
            self.killed[what] += 1

    def _crash(self, database: postgres.Server) -> None:
        with suppress(ProcessLookupError):
            database.crash()
            self.killed["databases"] += 1
        self.enough.wait(self.dice.uniform(*DEAD))
        database.start()


class Stopper(Killer):
    """Stops a worker for a while instead, wherever it is: holding a lock, or between two bytes of an answer."""

    seconds = 1.0

    def work(self) -> None:
        """Stop one after the other; each goes on afterwards."""
        while self._seen(self.dice.randint(1, self.most)):
            self.enough.wait(self.dice.uniform(*PAUSE))
            victim = self.dice.choice(self.server.workers())
            os.kill(victim, signal.SIGSTOP)
            self.killed["stops"] += 1
            self.enough.wait(self.seconds)
            os.kill(victim, signal.SIGCONT)


@contextmanager
def killing(killer: Killer) -> Iterator[Killer]:
    """Let the killer work meanwhile; at the end everything has been started again."""
    thread = threading.Thread(target=killer.work)
    thread.start()
    try:
        yield killer
    finally:
        killer.enough.set()
        thread.join()


def until_well(port: int, in_a_row: int) -> float:
    """Seconds until so many good answers in a row."""
    begin, well = time.monotonic(), 0
    while well < in_a_row and time.monotonic() - begin < PATIENCE:
        try:
            with closing(Phone(port, "", one_shot=True, patience=5)) as phone:
                well = well + 1 if phone.get("/healthz").status == 200 else 0
        except LOST:
            well = 0
        if not well:
            time.sleep(0.05)
    return time.monotonic() - begin


def _own(store: databases.Store) -> postgres.Server | None:
    if isinstance(store, databases.PostgresStore) and store.server.control:
        return store.server
    return None

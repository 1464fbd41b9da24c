"""A race that is made to happen: whoever comes first to one statement stands still there until he is let go."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from tests.visits import ON_POSTGRES
from webapp.plumbing import database
from webapp.plumbing.database import db

PATIENCE = 120  # seconds
WAITING = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'"""


@contextmanager
def held_at(app: Flask, words: str) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Stop the first statement with these words: an event that is set once it stands, and one that lets it go."""
    stands, go = threading.Event(), threading.Event()

    def wait(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if words in statement and not stands.is_set():
            stands.set()
            go.wait(PATIENCE)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", wait)
    try:
        yield stands, go
    finally:
        go.set()
        event.remove(engine, "before_cursor_execute", wait)


def overtaken(app: Flask, words: str, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What both came to, when the second comes while the first stands at `words`, and goes as far as it can."""
    with ThreadPoolExecutor(2) as pool, waiting(app) as waits, held_at(app, words) as (stands, go):
        one = pool.submit(first)
        assert stands.wait(PATIENCE), f"nobody came to {words}"
        other = pool.submit(second)
        as_far_as_it_can(other, waits)
        go.set()
        return one.result(PATIENCE), other.result(PATIENCE)


def as_far_as_it_can(work: Future[Any], waits: Callable[[], bool]) -> None:
    """Return once `work` is done or waits for a lock."""
    end = time.monotonic() + PATIENCE
    while not (work.done() or waits()):
        assert time.monotonic() < end, "it neither ended nor waited"
        time.sleep(0.01)


@contextmanager
def waiting(app: Flask) -> Iterator[Callable[[], bool]]:
    """A question: does anybody wait for a lock now? Of this process's threads on SQLite, of anybody on PostgreSQL."""
    if ON_POSTGRES:
        yield lambda: _a_backend_waits(app)
        return
    turn = _Turn(database._turn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "_turn", turn)
        yield lambda: turn.waiting > 0


def _a_backend_waits(app: Flask) -> bool:
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        return bool(connection.scalar(text(WAITING)))


class _Turn:
    """The lock of one writer at a time, which counts who waits for it."""

    def __init__(self, lock: Any) -> None:
        self.lock, self.waiting = lock, 0

    def acquire(self, timeout: float) -> bool:
        if self.lock.acquire(blocking=False):
            return True
        self.waiting += 1
        try:
            return bool(self.lock.acquire(timeout=timeout))
        finally:
            self.waiting -= 1

    def release(self) -> None:
        self.lock.release()

"""A race that is made to happen: whoever comes first to one statement stands still there until he is let go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from webapp.plumbing.database import db

PATIENCE = 120  # seconds


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


def overtaken(
    app: Flask, words: str, first: Callable[[], Any], second: Callable[[], Any], ahead: float = 0.5
) -> tuple[Any, Any]:
    """What both came to, when the second comes while the first stands at `words`; `ahead`: seconds it stands there."""
    said: dict[str, Any] = {}
    one, other = (
        threading.Thread(target=lambda name=name, act=act: said.__setitem__(name, act()))
        for name, act in (("first", first), ("second", second))
    )
    with held_at(app, words) as (stands, go):
        one.start()
        assert stands.wait(PATIENCE), f"nobody came to {words}"
        other.start()
        other.join(ahead)
        go.set()
        one.join()
        other.join()
    return said["first"], said["second"]

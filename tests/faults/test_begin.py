"""The proof of the locks: on SQLite no transaction writes that did not ask for the lock at its beginning."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from tests import databases
from tests.cast import ACTORS, ANI, CENGKARENG, Actor
from tests.conftest import ON_POSTGRES
from tests.faults.conftest import FULL
from tests.visits import HX, SAME_SITE, Visitor
from webapp.plumbing.database import db

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
FILLED = {"int": "1", "default": CENGKARENG, "string": CENGKARENG, "uuid": str(ACTORS[0].device)}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(ON_POSTGRES, reason="PostgreSQL has no deferred transactions"),
]


class Log:
    """What SQLite itself was told, connection by connection."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.offences: list[str] = []

    def watch(self, connection: sqlite3.Connection, _record: Any = None) -> None:
        """Follow the transactions of one connection."""
        began = ""

        def note(statement: str) -> None:
            nonlocal began
            word = statement.lstrip().split(None, 1)[0].upper()
            if word == "BEGIN":
                began = statement.upper()
                self.seen[began] += 1
            elif word in ("COMMIT", "ROLLBACK") and " TO " not in statement.upper():
                began = ""
            elif word in WRITES:
                self.seen["writes"] += 1
                if began != "BEGIN IMMEDIATE":
                    self.offences.append(f"{began or 'no transaction'}: {statement[:200]}")

        connection.set_trace_callback(note)


@pytest.fixture
def log(app: Flask) -> Iterator[Log]:
    """The statement log of every connection made from now on."""
    log = Log()
    with app.app_context():
        engine = db.engine
    event.listen(engine, "connect", log.watch)
    yield log
    event.remove(engine, "connect", log.watch)


@pytest.mark.bar(
    "–",
    "statement log of every route as six people",
    "no write in a transaction that did not begin with BEGIN IMMEDIATE",
)
def test_no_transaction_writes_that_did_not_begin_immediate(
    app: Flask, log: Log, store: databases.Store, verdict: dict[str, object]
) -> None:
    answers: Counter[int] = Counter()
    for actor in ACTORS if FULL else (ANI,):
        _work(Visitor(app, actor), actor)
        for method, path in _walk(app):
            _sign_in_again(store)
            visitor = Visitor(app, actor)
            answers[_ask(visitor, method, path)] += 1
    verdict |= {"requests": answers.total(), "writes": log.seen["writes"], **_begins(log)}
    verdict["says"] = f"{answers.total()} requests, {log.seen['writes']} writes: none"
    assert log.seen["writes"] > 30
    assert not log.offences, "\n".join(sorted(set(log.offences))[:20])


def test_the_log_catches_a_deferred_write(app: Flask, log: Log) -> None:
    with app.app_context():
        db.session.execute(db.text("UPDATE account SET active = true"))
        db.session.rollback()
    assert log.offences


def _work(visitor: Visitor, actor: Actor) -> None:
    """What is done all day: check in by the form and in a batch, and miss the PIN."""
    tap = {"jenis": "posko", "tempat": actor.home}
    item = {"id": str(uuid4()), "kind": "checkin", "fields": tap, "happened_at": "2024-11-09T08:00:00"}
    visitor.post("/check-in", tap)
    visitor.post("/kirim", status=200, json={"items": [item]})
    Visitor(visitor.app).post("/masuk", {"telp": actor.phone, "pin": "000000"}, status=422)


def _begins(log: Log) -> dict[str, int]:
    return {"immediate": log.seen["BEGIN IMMEDIATE"], "deferred_reads": log.seen["BEGIN"]}


def _walk(app: Flask) -> list[tuple[str, str]]:
    """Every route with made-up arguments, pages first."""
    steps = [
        (method, _path(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]
    return sorted(steps)


def _path(rule: Rule) -> str:
    values = {name: FILLED.get(_kind(rule, name), "1") for name in rule.arguments}
    path = rule.rule
    for name, value in values.items():
        for kind in ("", "int:", "string:", "uuid:", "path:", "code:"):
            path = path.replace(f"<{kind}{name}>", value)
    return path


def _kind(rule: Rule, name: str) -> str:
    head = rule.rule.split(f"{name}>", 1)[0].rpartition("<")[2]
    return head.rstrip(":") or "default"


def _ask(visitor: Visitor, method: str, path: str) -> int:
    if method == "GET":
        return int(visitor.client.get(path, headers=SAME_SITE).status_code)
    return int(visitor.client.post(path, data={}, headers=SAME_SITE | HX).status_code)


def _sign_in_again(store: databases.Store) -> None:
    """Undo what a step of the walk did to the sign-in: the next one must get in."""
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute("UPDATE device_session SET revoked_at = NULL, last_seen_at = '2024-01-01'")
        connection.execute("UPDATE account SET active = 1, temporary = 0, consent_version = '2026-11'")

"""The database is away for a while: everybody is told so, and nothing has to be restarted afterwards."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator

import flask_migrate
import pytest
from flask import Flask

from tests import cast, postgres
from tests.bench.servers import serving
from tests.conftest import ON_POSTGRES, config_for
from tests.faults.conftest import FULL, PLACES, awake, environment
from tests.faults.phones import LOST, Answer, Phone, Tap
from webapp import create_app
from webapp.plumbing.database import db
from webapp.plumbing.submissions import receipt_of

RECOVERY = 10.0 if FULL else 120.0  # s until the server must answer again, without a restart
pytestmark = [
    pytest.mark.slow,
    pytest.mark.bar(
        "–",
        "PostgreSQL is stopped under a running server, and started again",
        "503 meanwhile, `/healthz` too; well again within 10 s without a restart; nothing acknowledged lost",
    ),
    pytest.mark.skipif(not ON_POSTGRES, reason="a file does not stop answering"),
    pytest.mark.skipif("POSTGRES_URL" in os.environ, reason="a server that is not ours is not stopped"),
]


@pytest.fixture
def own_server() -> Iterator[postgres.Server]:
    """A PostgreSQL of this test's own, that keeps its promises, with the cast in it."""
    with postgres.running(durable=True) as server:
        app = create_app(config_for(server.create("simpul")))
        with app.app_context():
            flask_migrate.upgrade()
            cast.load_cast()
            db.session.remove()
            db.engine.dispose()
        yield server


def test_while_the_database_is_gone_all_is_503_and_then_all_goes_on(
    own_server: postgres.Server,
    app: Flask,
    cookie: Callable[[cast.Actor], str],
    dice: random.Random,
    verdict: dict[str, object],
) -> None:
    before, during = (Tap.made(dice, PLACES[cast.BUDI]) for _ in range(2))
    with serving("wsgi:app", environment(own_server.url("simpul")), fork=not FULL) as running:
        awake(running.port)

        def ask(what: Callable[[Phone], Answer]) -> Answer:
            return what(Phone(running.port, cookie(cast.BUDI), one_shot=True))

        assert ask(lambda phone: phone.send_one(before)).status == 200
        workers = running.workers()
        own_server.stop()
        away = [ask(lambda phone: phone.get("/healthz")) for _ in range(4)]
        away += [ask(lambda phone: phone.send(during)), ask(lambda phone: phone.get("/check-in"))]
        assert {answer.status for answer in away} == {503}
        assert all(answer.headers.get("Retry-After") for answer in away[4:])
        own_server.start()
        back = _until_well(ask)
        again = [ask(lambda phone, tap=tap: phone.send_one(tap, look=True)) for tap in (before, during)]
        assert [answer.told[0]["receipt"] for answer in again] == [receipt_of(t.id) for t in (before, during)]
        assert running.workers() == workers
    verdict |= {"healthz": "503", "back_after": f"{back:.1f}s", "lost": 0}
    verdict["says"] = f"well after {back:.1f} s, 0 lost"
    assert back < RECOVERY


def _until_well(ask: Callable[[Callable[[Phone], Answer]], Answer]) -> float:
    """Seconds until both workers are well: eight good answers in a row."""
    begin, well = time.monotonic(), 0
    while well < 8 and time.monotonic() - begin < 3 * RECOVERY:
        try:
            well = well + 1 if ask(lambda phone: phone.get("/healthz")).status == 200 else 0
        except LOST:
            well = 0
    return time.monotonic() - begin

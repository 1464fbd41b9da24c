"""What one of several processes does in `test_replays`: its own app, its own connections, the same submission."""

from __future__ import annotations

import time
from typing import Any

import time_machine

from tests.cast import ANI, KARTIKA
from tests.clock import NOW
from tests.conftest import config_for
from tests.visits import Visitor
from webapp import create_app
from webapp.plumbing.database import db


@time_machine.travel(NOW)
def send(url: str, barrier: Any, answers: Any, times: int, item: dict[str, Any], clock: str) -> None:
    """Send `item` `times` times through the bulk door, all processes at once."""
    app = create_app(config_for(url))
    ani = Visitor(app, ANI)
    barrier.wait(180)
    for _ in range(times):
        body = {"items": [item], "clock": clock}
        page = _patiently(ani, "/kirim", json=body)
        (verdict,) = page.get_json()["verdicts"]
        answers.put((page.status_code, verdict["verdict"], verdict["receipt"]))
    _leave(app)


@time_machine.travel(NOW)
def tap(url: str, barrier: Any, answers: Any, first: bool, path: str, fields: dict[str, str]) -> None:
    """One of two phones marks the same person at the same moment."""
    app = create_app(config_for(url))
    who = Visitor(app, ANI if first else KARTIKA)
    barrier.wait(180)
    page = _patiently(who, path, data=fields)
    answers.put(page.status_code)
    _leave(app)


def _patiently(who: Visitor, path: str, **body: Any) -> Any:
    """As a phone does: 503 says to wait, and the same thing is sent again."""
    for _ in range(20):
        page = who.client.post(path, headers={"Sec-Fetch-Site": "same-origin"}, **body)
        if page.status_code != 503:
            break
        time.sleep(0.2)
    return page


def _leave(app: Any) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()

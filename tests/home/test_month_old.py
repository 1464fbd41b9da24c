"""A phone that lay in a drawer for a month: nothing on it is lost, whatever has become of its session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.cast import BUDI
from tests.home.test_contract import NOW, POSKO, item, kept, send
from tests.visits import SAME_SITE, Visitor
from webapp.people.models import Account, DeviceSession
from webapp.people.rules import secrets
from webapp.plumbing.database import db, writing
from webapp.plumbing.submissions import Submission

PIN = "386042"
MONTH = timedelta(days=30)


def queue() -> list[dict[str, Any]]:
    """What was tapped before the phone went into the drawer."""
    return [item(POSKO | {"catatan": f"Hari ke-{n}"}, at=NOW - timedelta(hours=n)) for n in range(20)]


def test_a_session_of_thirty_days_sends_and_nothing_had_to_be_fetched_for_it(
    app: Flask, budi: Visitor
) -> None:
    waiting = queue()
    with time_machine.travel(NOW + MONTH, tick=False):
        answer = send(budi, *waiting, user=str(BUDI.id))
    assert {one["verdict"] for one in answer["verdicts"]} == {"diterima"}
    assert kept(app) == 20


@pytest.mark.parametrize("way", ["expired", "revoked", "lost"])
def test_after_signing_in_again_the_same_queue_is_taken_once(app: Flask, budi: Visitor, way: str) -> None:
    waiting, days = queue(), timedelta(days=400) if way == "expired" else MONTH
    _end(app, budi, way)
    with app.app_context(), writing():
        account = db.session.scalars(select(Account).where(Account.id == BUDI.id)).one()
        account.pin_hash = secrets.hash_pin(PIN, "p" * 32)
    with time_machine.travel(NOW + days, tick=False):
        budi.post("/kirim", json={"items": waiting, "user": str(BUDI.id)}, status=401)
        assert kept(app) == 0
        budi.post("/masuk", {"telp": BUDI.phone, "pin": PIN})
        for word in ("diterima", "sudah ada"):
            answer = send(budi, *waiting, user=str(BUDI.id))
            assert {one["verdict"] for one in answer["verdicts"]} == {word}
    assert kept(app) == 20
    with app.app_context():
        claimed = db.session.scalars(select(Submission.claimed_at)).all()
        assert max(claimed) <= NOW + timedelta(minutes=1), "the phone's word is kept, however old"


def test_a_request_from_another_site_is_refused_however_fresh_the_session(app: Flask, budi: Visitor) -> None:
    body = {"items": queue(), "user": str(BUDI.id)}
    answer = budi.client.post("/kirim", json=body, headers=SAME_SITE | {"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["X-Refusal"], kept(app)) == (400, "csrf", 0)


def _end(app: Flask, visitor: Visitor, way: str) -> None:
    """The session is over: by its age, by a revocation, or because the cookie is gone."""
    if way == "lost":
        visitor.client.delete_cookie("session")
    if way == "revoked":
        with app.app_context(), writing():
            db.session.get_one(DeviceSession, BUDI.device).revoked_at = NOW

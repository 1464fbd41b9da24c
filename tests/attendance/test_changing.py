"""How often the answer of a link may be changed: often enough for anybody, and never without end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import Scene, also_invited, meeting_of, stamp
from tests.attendance.test_rsvp import answered, link
from tests.cast import BUDI
from tests.visits import Page, Visitor
from webapp.attendance.models import AnswerBudget, Invitation
from webapp.attendance.views import rsvp
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, writing


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(2)


@pytest.fixture
def seat(app: Flask, scene: Scene) -> int:
    """Budi's."""
    with app.app_context():
        return also_invited(scene, BUDI)[0]


@pytest.fixture
def narrow(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set other limits than the usual ones."""

    def to(**limits: int) -> None:
        monkeypatch.setitem(app.config, "SIMPUL", replace(app.config["SIMPUL"], **limits))

    return to


def change_often(visitor: Visitor, seat: int, times: int, status: int = 303, person: int = BUDI.id) -> Page:
    """One answer after another, each unlike the one before."""
    page = None
    for n in range(times):
        page = visitor.post(link(seat, person), {"jawaban": "izin", "alasan": f"alasan {n}"}, status)
    assert page is not None
    return page


def test_a_link_that_is_changed_again_and_again_has_to_wait_for_the_next_hour(
    app: Flask, stranger: Visitor, seat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = now().replace(minute=40, second=0, microsecond=0)
    with time_machine.travel(start, tick=False):
        change_often(stranger, seat, 30)
        asked: list[str] = []
        monkeypatch.setattr(rsvp, "writing", lambda: asked.append("the lock") or writing())
        page = stranger.post(link(seat), {"jawaban": "datang"}, 429)
        assert asked == [], "whoever has changed too much makes nobody wait"
        assert page.headers["Retry-After"] == "1201" and page.headers["Cache-Control"] == "private, no-store"
        assert "terlalu sering diubah" in page.words(".note.bad") and "21 menit" in page.words(".note.bad")
        assert answered(app, seat) == ("izin", "alasan 29")
        stranger.post(link(seat), {"jawaban": "izin", "alasan": "alasan 29"})  # the same costs nothing
    with time_machine.travel(start + timedelta(minutes=21), tick=False):
        stranger.post(link(seat), {"jawaban": "datang"})
    assert answered(app, seat) == ("datang", None)


def test_the_same_answer_again_is_free_and_still_the_newest_word(
    app: Flask, budi: Visitor, stranger: Visitor, scene: Scene, seat: int, narrow: Callable[..., None]
) -> None:
    narrow(budget_answers=1)
    start = now()
    for minutes in (0, 0, 3):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            stranger.post(link(seat), {"jawaban": "datang"})
    with time_machine.travel(start + timedelta(minutes=4), tick=False):
        older = {"rapat": scene.meeting, "jawaban": "ragu"} | stamp(start + timedelta(minutes=2), clock=now())
        budi.send("attendance.rsvp", older)
    assert answered(app, seat) == ("datang", None)
    with app.app_context():
        assert db.session.scalars(select(AnswerBudget.changes)).all() == [1]


def test_a_button_that_is_pressed_again_at_once_waits_for_no_lock(
    stranger: Visitor, seat: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger.post(link(seat), {"jawaban": "datang"})
    monkeypatch.setattr(rsvp, "writing", lambda: pytest.fail("it has been written"))
    stranger.post(link(seat), {"jawaban": "datang"})


def test_one_network_counts_only_what_a_link_changes_again_and_again(
    app: Flask, stranger: Visitor, scene: Scene, seat: int, narrow: Callable[..., None]
) -> None:
    narrow(budget_network=3)
    with app.app_context(), everywhere("a test looks"):
        people = {one: db.session.get_one(Invitation, one).person_id or 0 for one in scene.seats}
    first, second = people
    change_often(stranger, seat, 5 + 3)
    change_often(
        stranger, first, 5, person=people[first]
    )  # whoever changes her mind is refused for no neighbour
    change_often(stranger, first, 1, 429, person=people[first])
    change_often(stranger, seat, 1, 429)
    elsewhere = Visitor(app)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "10.9.8.7"
    elsewhere.post(link(first, people[first]), {"jawaban": "datang"})
    change_often(stranger, second, 1, person=people[second])
    with app.app_context():
        keys = db.session.scalars(select(AnswerBudget.key)).all()
    assert len(keys) == 5 and not [key for key in keys if "." in key], "no address is kept"


def test_two_at_once_do_not_get_past_the_limit(
    app: Flask, stranger: Visitor, seat: int, narrow: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(budget_answers=2)
    change_often(stranger, seat, 2)
    monkeypatch.setattr(rsvp, "refuse_spent", lambda *_: None)  # as when both looked before either wrote
    assert stranger.post(link(seat), {"jawaban": "datang"}, 429).headers["Retry-After"]
    assert answered(app, seat) == ("izin", "alasan 1")


def test_what_was_counted_is_forgotten_after_a_day(app: Flask, stranger: Visitor, seat: int) -> None:
    stranger.post(link(seat), {"jawaban": "datang"})
    for hours, gone in ((20, 0), (26, 1)):
        with time_machine.travel(now() + timedelta(hours=hours), tick=False):
            told = app.test_cli_runner().invoke(args=["retention", "run"])
        assert f"counts of changed answers deleted: {gone}" in told.output

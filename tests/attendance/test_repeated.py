"""Said once is enough: who says the same of the same seat again and again adds nothing, and slows nobody down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NINE, Scene, also_invited, meeting_of, stamp, verdict_of
from tests.cast import ANI, BUDI
from tests.home.test_contract import item, send
from tests.visits import Visitor
from webapp.attendance.kinds import PAPER
from webapp.attendance.models import AttendanceRecord
from webapp.attendance.rules.verdicts import MOST_RECORDS
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.submissions import kinds

AFTER = NINE + timedelta(minutes=5)


def scene_with(app: Flask, *actors: Any) -> tuple[Scene, tuple[int, ...]]:
    with app.app_context():
        scene = meeting_of(1)
        return scene, also_invited(scene, *actors)


def records(app: Flask, seat: int) -> int:
    with app.app_context(), everywhere("a test counts"):
        found = select(func.count()).select_from(AttendanceRecord)
        return db.session.scalar(found.where(AttendanceRecord.invitation_id == seat)) or 0


def claims(scene: Scene, *moments: datetime) -> list[dict[str, Any]]:
    return [item({"rapat": str(scene.meeting)}, "attendance.self", at=at) for at in moments]


def test_saya_hadir_a_hundred_times_is_one_claim(app: Flask, budi: Visitor) -> None:
    scene, (seat,) = scene_with(app, BUDI)
    with time_machine.travel(AFTER, tick=False):
        for _ in range(2):
            answer = send(budi, *claims(scene, *(AFTER - timedelta(seconds=n) for n in range(50, 0, -1))))
            assert {one["verdict"] for one in answer["verdicts"]} == {"diterima"}
        assert records(app, seat) == 1
        with app.app_context():
            assert verdict_of(seat).claims_since == AFTER - timedelta(seconds=50)


def test_an_earlier_claim_that_comes_later_still_says_something(app: Flask, budi: Visitor) -> None:
    scene, (seat,) = scene_with(app, BUDI)
    with time_machine.travel(AFTER, tick=False):
        send(budi, *claims(scene, AFTER))
        send(budi, *claims(scene, NINE))
        assert records(app, seat) == 2
        with app.app_context():
            assert verdict_of(seat).claims_since == NINE


def test_a_claim_after_the_coordinators_word_is_a_new_one(app: Flask, ani: Visitor, budi: Visitor) -> None:
    scene, (seat,) = scene_with(app, BUDI)
    later = AFTER + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        send(budi, *claims(scene, NINE))
        ani.send("attendance.mark", {"rapat": scene.meeting, "alpa": seat, **stamp(AFTER, clock=later)})
        send(budi, *claims(scene, later, later))
        assert records(app, seat) == 3


def test_one_hand_says_of_one_seat_no_more_than_anybody_could_mean(app: Flask, ani: Visitor) -> None:
    scene, _ = scene_with(app)
    seat = scene.seats[0]
    told = {"rapat": str(scene.meeting), "hadir": str(seat)}
    with time_machine.travel(AFTER, tick=False):
        moments = [AFTER - timedelta(seconds=n) for n in range(MOST_RECORDS + 20)]
        batch = [item(told, "attendance.mark", at=at) for at in moments]
        words = [one["verdict"] for n in (0, 40) for one in send(ani, *batch[n : n + 40])["verdicts"]]
        assert sorted(words) == ["diterima"] * MOST_RECORDS + ["ditolak"] * 20
        refused = ani.send("attendance.mark", {**told, **stamp(AFTER)}, "ditolak")
        assert "terlalu sering" in refused["reason"]
        assert records(app, seat) == MOST_RECORDS
        with app.app_context():
            assert verdict_of(seat).status == "hadir"


def test_the_typed_sheet_is_no_way_around_it(app: Flask, ani: Visitor) -> None:
    scene, _ = scene_with(app)
    seat = scene.seats[0]
    told = {"lembar": str(scene.sheet), "urutan": str(seat)}
    with time_machine.travel(AFTER, tick=False):
        batch = [
            item(
                {**told, f"tanda-{seat}": "is"[n % 2]},
                "attendance.paper",
                at=AFTER - timedelta(seconds=90 - n),
            )
            for n in range(MOST_RECORDS + 10)
        ]
        words = [one["verdict"] for n in (0, 40) for one in send(ani, *batch[n : n + 40])["verdicts"]]
        assert words[:MOST_RECORDS] == ["diterima"] * MOST_RECORDS
        assert words[MOST_RECORDS:] == ["ditolak", "diterima"] * 5, "what the list says already adds nothing"
    assert records(app, seat) == MOST_RECORDS


def test_a_long_signed_sheet_weighs_more_than_a_short_one() -> None:
    sheet = {"tamu": ["Bu Ratna"], "tanda": dict.fromkeys(range(63), "h")}
    assert kinds[PAPER].weight(sheet) == 4
    assert kinds[PAPER].weight({"tamu": [], "tanda": dict.fromkeys(range(5000), "h")}) == 201


def test_a_claim_costs_the_same_however_often_it_was_made(
    app: Flask, budi: Visitor, statements: Callable[[], Any]
) -> None:
    scene, _ = scene_with(app, BUDI, ANI)
    with time_machine.travel(AFTER, tick=False):
        counted = []
        for _ in range(3):
            with statements() as seen:
                send(budi, *claims(scene, AFTER))
            counted.append(len(seen.work))
    assert counted[2] == counted[1] < counted[0], "what is said again writes less, and no more the tenth time"

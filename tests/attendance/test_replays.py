"""Whatever the network does: a tap that was acknowledged is there exactly once."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.attendance import racing
from tests.attendance.scenes import Scene, meeting_of, stamp, verdict_of
from tests.clock import NOW
from tests.processes import FRESH
from tests.visits import Visitor
from webapp.attendance.models import AttendanceRecord, Verdict
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.submissions import Submission, SubmissionConflict

PROCESSES, TIMES = 8, 10


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A meeting that runs right now."""
    start = NOW - timedelta(minutes=5)
    with app.app_context():
        return meeting_of(20, start=start)


def together(app: Flask, work: Callable[..., None], each: list[tuple[Any, ...]]) -> list[Any]:
    """Run `work` in one process for each set of arguments, all at once; returns all answers."""
    answers, barrier = FRESH.Queue(), FRESH.Barrier(len(each))
    with app.app_context():
        db.session.remove()
        url = db.engine.url.render_as_string(hide_password=False)
        db.engine.dispose()
    running = [FRESH.Process(target=work, args=(url, barrier, answers, *one)) for one in each]
    for process in running:
        process.start()
    per = TIMES if work is racing.send else 1
    found = [answers.get(timeout=120) for _ in range(per * len(each))]
    for process in running:
        process.join(60)
    return found


def rows(app: Flask, *models: Any) -> list[int]:
    with app.app_context(), everywhere("a test counts"):
        return [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in models]


@pytest.mark.slow
def test_the_same_tap_ten_times_from_eight_processes_is_one_record_with_one_receipt(
    app: Flask, scene: Scene
) -> None:
    moment = NOW
    fields = {"rapat": str(scene.meeting), "hadir": str(scene.seats[0])}
    item = {
        "id": str(uuid4()), "kind": "attendance.mark", "fields": fields,
        "happened_at": moment.isoformat(), "offset": 420,
    }  # fmt: skip
    found = together(app, racing.send, [(TIMES, item, moment.isoformat())] * PROCESSES)
    assert {status for status, _word, _receipt in found} == {200}
    words = [word for _status, word, _receipt in found]
    assert words.count("diterima") == 1 and words.count("sudah ada") == PROCESSES * TIMES - 1
    assert len({receipt for _status, _word, receipt in found}) == 1
    assert rows(app, AttendanceRecord, Submission, SubmissionConflict) == [1, 1, 0]
    with app.app_context():
        assert verdict_of(scene.seats[0]).status == "hadir"


@pytest.mark.slow
def test_two_phones_at_the_very_same_moment_are_both_kept_and_flagged(app: Flask, scene: Scene) -> None:
    moment = NOW
    fields = {"rapat": str(scene.meeting), "hadir": str(scene.seats[0])}
    work = [(n % 2 == 0, scene.url, {**fields, **stamp(moment)}) for n in range(6)]
    assert together(app, racing.tap, work) == [303] * 6
    assert rows(app, AttendanceRecord) == [6]
    with app.app_context():
        known = verdict_of(scene.seats[0])
        assert (known.status, known.doubled) == ("hadir", True)
    assert "20 verdicts, 0 differed" in app.test_cli_runner().invoke(args=["attendance", "rebuild"]).output


def test_shuffled_and_repeated_in_batches_every_tap_counts_once(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    chance, moment = random.Random(7), NOW
    items = []
    for seat in scene.seats:
        first, undo, second = (str(uuid4()) for _ in range(3))
        told = [
            (first, "attendance.mark", {"hadir": str(seat)}, 0),
            (undo, "attendance.void", {"urung": first, "kursi": str(seat)}, 20),
            (second, "attendance.mark", {"hadir": str(seat)}, 40),
        ]
        items += [
            {
                "id": number, "kind": kind, "fields": {"rapat": str(scene.meeting), **fields}, "offset": 420,
                "happened_at": (moment - timedelta(seconds=60 - later)).isoformat(),
            }
            for number, kind, fields, later in told
        ]  # fmt: skip
    sent = [item for item in items for _ in range(chance.randint(1, 3))]
    chance.shuffle(sent)
    for start in range(0, len(sent), 25):
        body = {"items": sent[start : start + 25], "clock": datetime.now(UTC).isoformat()}
        told = ani.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
        assert {one["verdict"] for one in told} <= {"diterima", "sudah ada"}
    assert rows(app, AttendanceRecord) == [60]
    with app.app_context(), everywhere("a test looks"):
        assert set(db.session.scalars(select(Verdict.status))) == {"hadir"}


def test_other_content_under_a_known_id_is_kept_and_shown(app: Flask, ani: Visitor, scene: Scene) -> None:
    told = stamp(datetime.now(UTC))
    ani.send("attendance.mark", {"rapat": scene.meeting, "hadir": scene.seats[0], **told})
    other = {"rapat": scene.meeting, "alpa": scene.seats[0], **told}
    assert "keduanya disimpan" in ani.send("attendance.mark", other, "perlu diperiksa")["reason"]
    assert rows(app, AttendanceRecord, SubmissionConflict) == [1, 1]


def test_one_poisoned_item_does_not_block_the_others(app: Flask, ani: Visitor, scene: Scene) -> None:
    moment = NOW.isoformat()
    items = [
        {
            "id": str(uuid4()), "kind": "attendance.mark", "happened_at": moment, "offset": 420,
            "fields": {"rapat": str(scene.meeting), "hadir": str(seat)},
        }
        for seat in (*scene.seats[:5], 999_999)
    ]  # fmt: skip
    told = ani.post("/kirim", json={"items": items, "clock": moment}, status=200).response.get_json()
    assert [one["verdict"] for one in told["verdicts"]] == ["diterima"] * 5 + ["perlu diperiksa"]
    assert rows(app, AttendanceRecord) == [5]

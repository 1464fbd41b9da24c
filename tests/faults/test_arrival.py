"""Bar 3: what happened counts, and not when it arrived."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import Scene, also_invited, meeting_of
from tests.cast import ANI, BUDI, Actor
from tests.faults.conftest import FULL
from tests.faults.phones import WIB, Phone, Tap
from webapp.attendance.models import AttendanceRecord, Verdict
from webapp.attendance.rules.rebuilding import rebuild
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

pytestmark = pytest.mark.slow
WAYS = ("single", "one batch", "batches", "twice")[:: 1 if FULL else 3]
ORDERS = list(permutations(range(3)))
Sent = tuple[Actor, Tap]


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A meeting that began an hour ago, with more seats than this page needs."""
    with app.app_context():
        return meeting_of(2 * len(WAYS) * len(ORDERS), start=_ago(60))


@pytest.mark.bar(
    3, "tap, undo and tap arrive in each of the 6 orders", "present, with all three records kept"
)
def test_tap_undo_tap_ends_as_present_in_each_order_and_by_each_way(
    app: Flask,
    scene: Scene,
    single_phone: Callable[[Actor], Phone],
    dice: random.Random,
    verdict: dict[str, object],
) -> None:
    ani, cases = single_phone(ANI), [(order, way) for way in WAYS for order in ORDERS]
    for seat, (order, way) in zip(scene.seats, cases, strict=False):
        taps = _tap_undo_tap(dice, scene.meeting, seat)
        _deliver({ANI: ani}, [(ANI, taps[place]) for place in order], way)
    known = _known(app)
    verdict["says"] = f"{len(cases)} times ({len(ORDERS)} orders by {' and '.join(WAYS)}): present"
    for seat, case in zip(scene.seats, cases, strict=False):
        assert known[seat] == ("hadir", 3), case


@pytest.mark.bar(
    3,
    "a claim of the invited, a tap and a status of the coordinator arrive in each of the 6 orders",
    "the coordinator's last word holds, and a stale claim revives nobody",
)
def test_a_coordinators_word_outranks_a_stale_claim_in_each_order(
    app: Flask, single_phone: Callable[[Actor], Phone], dice: random.Random, verdict: dict[str, object]
) -> None:
    phones, count = {actor: single_phone(actor) for actor in (ANI, BUDI)}, 0
    for way in WAYS[1:]:  # a claim has no single form of this shape
        for order in ORDERS:
            with app.app_context():
                scene = meeting_of(1, start=_ago(60))
                [seat] = also_invited(scene, BUDI)
            sent = _claim_tap_status(dice, scene.meeting, seat)
            _deliver(phones, [sent[place] for place in order], way)
            assert _known(app)[seat] == ("izin", 3), (order, way)
            count += 1
    verdict["says"] = f"{count} times: izin, as she said last"


def _tap_undo_tap(dice: random.Random, meeting: int, seat: int) -> list[Tap]:
    """One by one in the seconds in which a thumb slips, some time in the last hour and within the quarter of grace."""
    start = _ago(50)
    first = Tap.of(dice, "attendance.mark", start, rapat=meeting, hadir=seat)
    moments = (start + timedelta(seconds=2), start + timedelta(seconds=4))
    undo = Tap.of(dice, "attendance.void", moments[0], urung=first.id, rapat=meeting, kursi=seat)
    return [first, undo, Tap.of(dice, "attendance.mark", moments[1], rapat=meeting, hadir=seat)]


def _claim_tap_status(dice: random.Random, meeting: int, seat: int) -> list[Sent]:
    return [
        (BUDI, Tap.of(dice, "attendance.self", _ago(55), rapat=meeting)),
        (ANI, Tap.of(dice, "attendance.mark", _ago(50), rapat=meeting, hadir=seat)),
        (ANI, Tap.of(dice, "attendance.mark", _ago(40), rapat=meeting, izin=seat)),
    ]


def _deliver(phones: dict[Actor, Phone], sent: Sequence[Sent], way: str) -> None:
    """In this order: each by its form, all at once if they are one person's, each in a batch, or each batch twice."""
    alone = len({actor for actor, _ in sent}) == 1
    if way == "one batch" and alone:
        answers = [phones[sent[0][0]].send_all([tap for _, tap in sent])]
    elif way == "single":
        answers = [phones[actor].send_one(tap) for actor, tap in sent]
    else:
        again = 2 if way == "twice" else 1
        answers = [phones[actor].send_all([tap]) for _ in range(again) for actor, tap in sent]
    assert {answer.status for answer in answers} == {200}, answers
    words = {one["verdict"] for answer in answers for one in answer.told}
    assert words <= {"diterima", "sudah ada", "sendiri"}, answers


def _known(app: Flask) -> dict[int, tuple[str, int]]:
    """Status and number of records of each seat; a rebuild from the records says the same."""
    with app.app_context(), everywhere("a test looks"):
        assert rebuild()[1] == 0
        records: dict[int, int] = {}
        for seat in db.session.scalars(select(AttendanceRecord.invitation_id)):
            records[seat] = records.get(seat, 0) + 1
        found: Any = db.session.execute(select(Verdict.invitation_id, Verdict.status)).all()
        db.session.rollback()
    return {seat: (status, records.get(seat, 0)) for seat, status in found}


def _ago(minutes: float) -> datetime:
    return datetime.now(WIB) - timedelta(minutes=minutes)

"""Bar 1: the server has stored it, and its answer is lost on the way back."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.bench.servers import Server
from tests.faults.conftest import FULL
from tests.faults.crowd import gather
from tests.faults.phones import ALONE, LOST, Phone, Tap
from tests.faults.proxy import bad_line
from webapp.plumbing.submissions import receipt_of

TAPS = 1000 if FULL else 60
BATCHES, MOST = (60 if FULL else 6), 50
PEOPLE = 8 if FULL else 1  # each of them within the budget of an hour
pytestmark = [
    pytest.mark.slow,
    pytest.mark.bar(
        1,
        "the connection dies after the commit: before the answer, at a random byte of it, or before anybody listens",
        "at least 200 times: one row and one receipt for each, the same at every retry",
    ),
]
Told = dict[str, Any]


def test_a_lost_answer_costs_nothing_but_a_retry(
    app: Flask,
    server: Server,
    cookie: Callable[[Any], str],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
) -> None:
    """Every second tap goes by its single form; then whole batches."""
    crowd = gather(app, PEOPLE)
    sizes = [1] * TAPS + [dice.randint(2, MOST) for _ in range(BATCHES)]
    senders = [crowd[number % PEOPLE] for number in range(len(sizes))]
    sendings = [
        [Tap.made(dice, who.places) for _ in range(size)] for who, size in zip(senders, sizes, strict=True)
    ]
    taps = [tap for sending in sendings for tap in sending]
    with bad_line(server.port, dice) as line, ThreadPoolExecutor(4) as phones:
        told = list(
            phones.map(lambda who, sent: _until_answered(line.port, cookie(who), sent), senders, sendings)
        )
        verdict |= {"taps": len(taps), "sendings": len(sendings), **line.seen}
        verdict["says"] = f"{len(taps):,} items, {line.lost:,} answers lost: 0 lost, 0 doubled"
    assert line.lost > (200 if FULL else 20)
    assert effects() == Counter(tap.id for tap in taps)
    assert receipts() == {tap.id: receipt_of(tap.id) for tap in taps}
    for sending, (answers, tries) in zip(sendings, told, strict=True):
        by_id = {one["id"]: one["receipt"] for one in answers if one["verdict"] != ALONE}
        assert by_id in ({}, {str(tap.id): receipt_of(tap.id) for tap in sending})
        words = {one["verdict"] for one in answers}
        assert words <= ({ALONE, "diterima"} if tries == 1 else {ALONE, "diterima", "sudah ada"})


def _until_answered(port: int, cookie: str, sending: Sequence[Tap]) -> tuple[list[Told], int]:
    """Send until a whole answer comes; 503 says that somebody else was writing."""
    for tries in range(1, 100):
        try:
            with closing(Phone(port, cookie, one_shot=True)) as phone:
                answer = phone.send(sending[0]) if len(sending) == 1 else phone.send_all(sending)
        except LOST:
            continue
        if answer.status != 503:
            assert answer.status == 200, answer.body
            return answer.told, tries
    raise AssertionError("no answer in 100 tries")

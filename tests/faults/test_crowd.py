"""The same thing comes from many processes at the same moment: a worker and its restarted twin, ten tabs, a proxy."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.bench.servers import Server
from tests.cast import BUDI, Actor
from tests.faults.conftest import PLACES
from tests.faults.phones import ALONE, Tap, all_at_once, send_in_turn
from webapp.plumbing.submissions import receipt_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bar("–", "the same submission ten times from eight processes", "one row, one receipt"),
]
PROCESSES, TIMES = 8, 10


def test_the_same_submission_ten_times_from_eight_processes_is_one_row_with_one_receipt(
    server: Server,
    cookie: Callable[[Actor], str],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
) -> None:
    tap = Tap.made(dice, PLACES[BUDI])
    said = all_at_once(send_in_turn, [(server.port, cookie(BUDI), tap, TIMES)] * PROCESSES)
    verdict |= {
        "processes": PROCESSES,
        "sendings": len(said),
        "says": f"{len(said)} sendings: 1 row, 1 receipt",
    }
    assert {(200, receipt_of(tap.id))} == {(status, receipt) for status, _, receipt in said}
    assert {word for _, word, _ in said} <= {"diterima", "sudah ada", ALONE}
    assert [word for _, word, _ in said].count("diterima") <= 1
    assert effects() == Counter([tap.id])
    assert receipts() == {tap.id: receipt_of(tap.id)}

"""Fault 4: the server has stored it, and its answer is lost on the way back."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from tests.bench.servers import Server
from tests.cast import BUDI, Actor
from tests.faults.conftest import FULL, PLACES
from tests.faults.phones import ALONE, LOST, Phone, Tap
from tests.faults.proxy import bad_line
from webapp.plumbing.submissions import receipt_of

pytestmark = pytest.mark.slow
TAPS = 1000 if FULL else 60


def test_a_lost_answer_costs_nothing_but_a_retry(
    server: Server,
    cookie: Callable[[Actor], str],
    dice: random.Random,
    effects: Callable[[], Counter[UUID]],
    receipts: Callable[[], dict[UUID, str]],
    verdict: dict[str, object],
) -> None:
    taps = [Tap.made(dice, PLACES[BUDI]) for _ in range(TAPS)]
    with bad_line(server.port, dice) as line, ThreadPoolExecutor(4) as phones:
        said = list(phones.map(lambda tap: _until_answered(line.port, cookie(BUDI), tap), taps))
        verdict |= {"fault": 4, "taps": TAPS, "lost_answers": line.cut}
    assert line.cut > TAPS / 4
    assert effects() == Counter(tap.id for tap in taps)
    assert receipts() == {tap.id: receipt_of(tap.id) for tap in taps}
    for tap, (answers, tries) in zip(taps, said, strict=True):
        assert answers["receipt"] == receipt_of(tap.id)
        assert answers["verdict"] in (ALONE, "diterima" if tries == 1 else "sudah ada")


def _until_answered(port: int, cookie: str, tap: Tap) -> tuple[dict[str, str], int]:
    """Send until an answer comes; every second tap goes by its single form."""
    for tries in range(1, 100):
        try:
            answer = Phone(port, cookie, one_shot=True).send(tap)
        except LOST:
            continue
        assert answer.status == 200, answer.body
        return answer.told[0], tries
    raise AssertionError("no answer in 100 tries")

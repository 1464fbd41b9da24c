"""Bar 14 as far as a browser has a part in it: one phone, two tabs, one queue."""

from __future__ import annotations

import random
import socket
from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.conftest import FULL
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Asked, Line, cut, lost, passed, reset, says

ITEMS = 2_000 if FULL else 300
MOST_ROUNDS = 200
WITHOUT_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })"
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    14,
    "items saved and sent in two tabs at once, half of the answers lost; with and without Web Locks",
    "exactly as many effects",
)
@pytest.mark.parametrize("locks", [True, False])
def test_two_tabs_that_save_and_send_at_once(
    locks: bool,
    handset: Callable[..., Handset],
    house: House,
    line: Line,
    dice: random.Random,
    verdict: dict[str, object],
) -> None:
    phone = handset()
    if not locks:
        phone.context.add_init_script(WITHOUT_LOCKS)
    first, second = phone.open(), phone.tab()
    assert first.evaluate("() => Boolean(navigator.locks)") is locks
    fates = Counter[str]()

    def chance(line: Line, asked: Asked, phone: socket.socket) -> None:
        fate = dice.choice((passed, passed, passed, lost, cut, reset, says("502 Bad Gateway")))
        fates[getattr(fate, "__name__", "")] += 1
        fate(line, asked, phone)

    line.fate = chance
    ids: list[str] = []
    step = ITEMS // 4
    while len(ids) < ITEMS:
        for page in (first, second):
            ids += phone.save(step, page, len(ids))
            page.evaluate("() => { simpul.outbox.send(true); }")
    for _ in range(MOST_ROUNDS):
        if set(phone.states(first)) == {"sent"}:
            break
        second.evaluate("() => { simpul.outbox.send(true); }")
        phone.send(first)
    tries = len(line.sendings)
    assert phone.states(second) == Counter(sent=len(ids))
    assert house.effects(ids) == Counter(ids)
    sent = sum(len(asked.items) for asked in line.sendings)
    bad = tries - fates["passed"]
    verdict |= {"items": len(ids), "sendings": tries, "spoilt": bad, "locks": locks}
    verdict["says"] = (
        f"{len(ids):,} items from two tabs{'' if locks else ' without locks'}, {bad} of {tries} sendings spoilt, "
        f"{sent:,} copies: {len(ids):,} effects"
    )

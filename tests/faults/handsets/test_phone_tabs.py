"""Bar 14 as far as a browser has a part in it: one phone, two tabs, one queue."""

from __future__ import annotations

import random
import socket
from collections import Counter
from collections.abc import Callable

import pytest

from tests.cast import ANI, BUDI, KARTIKA
from tests.faults.conftest import FULL
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Asked, Line, cut, lost, passed, reset, says
from webapp.config import Config

PEOPLE = (ANI, BUDI, KARTIKA) if FULL else (ANI,)
EACH = Config.budget_items if FULL else 300  # all that a person may leave here in an hour
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
    fates = Counter[str]()

    def chance(line: Line, asked: Asked, phone: socket.socket) -> None:
        fate = dice.choice((passed, passed, passed, lost, cut, reset, says("502 Bad Gateway")))
        fates[getattr(fate, "__name__", "")] += 1
        fate(line, asked, phone)

    line.fate = chance
    for actor in PEOPLE:
        phone = handset(actor)
        if not locks:
            phone.context.add_init_script(WITHOUT_LOCKS)
        ids = _save_and_send(phone, locks)
        assert house.effects(ids, actor) == Counter(ids)
    items, tries = len(PEOPLE) * EACH, len(line.sendings)
    sent = sum(len(asked.items) for asked in line.sendings)
    bad = tries - fates["passed"]
    verdict |= {"items": items, "sendings": tries, "spoilt": bad, "locks": locks}
    verdict["says"] = (
        f"{items:,} items from two tabs{'' if locks else ' without locks'}, {bad} of {tries} sendings spoilt, "
        f"{sent:,} copies: {items:,} effects"
    )


def _save_and_send(phone: Handset, locks: bool) -> list[str]:
    """What one person saves in two tabs, all of it sent."""
    first, second = phone.open(), phone.tab()
    assert first.evaluate("() => Boolean(navigator.locks)") is locks
    ids: list[str] = []
    while len(ids) < EACH:
        for page in (first, second):
            ids += phone.save(EACH // 4, page, len(ids))
            page.evaluate("() => { simpul.outbox.send(true); }")
    for _ in range(MOST_ROUNDS):
        if set(phone.states(first)) == {"sent"}:
            break
        second.evaluate("() => { simpul.outbox.send(true); }")
        phone.send(first)
    assert phone.states(second) == Counter(sent=len(ids))
    return ids

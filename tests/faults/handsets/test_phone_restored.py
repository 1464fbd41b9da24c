"""A server that was put back to an earlier state gets from the phones what it has forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Line

LOST, SINCE = 30, 210
DUE = "() => simpul.outbox.note('contact ' + simpul.outbox.user(), {})"
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    "–",
    "the database is restored to its state before 30 items that the phone had receipts for; 210 others follow",
    "the phone offers its copies, all are there again, once",
)
def test_a_restored_server_gets_back_what_it_lost(
    handset: Callable[..., Handset], house: House, line: Line, tmp_path: Path, verdict: dict[str, object]
) -> None:
    phone = handset()
    ids = phone.save(10)
    phone.send()
    house.copy(tmp_path / "saved.sqlite3")
    lost = phone.save(LOST)
    phone.send()
    house.restore(tmp_path / "saved.sqlite3")
    assert not house.effects(lost)
    ids += lost + phone.save(SINCE)
    phone.send()
    assert not house.effects(lost)
    phone.page.evaluate(DUE)
    phone.deliver(10 + LOST + SINCE)
    assert house.effects(ids) == Counter(ids)
    tries = len(line.sendings)
    phone.send()
    assert len(line.sendings) == tries  # offered once, then not for hours
    verdict |= {"lost": LOST, "says": f"{LOST} of {LOST} came back, none doubled"}

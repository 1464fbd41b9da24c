"""Bar 10 on the phone: its clock is wrong, and everything goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.cast import ANI
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Line, passed, reset

EARLY = datetime(1970, 1, 1, 0, 5, tzinfo=UTC)
CLOCKS = {"1970": None, "+1 day": timedelta(days=1), "-3 hours": timedelta(hours=-3)}  # how far it is off
CLOCK = 1  # the bit of an oddity
FOUND = "SELECT happened_at, oddities, offset FROM check_in WHERE submission_id = ?"
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    10, "the phone's clock shows 1970, tomorrow or three hours ago", "saved, sent, accepted, flagged"
)
@pytest.mark.parametrize("shown", CLOCKS)
def test_a_phone_with_a_wrong_clock_saves_and_sends(
    shown: str, handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset(None)
    off = CLOCKS[shown]
    phone.page.clock.install(time=EARLY if off is None else datetime.now(UTC) + off)
    phone.wear(house.device(ANI)[1])
    phone.open("/antrean")
    line.fate = reset
    ids = phone.save(2)
    phone.page.evaluate("() => { simpul.outbox.send(); }")
    line.fate = passed
    phone.deliver(2)
    assert house.effects(ids) == Counter(ids)
    for one in ids:
        [(happened, oddities, offset)] = house.read(FOUND, one.replace("-", ""))
        assert abs(datetime.fromisoformat(happened).replace(tzinfo=UTC) - datetime.now(UTC)) < timedelta(
            minutes=2
        )
        assert oddities & CLOCK
        assert offset == 420
    verdict |= {"clock": shown, "says": f"{shown}: accepted, at the right hour, flagged"}


@pytest.mark.bar(
    10, "saved while the clock showed 1970, sent after it was set right", "accepted once, flagged"
)
def test_what_was_saved_in_1970_is_sent_after_the_clock_was_set(
    handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset(None)
    phone.page.clock.install(time=EARLY)
    phone.wear(house.device(ANI)[1])
    line.fate = reset
    phone.open("/antrean")
    ids = phone.save(2)
    phone.page.clock.set_system_time(datetime.now(UTC))
    line.fate = passed
    phone.open("/antrean")
    phone.deliver(2)
    assert house.effects(ids) == Counter(ids)
    assert all(house.read(FOUND, one.replace("-", ""))[0][1] & CLOCK for one in ids)
    verdict["says"] = "accepted once, at the hour of arrival, flagged"


@pytest.mark.bar(10, "a phone in WIT", "its zone is kept")
def test_a_phone_in_wit_says_so(
    handset: Callable[..., Handset], house: House, verdict: dict[str, object]
) -> None:
    phone = handset(timezone_id="Asia/Jayapura")
    ids = phone.save(1)
    phone.send()
    [(_, oddities, offset)] = house.read(FOUND, ids[0].replace("-", ""))
    assert (oddities & CLOCK, offset) == (0, 540)
    verdict["says"] = "offset 540, nothing flagged"

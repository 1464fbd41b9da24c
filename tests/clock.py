"""The suite's clock: every test begins at the same moment, whatever the machine's own clock says.

`CLOCK="2028-02-29 17:30"` (UTC) sets another one; `make test CLOCK=…` makes the whole machine believe it as well.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import time_machine

NOW = datetime.fromisoformat(os.environ.get("CLOCK") or "2026-12-01 03:00").replace(tzinfo=UTC)
TODAY = (NOW + timedelta(hours=7)).date()  # in Jakarta

_travel = time_machine.travel(NOW)
_traveller: list[time_machine.Traveller] = []


def of_a_browser() -> dict[str, str]:
    """What Chromium is started with: under faketime it wants every clock faked, Python only the hour."""
    return {name: value for name, value in os.environ.items() if name != "FAKETIME_DONT_FAKE_MONOTONIC"}


def _by_one_thread(begin: Callable[..., time_machine.Traveller]) -> Callable[..., time_machine.Traveller]:
    def checked(journey: time_machine.travel) -> time_machine.Traveller:
        alone = threading.current_thread() is threading.main_thread()
        assert alone, "a journey is the whole process's: travel first, then let threads begin"
        return begin(journey)

    return checked


def start() -> None:
    """Stop this process's own clock for that of the suite; from here on it goes by seconds as usual."""
    time_machine.travel.start = _by_one_thread(time_machine.travel.start)  # type: ignore[method-assign]
    _traveller.append(_travel.start())


def stop() -> None:
    """Give the process its own clock back."""
    _traveller.pop()
    _travel.stop()


def again() -> None:
    """Put the clock back to `NOW`."""
    _traveller[0].move_to(NOW)


def as_the_machine() -> None:
    """Go by the machine's clock: for tests with processes of their own."""
    _traveller[0].move_to(time_machine.escape_hatch.datetime.datetime.now(UTC))

"""How long a test waits for what must come: on a loaded machine long, and no longer than it takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error as PageError
from playwright.sync_api import Page, expect

PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


def settle(page: Page, wanted: Callable[[], Any], what: str = "that") -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not wanted():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not come")
        page.wait_for_timeout(50)


def shown(page: Page, words: str) -> None:
    """Wait until the page says so; where the phone had to show a kept one, take the newest once it is offered."""
    settle(
        page, lambda: words in " ".join((_newest(page).locator("main").text_content() or "").split()), words
    )


def _newest(page: Page) -> Page:
    offered = page.locator("#luring .fresh")
    if offered.count():
        offered.click()
    return page


def slower(page: Page, times: int) -> None:
    """A processor so many times slower; not under a faked clock, where the browser never lets go of its brake."""
    if "faketime" not in os.environ.get("LD_PRELOAD", ""):
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def all_sent(page: Page) -> None:
    """Wait until nothing on this phone waits to be sent any more, asking for it at once."""
    settle(page, lambda: _sent(page), "the last receipt")


def asked(page: Page, script: str) -> Any:
    """What a script of the house says; a page that has just been told of a receipt may be loading anew: then again."""
    answers: list[Any] = []
    settle(page, lambda: _asked_once(page, script, answers), script)
    return answers[-1]


def _asked_once(page: Page, script: str, answers: list[Any]) -> bool:
    try:
        answers.append(page.evaluate(script))
    except PageError as error:
        if "navigation" not in str(error) and "simpul is not defined" not in str(error):
            raise
    return bool(answers)


def _sent(page: Page) -> bool:
    """Ask to send, and count what waits."""
    return not asked(page, "simpul.outbox.send(true), simpul.outbox.sum().then(({ wait }) => wait)")

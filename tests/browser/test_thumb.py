"""The thumb of `thumb.py`, without its pauses: whom it meant is marked, whatever it did in between."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.test_rakor import SEATS, open_the_rakor, statuses, wait_until_sent
from tests.browser.thumb import SILENT, Thumb

pytestmark = pytest.mark.browser


def test_one_thumb_marks_all_who_are_there(phone: Callable[..., Page], live: Live) -> None:
    page = phone()
    open_the_rakor(page, live)
    thumb = Thumb(page, random.Random(2211), pace=0)
    thumb.roll()
    expect(page.locator("[data-count=done]").first).to_have_text(str(SEATS - SILENT))
    wait_until_sent(page)
    page.reload()
    assert statuses(page) == {"h": SEATS - SILENT, "b": SILENT}
    assert thumb.missed == 0

"""A thumb takes the roll on a slow phone: nothing moves under it, and no second tap does a second thing."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Live, sign_in
from tests.browser.patience import PATIENCE_MS, slower
from tests.browser.test_rakor import SEATS, meeting_id, statuses, wait_until_sent
from tests.browser.thumb import Thumb

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
SLOWER = 6  # times: the processor of a cheap phone
MOVES = 2  # px
TABLES = (
    "meeting", "site", "sheet", "invitation", "invitation_rule", "attendance_record", "check_in", "submission",
    "review_event",
)  # fmt: skip
HEIGHT = "document.documentElement.scrollHeight"
ROWS = "document.querySelector('#daftar').offsetHeight"


@pytest.mark.parametrize("names", [6, pytest.param(SEATS, marks=pytest.mark.full)])
def test_no_target_moves_under_the_thumb_and_no_tap_goes_astray(
    phone: Phone, live: Live, tmp_path: Path, names: int
) -> None:
    nobody_is_late(tmp_path)
    page = phone()
    sign_in(page, live, "coordinator")
    page.goto(f"/rapat/{meeting_id(page, live)}/hadir")
    slower(page, SLOWER)
    tall, rows = page.evaluate(HEIGHT), page.evaluate(ROWS)
    thumb = Thumb(page, random.Random(63), pace=0.25)
    thumb.roll(names)
    assert (thumb.astray, thumb.missed) == ([], 0)
    assert thumb.moved <= MOVES
    expect(page.locator("[data-pending]")).to_be_hidden(timeout=PATIENCE_MS)
    wait_until_sent(page)
    assert abs(page.evaluate(HEIGHT) - tall) <= MOVES
    page.reload()
    assert statuses(page) == {"h": thumb.there, "b": SEATS - thumb.there}
    assert abs(page.evaluate(ROWS) - rows) <= MOVES  # the page itself may say that it was kept


def nobody_is_late(folder: Path) -> None:
    """Move the border of being late to the end, so that the minute of loading decides nothing."""
    with closing(sqlite3.connect(folder / "live.sqlite3")) as base, base:
        base.execute("UPDATE meeting_session SET late_after = ends_at")


def counted(folder: Path) -> dict[str, int]:
    """Rows on the server."""
    with closing(sqlite3.connect(folder / "live.sqlite3")) as base:
        return {name: base.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}


def twice(page: Page, button: Locator) -> None:
    """Two taps within 100 ms at the same place, and what comes of them."""
    button.scroll_into_view_if_needed()
    page.wait_for_timeout(700)
    box = button.bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(2500)
    page.wait_for_load_state()
    page.wait_for_function("self.simpul && simpul.outbox.sum().then(({ wait }) => !wait)")


@pytest.mark.full
def test_whatever_is_pressed_twice_is_done_once(phone: Phone, live: Live, tmp_path: Path) -> None:
    nobody_is_late(tmp_path)
    page = phone()
    sign_in(page, live, "coordinator")
    running = meeting_id(page, live)

    def added(button: Locator) -> dict[str, int]:
        before = counted(tmp_path)
        twice(page, button)
        return {name: many - before[name] for name, many in counted(tmp_path).items() if many != before[name]}

    page.goto("/rapat/baru")
    page.get_by_label("Judul").fill("Rapat malam posko")
    page.get_by_label("Mulai").fill("09:00")
    page.get_by_label("Selesai").fill("11:00")
    new: dict[str, Any] = added(page.locator(".act .main"))
    assert (new["meeting"], new["sheet"], new["submission"]) == (1, 1, 1)
    page.goto(re.sub(r"(/rapat/\d+).*", r"\1/undangan", page.url))
    assert added(page.get_by_role("button", name="Undang semua"))["invitation_rule"] == 1
    page.goto(f"/rapat/{running}/hadir")
    row = page.locator("#daftar > li").first
    assert added(row.locator(".tap").first) == {"attendance_record": 1, "submission": 1}
    assert added(row.locator(".undo")) == {"attendance_record": 1, "submission": 1}
    row.locator("summary").tap()
    assert added(row.locator(".pop [name=sakit]")) == {"attendance_record": 1, "submission": 1}
    sheet = page.url
    page.goto(sheet.replace("hadir", "tamu"))
    page.get_by_label("Nama tamu").fill("Pak Karyo")
    assert added(page.get_by_role("button", name="Catat tamu hadir")) == {
        "invitation": 1, "attendance_record": 1, "submission": 1,
    }  # fmt: skip
    page.goto("/check-in")
    assert added(page.locator("main form[data-checkin] button.main").first) == {
        "check_in": 1,
        "submission": 1,
    }
    page.goto(sheet)
    assert added(page.locator(".act .main")).get("review_event", 0) <= 1

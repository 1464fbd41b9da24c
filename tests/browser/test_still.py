"""On whole pages, too, rows stay where they are when one is tapped; what takes it back lies under the same thumb."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Live
from tests.browser.patience import all_sent
from tests.browser.test_kept import signed_in

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
ROWS = """() => Array.from(document.querySelectorAll(".thread > li, .head"),
    (row) => { const { y, height } = row.getBoundingClientRect(); return [y + scrollY, height] })"""

CHECK_IN = """() => simpul.outbox.save(
    { kind: "checkin", fields: { jenis: "posko", tempat: "31.73" }, what: "Check-in" })"""


@pytest.fixture(scope="module")
def live(one_server: Live) -> Live:
    """One server for all of them."""
    return one_server


@pytest.fixture(
    params=["106.25%", pytest.param("212.5%", marks=pytest.mark.full)],
    ids=["usual letters", "twice as large"],
)
def page(phone: Phone, live: Live, request: pytest.FixtureRequest) -> Page:
    """Of the coordinator."""
    opened = signed_in(phone, live)
    opened.context.add_init_script(
        "addEventListener('DOMContentLoaded', () => {"
        f" document.documentElement.style.fontSize = '{request.param}' }})"
    )
    return opened


def moved(page: Page, before: list[list[float]]) -> float:
    """By how many pixels any row moved or grew."""
    pairs = zip(before, page.evaluate(ROWS), strict=True)
    return max(abs(a - b) for one, two in pairs for a, b in zip(one, two, strict=True))


def place(button: Locator) -> list[int]:
    """Where it lies on the page, to the pixel."""
    found: list[int] = button.evaluate(
        """(one) => {
            const { x, y, width, height } = one.getBoundingClientRect();
            return [x, y + scrollY, width, height].map(Math.round);
        }"""
    )
    return found


def test_a_follow_up_that_is_done_moves_nothing_and_is_taken_back_where_it_was_tapped(page: Page) -> None:
    page.goto("/")
    row = page.locator("[data-promise]").first
    done, undo, said = row.locator(".tap"), row.locator(".btn"), row.locator("[data-said]")
    done.scroll_into_view_if_needed()
    before, there = page.evaluate(ROWS), place(done)
    for button, words in (
        (done, "Selesai · terkirim"),
        (undo, "Belum selesai · terkirim"),
        (done, "Selesai · terkirim"),
    ):
        button.click()
        expect(said).to_contain_text(words)
        assert moved(page, before) <= 2
    assert place(undo) == there
    assert page.locator(".toast").count() == 0
    undo.click()
    expect(done).to_be_visible()
    assert moved(page, before) <= 2


def test_a_check_in_that_is_taken_back_moves_no_other(page: Page) -> None:
    page.evaluate(CHECK_IN)
    all_sent(page)
    page.goto("/check-in/riwayat")
    row = page.locator(".thread > li").first
    before = page.evaluate(ROWS)
    row.locator("[name=urung]").click()
    expect(row.locator(".end")).to_have_text("dibatalkan")
    all_sent(page)
    assert moved(page, before) <= 2
    page.goto("/check-in/riwayat")
    assert moved(page, before) <= 2


def test_with_letters_twice_as_large_nothing_that_is_held_takes_the_room_of_the_rows(page: Page) -> None:
    for path in ("/", "/check-in", "/rapat"):
        page.goto(path)
        expect(page.locator("main")).to_be_visible()
        page.wait_for_function(
            """() => { const dock = document.querySelector(".dock");
                return getComputedStyle(dock).position !== "fixed" || dock.offsetHeight < innerHeight * 0.4 }"""
        )
        for hour in page.locator(".when").all():
            assert hour.evaluate("one => one.scrollWidth <= one.clientWidth"), hour.inner_text()

"""A phone with the app on it: what it holds, what it shows, and how its owner goes about."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.patience import PATIENCE_MS
from tests.cast import KAPUK, Actor
from tests.faults.handsets.line import Line

PIN = "314159"
SCREEN: dict[str, Any] = {
    "viewport": {"width": 360, "height": 640},
    "locale": "id-ID",
    "timezone_id": "Asia/Jakarta",
    "has_touch": True,
    "is_mobile": True,
}
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-gpu"]

SAVE = """async ([from, n, kapuk]) => {
    const save = (i) => {
        const fields = { jenis: "posko", tempat: kapuk, catatan: "catatan " + i };
        return simpul.outbox.save({ kind: "checkin", fields, what: "Check-in " + i });
    };
    const made = await Promise.all(Array.from({ length: n }, (_, i) => save(from + i)));
    return made.map(({ id }) => id);
}"""
LIST = """async () => {
    const all = await simpul.outbox.list();
    return all.map(({ id, state, receipt, reason }) => ({ id, state, receipt, reason }));
}"""


class Handset:
    """One browser with one line. Its first page is open at the start page once `open` was called."""

    def __init__(self, context: BrowserContext, line: Line) -> None:
        self.context, self.line = context, line
        context.set_default_timeout(PATIENCE_MS)
        self.page = context.pages[0] if context.pages else context.new_page()

    def wear(self, cookie: str) -> None:
        """Be signed in with this cookie ("session=…")."""
        name, _, value = cookie.partition("=")
        self.context.add_cookies([{"name": name, "value": value, "url": self.line.url}])

    def open(self, path: str = "/", page: Page | None = None) -> Page:
        """Go to a page of ours."""
        page = page or self.page
        page.goto(self.line.url + path)
        return page

    def tab(self, path: str = "/") -> Page:
        """Another tab."""
        return self.open(path, self.context.new_page())

    def save(self, count: int, page: Page | None = None, start: int = 0) -> list[str]:
        """Save so many check-ins, as the form would; their ids."""
        ids: list[str] = (page or self.page).evaluate(SAVE, [start, count, KAPUK])
        return ids

    def send(self, page: Page | None = None) -> None:
        """ "Kirim sekarang"; comes back when the round is over."""
        (page or self.page).evaluate("() => simpul.outbox.send(true)")

    def items(self, page: Page | None = None) -> list[dict[str, Any]]:
        """What is kept of its user, the oldest first."""
        kept: list[dict[str, Any]] = (page or self.page).evaluate(LIST)
        return kept

    def states(self, page: Page | None = None) -> Counter[str]:
        """How many items are in which state."""
        return Counter(item["state"] for item in self.items(page))

    def until(self, state: str, count: int, page: Page | None = None, patience: float = 120) -> None:
        """Wait until so many items are in `state`."""
        end = time.monotonic() + patience
        while (seen := self.states(page))[state] != count:
            assert time.monotonic() < end, f"{count} of {state} never came: {seen}"
            (page or self.page).wait_for_timeout(50)

    def deliver(self, count: int, page: Page | None = None) -> None:
        """Send until so many items are sent: a round that was under way may have met what stood in the way before."""
        end = time.monotonic() + 120
        self.send(page)
        while (seen := self.states(page)) != Counter(sent=count):
            assert time.monotonic() < end, f"{count} were never sent: {seen}"
            self.send(page)

    def says(self, words: str, page: Page | None = None) -> None:
        """The header says so."""
        expect((page or self.page).locator("#net")).to_contain_text(words)

    def sign_in(self, actor: Actor, page: Page | None = None) -> None:
        """By the form that is open."""
        page = page or self.page
        page.locator("input[type=tel]").fill(actor.phone)
        page.locator("main input[type=password]").first.fill(PIN)
        page.get_by_role("button", name="Masuk", exact=True).click()
        page.wait_for_url(lambda url: "/masuk" not in url)

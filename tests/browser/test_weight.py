"""Weight: what really goes over the line, in bytes with headers, as Chromium counts them. Limits: the budgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Live, sign_in
from tests.browser.test_rakor import meeting_id

pytestmark = pytest.mark.browser
KB = 1024
# What is fetched for the hours without network comes whenever the machine is free, also while the next page is weighed.
NOTHING_AHEAD = (
    "Object.defineProperty(navigator, 'connection', { value: { saveData: true, addEventListener() {} } })"
)


@dataclass
class Scale:
    """Weighs every answer of a page: url path to bytes as transferred (headers and body)."""

    page: Page
    urls: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.context.add_init_script(NOTHING_AHEAD)
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("Network.enable")
        devtools.on("Network.requestWillBeSent", self._sent)
        devtools.on("Network.responseReceived", self._came)
        devtools.on("Network.loadingFinished", self._finished)

    def _sent(self, told: dict[str, Any]) -> None:
        self.urls[told["requestId"]] = told["request"]["url"]

    def _came(self, told: dict[str, Any]) -> None:
        self.kinds[told["requestId"]] = told["type"]

    def _finished(self, told: dict[str, Any]) -> None:
        self.sizes[told["requestId"]] = int(told["encodedDataLength"])

    def open(self, path: str) -> None:
        """Open a page and weigh it until the line is quiet."""
        self.urls.clear()
        self.sizes.clear()
        self.kinds.clear()
        self.page.goto(path, wait_until="networkidle")

    @property
    def total(self) -> int:
        """All bytes."""
        return sum(self.sizes.values())

    def of(self, kind: str) -> int:
        """Bytes of Document, Script, Stylesheet or whatever else."""
        return sum(size for key, size in self.sizes.items() if self.kinds.get(key) == kind)

    def of_page(self, path: str) -> int:
        """Bytes of one page's HTML."""
        return sum(size for key, size in self.sizes.items() if urlsplit(self.urls[key]).path == path)

    @property
    def requests(self) -> int:
        """Answers that came over the line."""
        return sum(1 for size in self.sizes.values() if size)


def under(what: str, weighed: float, limit: float) -> None:
    """Say what it weighs, and insist on the limit."""
    print(f"weight: {what}: {weighed / KB:.1f} KB (limit {limit / KB:.0f})")
    assert weighed <= limit, f"{what}: {weighed} bytes, limit {limit}"


@pytest.fixture
def scale(phone: Callable[..., Page]) -> Scale:
    """A phone on a scale; without the service worker, which would hide what it fetches."""
    return Scale(phone(service_workers="block"))


def test_the_first_page_is_one_flight(scale: Scale) -> None:
    scale.open("/masuk")
    under("sign-in, first HTML", scale.of("Document"), 12 * KB)
    under("sign-in, until interactive", scale.total, 50 * KB)
    assert scale.requests <= 6


def test_a_first_visit_and_every_page_after_it(scale: Scale, live: Live) -> None:
    sign_in(scale.page, live, "coordinator")
    scale.page.wait_for_load_state("networkidle")
    under("home, first HTML", scale.of_page("/"), 12 * KB)
    under("home, own script and htmx", scale.of("Script"), 30 * KB)
    under("home, sheet", scale.of("Stylesheet"), 8 * KB)
    under("home and sign-in, all of a first visit", scale.total, 50 * KB)
    scale.open("/rapat")
    under("repeat navigation", scale.total, 5 * KB)
    scale.open("/")
    under("home again", scale.total, 5 * KB)


def test_marking_63_names(scale: Scale, live: Live) -> None:
    sign_in(scale.page, live, "coordinator")
    path = f"/rapat/{meeting_id(scale.page, live)}/hadir"
    scale.open("/rapat")
    scale.open(path)
    under("marking 63 names, first", scale.of("Document"), 16 * KB)
    scale.open(path)
    under("marking 63 names, repeat", scale.total, 8 * KB)
    with scale.page.expect_response(lambda response: response.request.method == "POST"):
        scale.page.locator("#daftar button.tap").nth(5).click()
    scale.page.wait_for_timeout(300)
    scale.open(path)
    under("marking 63 names, after a tap", scale.total, 8 * KB)


def test_the_answer_to_a_tap(scale: Scale, live: Live) -> None:
    sign_in(scale.page, live, "coordinator")
    scale.open(f"/rapat/{meeting_id(scale.page, live)}/hadir")
    scale.sizes.clear()
    with scale.page.expect_response(lambda response: response.request.method == "POST"):
        scale.page.locator("#daftar button.tap").first.click()
    scale.page.wait_for_timeout(300)
    under("one mark, answer with headers", scale.total, 2 * KB)


def test_the_map_of_the_kota(scale: Scale, live: Live) -> None:
    sign_in(scale.page, live, "coordinator")
    scale.open("/")
    scale.open("/cakupan/31.73")
    under("kota with 56 kelurahan, first", scale.total, 10 * KB)
    scale.open("/cakupan/31.73")
    under("kota with 56 kelurahan, repeat", scale.total, 3 * KB)
    scale.open("/cakupan/31.73.01.1005")
    under("a kelurahan of 214 TPS", scale.of("Document"), 6 * KB)

"""axe on a page in Chromium: as a phone and as a desk, by light and by dark."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ViewportSize, sync_playwright

from tests.audit.lighthouse import chromium

ColorScheme = Literal["light", "dark"]
PHONE: ViewportSize = {"width": 360, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 800}
WAYS: dict[str, tuple[ColorScheme, ViewportSize]] = {
    "light": ("light", PHONE),
    "dark": ("dark", PHONE),
    "light, wide": ("light", DESK),
    "dark, wide": ("dark", DESK),
}


def violations(url: str, cookie: str = "") -> dict[str, list[str]]:
    """For each of `WAYS`, what axe complains about: rule, weight, and the first place."""
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        seen = {way: _look(browser, url, cookie, *WAYS[way]) for way in WAYS}
        browser.close()
        return seen


def _look(browser: Browser, url: str, cookie: str, scheme: ColorScheme, size: ViewportSize) -> list[str]:
    context = browser.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="id-ID", service_workers="block"
    )
    for pair in filter(None, cookie.split("; ")):
        name, _, value = pair.partition("=")
        context.add_cookies(
            [{"name": name, "value": value, "url": "{0.scheme}://{0.netloc}".format(urlsplit(url))}]
        )
    page = context.new_page()
    page.goto(url, wait_until="networkidle")
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    context.close()
    return [f"{it['id']} ({it['impact']}): {it['nodes'][0]['html'][:120]}" for it in found]

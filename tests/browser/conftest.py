"""A real server with the demo in it, and a real Chromium on a small phone."""

from __future__ import annotations

import os
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.patience import PATIENCE_MS
from tests.browser.wire import WIRES, wire_to
from tests.clock import of_a_browser
from tests.served import SHARED_PORT, Forked, commands_of, own_port

ROOT = Path(__file__).parents[2]
PHONE = {"width": 360, "height": 640}
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-gpu"]
pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Live:
    """A running Simpul and the logins it printed, by role."""

    url: str
    logins: dict[str, tuple[str, str]]


def environment(database: Path, port: int) -> dict[str, str]:
    """What the server is started with."""
    told = {"DATABASE_URL": f"sqlite:///{database}", "DEMO": "1", "PORT": str(port), "LOG_LEVEL": "WARNING"}
    told["FILES_URL"] = (database.parent / "files").as_uri()
    return {**os.environ, **told, "WEB_CONCURRENCY": "1"}


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, tuple[str, str]]]:
    """A database with the demo, made once, and its logins."""
    database = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    said = commands_of(environment(database, 8000), ["db", "upgrade"], ["demo", "load"], ["static", "build"])
    lines = [line.split() for line in said.splitlines() if line.startswith("login: ")]
    return database, {role: (phone, secret) for _, role, phone, secret in lines}


@contextmanager
def a_server(loaded: tuple[Path, dict[str, tuple[str, str]]], folder: Path) -> Iterator[Live]:
    """A server over a fresh copy of the demo."""
    template, logins = loaded
    database = folder / "live.sqlite3"
    for tail in ("", "-wal", "-shm"):
        if Path(f"{template}{tail}").exists():
            shutil.copyfile(f"{template}{tail}", f"{database}{tail}")
    with own_port() as port, Forked([*SHARED_PORT, "wsgi:app"], environment(database, port)) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz")
            yield Live(f"http://127.0.0.1:{port}", logins)
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def one_server(
    loaded: tuple[Path, dict[str, tuple[str, str]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """One server for all tests of a file: for those that look at the phone."""
    with a_server(loaded, tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture
def live(loaded: tuple[Path, dict[str, tuple[str, str]]], tmp_path: Path) -> Iterator[Live]:
    """A server of this test's own."""
    with a_server(loaded, tmp_path) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for these tests; gone before others want a browser or an event loop of their own."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, env=of_a_browser())
        yield browser
        browser.close()


@pytest.fixture
def phone(chromium: Browser, live: Live) -> Iterator[Callable[..., Page]]:
    """Make pages on a 360x640 phone, each on a wire of its own; keyword arguments go to the browser context."""
    contexts: list[BrowserContext] = []
    wires = ExitStack()
    faults: list[str] = []  # of scripts

    def make(**options: Any) -> Page:
        wire = wires.enter_context(wire_to(options.pop("base_url", live.url)))
        told = {
            "viewport": PHONE,
            "locale": "id-ID",
            "timezone_id": "Asia/Jakarta",
            "has_touch": True,
            "is_mobile": True,
            "base_url": wire.url,
        }
        context = chromium.new_context(**told | options)
        contexts.append(context)
        WIRES[context] = wire
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()
    wires.close()
    assert faults == []


def sign_in(page: Page, live: Live, role: str) -> None:
    """Sign in by the form, as the demo's person of `role`."""
    number, secret = live.logins[role]
    page.goto("/masuk" if role in ("coordinator", "witness") else "/masuk?cara=sandi")
    page.locator("input[type=tel]").fill(number)
    page.locator("main input[type=password]").first.fill(secret)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/masuk" not in url)


def _wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_MS / 1000):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} did not come up")

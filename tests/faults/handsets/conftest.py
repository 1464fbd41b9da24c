"""One server and one Chromium for all of these tests; each test has a line and phones of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.cast import ANI, Actor
from tests.clock import of_a_browser
from tests.databases import Store
from tests.faults.conftest import environment
from tests.faults.handsets.handset import FLAGS, SCREEN, Handset
from tests.faults.handsets.house import House, keeping
from tests.faults.handsets.line import Line, line_to


@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    """What drives browsers; gone before other tests want an event loop of their own."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def chromium_path() -> str | None:
    """Where Chromium is."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="package")
def chromium(driver: Playwright, chromium_path: str | None) -> Iterator[Browser]:
    """One browser for all."""
    browser = driver.chromium.launch(executable_path=chromium_path, args=FLAGS, env=of_a_browser())
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def house(_app: Flask, store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Simpul with one worker over a database of its own."""
    signer = SecureCookieSessionInterface().get_signing_serializer(_app)
    assert signer is not None
    template = Path(store.template_url.removeprefix("sqlite:///"))
    with keeping(template, tmp_path_factory.mktemp("house"), environment(""), signer) as house:
        yield house


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    """A line to it."""
    with line_to(house.port) as line:
        yield line


@pytest.fixture
def handset(chromium: Browser, house: House, line: Line) -> Iterator[Callable[..., Handset]]:
    """Make phones on which somebody is signed in (Ani, unless told otherwise), or `None`: nobody."""
    house.write("DELETE FROM sender_budget")  # one server has them all: each test has an hour of its own
    made: list[Handset] = []

    def make(actor: Actor | None = ANI, **options: Any) -> Handset:
        one = Handset(chromium.new_context(**SCREEN | options), line)
        made.append(one)
        if actor is not None:
            one.wear(house.device(actor)[1])
            one.open()
        return one

    yield make
    for one in made:
        one.context.close()

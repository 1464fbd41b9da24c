"""A visitor walks the site as a browser would, and every page is checked for what all pages owe."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any
from uuid import UUID

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient

from tests.cast import Actor
from tests.clock import NOW
from tests.effort import FULL

STAMP = ("id", "happened_at", "offset")
SAME_SITE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "document"}
HX = {"HX-Request": "true", "Sec-Fetch-Dest": "empty"}
ON_POSTGRES = os.environ.get("TEST_DATABASE") == "postgres"
OFTEN = 3  # times that a page of one address and status is looked at: the next ones have other rows
NUMBERS = re.compile(r"\d+")
FORMS = re.compile(r"</?form\b")
looked_at: Counter[tuple[str, int]] = Counter()
CLOSED = ("image/j", "application/pdf", "application/vnd.")  # what has no words to read in it


class Page:
    """What came back: `text`, the parsed `soup`, status and headers."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status: int = response.status_code
        self.headers = response.headers
        closed = str(response.mimetype).startswith(CLOSED)
        self.text: str = "" if closed else response.get_data(as_text=True)

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page, parsed when somebody looks."""
        return BeautifulSoup(self.text, "html.parser")

    def one(self, selector: str) -> Tag:
        """The only element of `selector`."""
        found = self.soup.select(selector)
        assert len(found) == 1, f"{len(found)} of {selector} in:\n{self.text[:2000]}"
        return found[0]

    def words(self, selector: str = "body") -> str:
        """The text inside `selector`, white space folded."""
        return " ".join(" ".join(found.get_text(" ") for found in self.soup.select(selector)).split())

    @property
    def is_whole(self) -> bool:
        """Whether it is a page and no fragment."""
        return "<html" in self.text

    def check(self) -> None:
        """One h1, labels, our words for files, an action and no judge for every form, no inline script or style."""
        assert len(self.soup.select("h1")) == 1, "a page has one h1"
        for control in self.soup.select("input:not([type=hidden]), select, textarea"):
            assert _is_labelled(self.soup, control), f"no label: {control}"
        for chooser in self.soup.select("input[type=file]"):
            assert chooser.find_parent("label", class_="shot"), (
                f"the browser's own words beside it: {chooser}"
            )
            assert chooser.get("title"), f"the browser's own words above it: {chooser}"
        for form in self.soup.select("form"):
            assert form.get("action") is not None, f"no action: {form}"
            assert form.has_attr("novalidate"), f"the browser would judge it in its own language: {form}"
        assert not self.soup.select("[style]"), "a style attribute"
        assert not [s for s in self.soup.select("script") if not s.get("src")], "an inline script"


def cookie_of(app: Flask, device: UUID, at: datetime | None = None) -> tuple[str, str]:
    """Name and value of the cookie of a phone that signed in `at` (now), as the server itself would have made it.

    A test signs long before whatever it travels to, as no cookie may come from the future; and without a journey of
    its own, as several threads sign in at once and a journey is the whole process's.
    """
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None, "a secret key is set"
    if at is not None:
        serializer.signer = type(
            "SignerAt", (serializer.signer,), {"get_timestamp": lambda _signer: int(at.timestamp())}
        )
    told = {"_user_id": str(device), "_fresh": True, "_permanent": True}
    return app.config["SESSION_COOKIE_NAME"], str(serializer.dumps(told))


class Visitor:
    """One of the cast, signed in (or a stranger), with a browser of their own."""

    def __init__(self, app: Flask, actor: Actor | None = None) -> None:
        self.app = app
        self.actor = actor
        self.client: FlaskClient = app.test_client()
        if actor is not None:
            name, value = cookie_of(app, actor.device, min(datetime.now(UTC), NOW - timedelta(days=30)))
            self.client.set_cookie(name, value)

    def get(self, path: str, status: int = 200, **options: Any) -> Page:
        """Open `path`; `hx=True` asks as htmx does."""
        return self._check(self.client.get(path, **_with_headers(options)), status, path)

    def post(self, path: str, data: Any = None, status: int = 303, **options: Any) -> Page:
        """Post a form from our own pages; `json=` posts JSON."""
        return self._check(self.client.post(path, data=data, **_with_headers(options)), status, path)

    def send(self, kind: str, told: Mapping[str, Any], verdict: str = "diterima") -> dict[str, Any]:
        """Send one thing as a phone does, `told` being its fields with its stamp; returns the verdict."""
        stamp = {name: told[name] for name in STAMP if name in told}
        fields = {name: value for name, value in told.items() if name not in (*STAMP, "clock")}
        body = {"clock": told.get("clock"), "items": [{"kind": kind, "fields": fields, **stamp}]}
        (said,) = self.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
        assert said["verdict"] in verdict.split("|"), said
        return dict(said)

    def _check(self, response: Any, status: int, path: str) -> Page:
        page = Page(response)
        assert page.status == status, f"{path}: {page.status}, expected {status}\n{page.text[:3000]}"
        assert not _has_a_form_in_a_form(page.text), f"{path}: browsers end the outer one with the inner one"
        if page.is_whole and not ON_POSTGRES:  # what a page is made of, no database decides
            of_its_kind = (NUMBERS.sub("#", path.partition("?")[0]), status)
            looked_at[of_its_kind] += 1
            if FULL or looked_at[of_its_kind] <= OFTEN:
                page.check()
        return page


def _with_headers(options: dict[str, Any]) -> dict[str, Any]:
    headers = SAME_SITE | (HX if options.pop("hx", False) else {}) | options.pop("headers", {})
    return {"headers": headers, **options}


def _has_a_form_in_a_form(text: str) -> bool:
    depth = (1 if tag == "<form" else -1 for tag in FORMS.findall(text))
    return max(accumulate(depth), default=0) > 1


def _is_labelled(soup: BeautifulSoup, control: Tag) -> bool:
    if control.get("aria-label") or control.get("aria-labelledby") or control.find_parent("label"):
        return True
    return bool(control.get("id")) and soup.select_one(f'label[for="{control["id"]}"]') is not None

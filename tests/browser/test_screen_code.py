"""The presenter's screen: its code turns for an hour without network, is believed when it is read, and not for long."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.between import Between, between
from tests.browser.conftest import Live, sign_in
from tests.browser.patience import settle
from tests.browser.test_cards import on_the_line, rows, sheet_of
from tests.browser.wire import cut

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
HOUR_S = 3600
SEES = """(text) => {
    window.BarcodeDetector = class {
        static async getSupportedFormats() { return ["qr_code"]; }
        async detect() { return [{ rawValue: text }]; }
    };
    navigator.mediaDevices.getUserMedia = async () => {
        const canvas = document.createElement("canvas");
        canvas.getContext("2d").fillRect(0, 0, 9, 9);
        return canvas.captureStream(5);
    };
}"""
OWN = """SELECT record.method, record.held, verdict.status, verdict.late_code
    FROM attendance_record AS record JOIN verdict USING (invitation_id, session_id)
    WHERE record.method = 'layar' AND verdict.{here} ORDER BY record.received_at"""


def token_of(page: Page) -> str:
    """What the screen shows now, as a camera reads it."""
    return page.locator("[data-screen]").get_attribute("data-token") or ""


def window_of(token: str) -> int:
    return int(token.split(".")[-2])


def an_hour_ago(body: bytes) -> bytes:
    """The page as the server would have sent it an hour ago."""
    return re.sub(rb'data-now="(\d+)"', lambda m: b'data-now="%d"' % (int(m[1]) - HOUR_S * 1000), body)


def presenting(page: Page, way: Between, live: Live) -> str:
    """A presenter's phone whose page was opened an hour ago, with a clock that is 7 minutes behind; its address."""
    page.goto("/masuk")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    sign_in(page, live, "coordinator")
    path = f"/lembar/{sheet_of(page)}/layar"
    way.changed[path] = an_hour_ago
    page.clock.install(time=time.time() - HOUR_S - 420)
    page.goto(path)
    page.wait_for_function("() => document.querySelector('[data-screen]').dataset.token")
    settle(
        page,
        lambda: page.evaluate(f"caches.match('{path}', {{ ignoreVary: true }}).then(Boolean)"),
        "the page",
    )
    return path


def invited(phone: Phone, live: Live) -> Page:
    """The witness's phone, invited at the door by the keeper who read her card, and not there yet."""
    witness, keeper = phone(), phone()
    sign_in(witness, live, "witness")
    witness.goto("/kartu")
    code = witness.locator(".code").inner_text()
    sign_in(keeper, live, "coordinator")
    keeper.goto(f"/lembar/{sheet_of(keeper)}/pindai")
    keeper.get_by_label("Atau ketik kode di kartu").fill(code)
    keeper.get_by_role("button", name="Catat").click()
    keeper.locator(".toast").get_by_role("button", name="Batalkan").click()
    on_the_line(keeper)
    return witness


def test_after_an_hour_without_network_the_code_is_still_believed(
    phone: Phone, live: Live, tmp_path: Path
) -> None:
    witness = invited(phone, live)
    with between(live.url) as way:
        page = phone(base_url=way.url)
        path = presenting(page, way, live)
        first = token_of(page)
        assert abs(window_of(first) - (time.time() - HOUR_S) / 15) <= 2
        cut(page)
        page.goto(path)  # as it was kept
        page.wait_for_function("() => document.querySelector('[data-screen]').dataset.token")
        seen = {window_of(token_of(page))}
        for _ in range(60):
            page.clock.run_for(60_000)
            settle(page, lambda: window_of(token_of(page)) not in seen, "the next code")
            seen.add(window_of(token_of(page)))
        assert len(seen) >= 60
        last = token_of(page)
        assert abs(window_of(last) - time.time() / 15) <= 3
    witness.goto(f"/hadir/{last.rpartition('/')[2]}")
    expect(witness.locator("main")).not_to_contain_text("diperiksa dulu")
    witness.get_by_role("button", name="Saya hadir").click()
    witness.wait_for_url(re.compile(r"/rapat/\d+$"))
    ((method, held, status, late),) = rows(tmp_path, OWN)
    assert (method, held, status in ("hadir", "terlambat"), late) == ("layar", 0, True, 0)


@pytest.mark.full
def test_a_code_that_arrives_long_after_its_time_is_looked_at(
    phone: Phone, live: Live, tmp_path: Path
) -> None:
    witness = invited(phone, live)
    with between(live.url) as way:
        page = phone(base_url=way.url)
        presenting(page, way, live)
        old = token_of(page)  # of an hour ago
    witness.wait_for_function("() => navigator.serviceWorker.controller")
    witness.goto("/pindai")
    settle(
        witness,
        lambda: witness.evaluate("caches.match('/pindai', { ignoreVary: true }).then(Boolean)"),
        "the page",
    )
    witness.add_init_script(f"({SEES})({old!r})")
    cut(witness)
    witness.goto("/pindai")
    witness.locator("[data-start]").dispatch_event("click")
    expect(witness.locator(".toast")).to_contain_text("Tersimpan di HP")
    expect(witness.locator("#terbaca")).to_have_text("Kode terbaca.")
    witness.wait_for_timeout(1500)
    assert witness.evaluate("simpul.outbox.sum().then(({ wait }) => wait)") == 1
    on_the_line(witness)
    assert rows(tmp_path, OWN) == [("layar", 1, "belum", 1)]


def test_the_screen_fits_a_phone_and_a_projector_and_its_code_can_be_read(phone: Phone, live: Live) -> None:
    for width, height in ((360, 640), (1280, 800)):
        page = phone(viewport={"width": width, "height": height}, is_mobile=False)
        sign_in(page, live, "coordinator")
        page.goto(f"/lembar/{sheet_of(page)}/layar")
        page.wait_for_function("() => document.querySelector('[data-screen]').dataset.token")
        box = page.locator(".qr").bounding_box()
        bar = page.locator("[data-screen] .strip").bounding_box()
        assert box and bar and box["x"] >= 0 and box["x"] + box["width"] <= width
        assert bar["y"] + bar["height"] <= height, "the whole code without scrolling"
        assert box["width"] >= 240
        side = page.locator(".qr").evaluate("code => code.viewBox.baseVal.width")
        assert box["width"] / side >= 4, "pixels of one square"

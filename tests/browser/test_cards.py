"""Cards at the door: read by a camera, by the browser's own detector and by a keyboard, all without network."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import fake_camera
from tests.browser.conftest import FLAGS, PHONE, Live, sign_in
from tests.browser.patience import PATIENCE_MS, all_sent, settle
from tests.browser.wire import WIRES, cut, join, wire_to
from tests.clock import of_a_browser

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
CARDS = 20
GOAL_S = 60
NATIVE = """(texts) => {
    window.BarcodeDetector = class {
        static async getSupportedFormats() { return ["qr_code"]; }
        async detect() {
            const text = texts[Math.floor(performance.now() / 400) % texts.length];
            if (text === "broken") throw new Error("one bad picture");
            return text ? [{ rawValue: text }] : [];
        }
    };
}"""

ENGINE_KEPT = "caches.open('simpul-mesin').then((kept) => kept.keys()).then((keys) => keys.length)"
SLOW_STORE = """() => {
    const { save } = simpul.outbox;
    const open = new Promise((go) => { window.stored = go; });
    simpul.outbox.save = async (told) => { await open; return save(told); };
}"""  # nothing is stored until the test says so


def sheet_of(page: Page) -> int:
    """The list that this coordinator keeps today."""
    pages = page.evaluate(
        "fetch('/simpan').then((answer) => answer.json()).then(({ pages }) => pages.join(' '))"
    )
    found = re.search(r"/lembar/(\d+)/hadir", pages)
    assert found, pages
    return int(found[1])


def at_the_scanner(page: Page, live: Live) -> tuple[str, list[str]]:
    """The coordinator's phone on the page of the scanner, kept; its path, and the codes of who is not marked yet."""
    page.goto("/masuk")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    sign_in(page, live, "coordinator")
    path = f"/lembar/{sheet_of(page)}/pindai"
    page.goto(path)
    settle(
        page,
        lambda: page.evaluate(f"caches.match('{path}', {{ ignoreVary: true }}).then(Boolean)"),
        "the page",
    )
    rows = page.locator("#kursi > li[data-status=b]")
    return path, rows.evaluate_all("rows => rows.map((row) => row.dataset.code)")


def came(page: Page) -> str:
    return page.locator("[data-count=came]").inner_text()


def read(page: Page, many: int) -> float:
    """Until so many are marked; how long that took, in seconds."""
    begin = time.monotonic()
    expect(page.locator("[data-count=came]")).to_have_text(str(many), timeout=3 * PATIENCE_MS)
    return time.monotonic() - begin


def on_the_line(page: Page) -> None:
    """The network is back; everything goes out."""
    join(page)
    all_sent(page)


def rows(folder: Path, query: str) -> list[tuple[object, ...]]:
    """What the server has; `{here}` in the query is the session of the list that runs."""
    now = "(SELECT id FROM meeting_session ORDER BY abs(julianday(starts_at) - julianday('now')) LIMIT 1)"
    with sqlite3.connect(folder / "live.sqlite3") as base:
        return base.execute(query.format(here=f"session_id = {now}")).fetchall()


@contextmanager
def a_phone_with_a_camera(chromium: Browser, live: Live, flag: str) -> Iterator[Page]:
    """A browser of its own: what its camera sees is said when it starts."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    wires = ExitStack()
    browser = chromium.browser_type.launch(
        executable_path=path, args=[*FLAGS, *fake_camera.FLAGS, flag], env=of_a_browser()
    )
    wire = wires.enter_context(wire_to(live.url))
    context = browser.new_context(
        viewport=PHONE, locale="id-ID", timezone_id="Asia/Jakarta", has_touch=True, is_mobile=True, base_url=wire.url
    )  # fmt: skip
    WIRES[context] = wire
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script("navigator.permissions.query = () => Promise.reject(new Error('ask'))")
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    try:
        yield page
        assert faults == []
    finally:
        browser.close()
        wires.close()


@pytest.mark.full
def test_twenty_cards_are_read_without_network_within_a_minute(
    chromium: Browser, phone: Phone, live: Live, tmp_path: Path
) -> None:
    other = phone()
    _path, codes = at_the_scanner(other, live)
    before = int(came(other))
    texts = [*codes[:10], "https://contoh.id/bukan-kartu", "", *codes[10:CARDS]]
    with a_phone_with_a_camera(chromium, live, fake_camera.film(tmp_path / "cards.mjpeg", texts)) as page:
        path, _codes = at_the_scanner(page, live)
        settle(page, lambda: page.evaluate(ENGINE_KEPT), "the engine")
        cut(page)
        page.goto(path)  # as it was kept
        page.locator("[data-start]").dispatch_event("click")
        took = read(page, before + CARDS)
        print(f"scan: {CARDS} cards in {took:.1f} s (goal {GOAL_S})")
        expect(page.locator("[data-count=unsent]")).to_have_text(str(CARDS))
        assert rows(tmp_path, "SELECT count(*) FROM attendance_record WHERE method = 'kartu' AND {here}") == [
            (0,)
        ]
        on_the_line(page)
        expect(page.locator("[data-pending]")).to_be_hidden()
        page.goto(path)
        assert came(page) == str(before + CARDS)
    judged = "SELECT status, count(*) FROM verdict WHERE method = 'kartu' AND {here} GROUP BY 1"
    assert rows(tmp_path, judged) in ([("hadir", CARDS)], [("terlambat", CARDS)])


def test_the_browser_s_own_detector_reads_too_and_one_bad_picture_stops_nothing(
    phone: Phone, live: Live, tmp_path: Path
) -> None:
    page = phone(permissions=["camera"])
    path, codes = at_the_scanner(page, live)
    before = int(came(page))
    page.add_init_script(f"({NATIVE})({[codes[0], 'broken', 'x', codes[1], '', codes[0], codes[2]]})")
    page.add_init_script(
        """navigator.mediaDevices.getUserMedia = async () => {
            const canvas = document.createElement("canvas");
            canvas.getContext("2d").fillRect(0, 0, 9, 9);
            return canvas.captureStream(5);
        }"""
    )
    page.goto(path)
    page.locator("[data-start]").dispatch_event("click")
    read(page, before + 3)
    page.wait_for_timeout(3000)  # the same cards again
    assert came(page) == str(before + 3)
    expect(page.locator("#pindaian > li")).to_have_count(3)
    on_the_line(page)
    assert rows(tmp_path, "SELECT count(*) FROM attendance_record WHERE method = 'kartu' AND {here}") == [
        (3,)
    ]


def test_a_code_is_typed_anywhere_on_the_page_and_taken_back(
    phone: Phone, live: Live, tmp_path: Path
) -> None:
    page = phone(has_touch=False, is_mobile=False)
    path, codes = at_the_scanner(page, live)
    listed = path.replace("pindai", "hadir")
    page.goto(listed)
    settle(
        page,
        lambda: page.evaluate(f"caches.match('{listed}', {{ ignoreVary: true }}).then(Boolean)"),
        "the list",
    )
    cut(page)
    page.goto(path)
    before = int(came(page))
    page.evaluate("document.activeElement.blur()")
    page.evaluate(SLOW_STORE)
    for text in (codes[0].lower(), f"{codes[1][:5]} {codes[1][5:]}", codes[1]):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(page.locator("#hasil")).to_contain_text("sudah tercatat hadir")
    page.evaluate("stored()")
    expect(page.locator("[data-count=came]")).to_have_text(str(before + 2))
    page.keyboard.type(codes[2][:9] + ("X" if codes[2][9] != "X" else "Y"))
    page.keyboard.press("Enter")
    expect(page.locator("#hasil")).to_contain_text("Kode salah ketik")
    page.keyboard.type(codes[2])
    page.keyboard.press("Enter")
    expect(page.locator("[data-count=came]")).to_have_text(str(before + 3))
    page.locator(".toast").get_by_role("button", name="Batalkan").click()
    expect(page.locator("[data-count=came]")).to_have_text(str(before + 2))
    page.goto(listed)
    expect(page.locator("[data-pending]")).to_contain_text("4 belum terkirim")
    expect(page.locator("#daftar .end", has_text="di HP")).to_have_count(2)
    on_the_line(page)
    page.goto(path)
    assert came(page) == str(before + 2)
    typed = "FROM attendance_record WHERE method = 'kode' AND {here}"
    assert rows(tmp_path, "SELECT kind, count(*) " + typed + " GROUP BY 1") == [("in", 3)]
    voids = "SELECT count(*) FROM attendance_record WHERE voids IN (SELECT id " + typed + ")"
    assert rows(tmp_path, voids) == [(1,)]


def test_a_code_is_read_as_a_chat_has_it(phone: Phone, live: Live) -> None:
    page = phone()
    _path, codes = at_the_scanner(page, live)
    before = int(came(page))
    ways = (
        "{}\u00a0{}", "{}\u2009{}", "{}\u2011{}", "{} – {}", "\u200e{}\u200b{}", "Kode: {} {}", '"{}_{}".',
        "kode kartu {}{}",
    )  # fmt: skip
    assert len(codes) >= len(ways)
    typed = page.get_by_label("Atau ketik kode di kartu")
    for many, (code, way) in enumerate(zip(codes, ways, strict=False), 1):
        typed.fill(way.format(code[:5], code[5:].lower()))
        typed.press("Enter")
        expect(page.locator("[data-count=came]")).to_have_text(str(before + many))
    wide = codes[0].translate({n: n + 0xFEE0 for n in range(0x21, 0x7F)})
    typed.fill(f"Kode：{wide}")
    typed.press("Enter")
    expect(page.locator("#hasil")).to_contain_text("sudah tercatat hadir")


def test_a_card_of_another_list_is_kept_without_network_and_the_server_seats_her(
    phone: Phone, live: Live
) -> None:
    stranger = phone()
    sign_in(stranger, live, "witness")
    stranger.goto("/kartu")
    code, name = stranger.locator(".code").inner_text(), stranger.locator(".card b").inner_text()
    page = phone()
    path, _codes = at_the_scanner(page, live)
    cut(page)
    page.goto(path)
    before, whole = came(page), page.locator("[data-count=all]").inner_text()
    guests = page.locator("[data-count=guests]")
    known = int((guests.text_content() or "+ 0").split()[1])
    page.get_by_label("Atau ketik kode di kartu").fill(code)
    page.get_by_role("button", name="Catat").click()
    expect(page.locator("#hasil")).to_contain_text("server mencocokkannya")
    assert guests.inner_text() == f"+ {known + 1} tamu"
    assert (came(page), page.locator("[data-count=all]").inner_text()) == (before, whole)
    on_the_line(page)
    page.goto(path.replace("pindai", "hadir"))
    expect(page.locator("#daftar > li", has_text=name)).to_have_attribute("data-status", re.compile("h|t"))

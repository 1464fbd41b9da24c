"""The house's own scripts on a page of their own: what a thumb does, what is posted, what the eye sees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "static"
SITE = "http://localhost"
SCRIPTS = ("vendor/htmx-4.0.1.min.js", "house/submit.js", "house/shell.js", "house/marking.js")
CONFIG = re.search(
    r"<meta name=\"htmx-config.*?>", (STATIC.parent / "templates/layout/base.html").read_text()
)[0]
NAMES = ((1, "Ani Wulandari", "Cengkareng"), (2, "Budi Santoso", "Kapuk"), (3, "Cécilia Tan", "Kapuk Muara"))


def row(seat: int, name: str, region: str, status: str = "b", word: str = "") -> str:
    end = (
        f"<span><b>{word}</b></span>"
        if word
        else f'<button class="tap" name="hadir" value="{seat}">Hadir</button>'
    )
    return (
        f'<li id="seat-{seat}" data-status="{status}"><b class="k {status}">x</b>'
        f'<div class="who"><b>{name}</b><small>{region}</small></div><div class="end">{end}'
        f'<details class="menu"><summary>lain</summary><button name="izin" value="{seat}">Izin</button></details>'
        "</div></li>"
    )


def page_of(body: str) -> str:
    scripts = "".join(f'<script defer src="/static/{name}"></script>' for name in SCRIPTS)
    words = (
        '<template id="kata" data-unsent="Belum terkirim." data-again="Coba lagi" data-out="Masuk lagi dulu."'
        ' data-enter="Masuk"></template>'
    )
    return (
        f'<!doctype html><html lang="id"><head><meta charset="utf-8">{CONFIG}<title>x</title>{scripts}</head>'
        '<body><header class="top"><p id="net" data-on="Daring" data-off="Luring">'
        '<svg><use href="#cloud"/></svg><span>Daring</span></p></header>'
        f'<main>{body}</main>{words}<footer class="dock"></footer></body></html>'
    )


SHEET = page_of(
    '<div class="sticky"><p class="count"><span data-count="done">0</span>/<span data-count="all">3</span></p>'
    '<p data-pending hidden>· <span data-count="unsent">0</span> belum terkirim</p>'
    '<svg class="strip"></svg><form><input data-filter name="cari"></form></div>'
    '<a data-show="all" href="#" aria-current="true">Semua</a><a data-show="b" href="#">Belum</a>'
    '<form data-outbox data-marking method="post" action="/hadir" data-h="Hadir" data-t="Terlambat" data-i="Izin"'
    ' data-s="Sakit" data-a="Alpa" data-b="belum" data-waiting="mengirim" data-failed="Gagal" data-again="Coba lagi"'
    ' data-first="Kirim dulu yang belum terkirim.">'
    "<ul>" + "".join(row(*each) for each in NAMES) + "</ul></form>"
    '<div id="urung" hidden><span></span><form action="/urung" method="post" data-outbox>'
    '<button name="urung" value="">Batalkan</button></form></div>'
    '<form class="act" action="/ajukan" method="post"><button id="submit">Ajukan</button></form>'
)


class Desk:
    """Answers the page, and keeps what was posted."""

    def __init__(self, page: Page) -> None:
        self.page, self.posts, self.status = page, [], 200
        self.pages = {"/": SHEET}
        page.route(f"{SITE}/**", self.answer)

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if route.request.method == "POST":
            self.take(route, path)
        elif path.startswith("/static/"):
            script = (STATIC / path.removeprefix("/static/")).read_text()
            route.fulfill(body=script, content_type="text/javascript")
        else:
            route.fulfill(body=self.pages.get(path, ""), content_type="text/html")

    def take(self, route: Route, path: str) -> None:
        posted = {name: values[0] for name, values in parse_qs(route.request.post_data or "").items()}
        self.posts.append({"path": path, **posted})
        seat = int(posted.get("hadir") or posted.get("izin") or 2)
        _, name, region = NAMES[seat - 1]
        body = row(seat, name, region) if path == "/urung" else row(seat, name, region, "h", "Hadir 09.41")
        route.fulfill(status=self.status, body=body if self.status == 200 else "", content_type="text/html")

    def open(self, body: str | None = None) -> None:
        if body is not None:
            self.pages["/"] = page_of(body)
        self.page.goto(SITE + "/")


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Desk]:
    context = chromium.new_context(timezone_id="Asia/Jakarta", service_workers="block")
    yield Desk(context.new_page())
    context.close()


@pytest.fixture
def eventually(desk: Desk) -> Callable[[Callable[[], Any]], None]:
    """Wait until something that the desk has seen is true."""

    def wait(seen: Callable[[], Any]) -> None:
        for _ in range(100):
            if seen():
                return
            desk.page.wait_for_timeout(20)
        pytest.fail(f"never came: {desk.posts}")

    return wait


def test_a_tap_is_painted_at_once_and_then_as_the_server_says(desk):
    desk.open()
    desk.page.evaluate("document.querySelector('#seat-2 .tap').click()")
    assert desk.page.locator("#seat-2").get_attribute("data-status") == "h"
    expect(desk.page.locator("#seat-2 .end")).to_contain_text("09.41")
    expect(desk.page.locator(".count")).to_have_text("1/3")


def test_a_tap_carries_an_id_of_its_own_and_the_local_time(desk, eventually):
    desk.open()
    desk.page.click("#seat-1 .tap")
    desk.page.click("#seat-2 .tap")
    eventually(lambda: len(desk.posts) == 2)
    first, second = desk.posts
    assert first["id"] != second["id"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first["id"])
    assert first["happened_at"].endswith("+07:00")
    assert first["offset"] == "420"
    assert (first["hadir"], second["hadir"]) == ("1", "2")


def test_what_the_server_did_not_take_is_sent_again_under_the_same_id(desk, eventually):
    desk.open()
    desk.status = 500
    desk.page.click("#seat-2 .tap")
    expect(desk.page.locator("#seat-2 [role=alert]")).to_contain_text("Gagal")
    desk.status = 200
    desk.page.click("#seat-2 [data-again]")
    expect(desk.page.locator("#seat-2 .end")).to_contain_text("09.41")
    assert desk.posts[0]["id"] == desk.posts[1]["id"]
    assert desk.posts[0]["happened_at"] == desk.posts[1]["happened_at"]


def test_batalkan_voids_exactly_the_record_of_that_tap(desk, eventually):
    desk.open()
    desk.page.click("#seat-2 .tap")
    desk.page.click("#urung button")
    eventually(lambda: len(desk.posts) == 2)
    assert desk.posts[1]["urung"] == desk.posts[0]["id"] != desk.posts[1]["id"]
    expect(desk.page.locator("#seat-2 .tap")).to_be_visible()
    expect(desk.page.locator(".count")).to_have_text("0/3")


def test_a_refused_mark_goes_back_with_the_reason(desk):
    desk.open()
    desk.status = 409
    desk.page.click("#seat-2 .tap")
    expect(desk.page.locator("#seat-2 [role=alert]")).to_be_visible()
    assert desk.page.locator("#seat-2").get_attribute("data-status") == "b"


@pytest.mark.parametrize(
    ("words", "shown"), [("cec", [3]), ("kapuk", [2, 3]), ("san bu", [2]), ("ulandari", []), ("", [1, 2, 3])]
)
def test_names_are_found_by_the_start_of_any_word_without_accents(desk, words, shown):
    desk.open()
    desk.page.fill("[data-filter]", words)
    assert [seat for seat in (1, 2, 3) if desk.page.locator(f"#seat-{seat}").is_visible()] == shown


def test_one_menu_is_open_at_a_time_also_in_an_old_browser(desk):
    desk.open()
    desk.page.click("#seat-1 summary")
    desk.page.click("#seat-2 summary")
    assert desk.page.locator("details[open]").count() == 1


def test_three_quick_taps_on_a_form_post_once(desk, eventually):
    desk.open(
        '<form id="f" data-outbox method="post" action="/check-in" hx-post="/check-in"><button>Simpan</button></form>'
    )
    desk.page.evaluate("b = document.querySelector('button'); b.click(); b.click(); b.click()")
    eventually(lambda: desk.posts)
    desk.page.wait_for_timeout(200)
    assert len(desk.posts) == 1


def test_a_form_that_failed_keeps_its_id_until_its_words_change(desk, eventually):
    desk.open(
        '<form data-outbox method="post" action="/check-in" hx-post="/check-in"><input name="note">'
        '<button id="save">Simpan</button></form>'
    )
    desk.status = 503
    desk.page.click("#save")
    desk.page.get_by_role("button", name="Coba lagi").click()
    eventually(lambda: len(desk.posts) == 2)
    expect(desk.page.get_by_role("button", name="Coba lagi")).to_be_visible()
    desk.page.fill("[name=note]", "lain")
    desk.page.click("#save")
    eventually(lambda: len(desk.posts) == 3)
    first, again, changed = (post["id"] for post in desk.posts)
    assert first == again != changed


def test_a_plain_form_carries_the_id_too(desk, eventually):
    desk.open('<form data-outbox method="post" action="/check-in"><button>Simpan</button></form>')
    desk.page.click("button")
    eventually(lambda: desk.posts)
    assert {"id", "happened_at", "offset", "clock"} <= desk.posts[0].keys()


def test_a_phone_without_signal_says_so(desk):
    desk.open()
    desk.page.context.set_offline(True)
    expect(desk.page.locator("#net")).to_have_text("Luring")
    desk.page.context.set_offline(False)
    expect(desk.page.locator("#net")).to_have_text("Daring")


def test_what_is_not_sent_yet_is_counted_and_holds_the_sheet_back(desk, eventually):
    desk.open()
    desk.status = 500
    desk.page.click("#seat-2 .tap")
    expect(desk.page.locator("[data-pending]")).to_have_text("· 1 belum terkirim")
    desk.page.click("#submit")
    eventually(lambda: len(desk.posts) == 2)
    expect(desk.page.locator(".toast")).to_have_text("Kirim dulu yang belum terkirim.")
    assert [post["path"] for post in desk.posts] == ["/hadir", "/hadir"]
    desk.status = 200
    desk.page.click("#seat-2 [data-again]")
    expect(desk.page.locator("[data-pending]")).to_be_hidden()
    desk.page.click("#submit")
    eventually(lambda: desk.posts[-1]["path"] == "/ajukan")


def test_leaving_with_an_unsent_tap_asks_first(desk):
    desk.open()
    desk.status = 500
    desk.page.click("#seat-2 .tap")
    expect(desk.page.locator("#seat-2 [role=alert]")).to_be_visible()
    asked = []
    desk.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.page.goto(SITE + "/lain")
    assert asked == ["beforeunload"]


def test_a_tap_after_the_session_ended_goes_back_and_leads_to_the_sign_in(desk):
    desk.open()
    desk.status = 401
    desk.page.click("#seat-2 .tap")
    expect(desk.page.locator("#seat-2 [role=alert]")).to_have_text("Masuk lagi dulu.")
    expect(desk.page.locator("#seat-2")).to_have_attribute("data-status", "b")
    expect(desk.page.get_by_role("link", name="Masuk")).to_have_attribute("href", "/masuk?lanjut=%2F")


def test_a_form_sent_after_the_session_ended_keeps_its_words_and_leads_to_the_sign_in(desk):
    desk.open(
        '<form id="f" data-outbox method="post" action="/check-in" hx-post="/check-in" hx-swap="outerHTML">'
        '<input name="note"><button>Simpan</button></form>'
    )
    desk.status = 401
    desk.page.fill("[name=note]", "ramai")
    desk.page.click("button")
    expect(desk.page.get_by_role("link", name="Masuk")).to_be_visible()
    expect(desk.page.locator("[name=note]")).to_have_value("ramai")

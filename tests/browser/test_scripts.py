"""The house's own scripts on a page of their own: what a thumb does, what is kept and sent, what the eye sees."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.patience import PATIENCE_MS, settle
from webapp.plumbing.assets import own_scripts

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "static"
SITE = "http://localhost"
SCRIPTS = ("vendor/htmx-4.0.1.min.js", *own_scripts())
BASE = (STATIC.parent / "templates/layout/base.html").read_text()
CONFIG = re.search(r"<meta name=\"htmx-config.*?>", BASE)[0]
AGAIN = 650  # ms: until a tap at the same place is a tap of its own
NAMES = ((1, "Ani Wulandari", "Cengkareng"), (2, "Budi Santoso", "Kapuk"), (3, "Cécilia Tan", "Kapuk Muara"))
STATUSES = ("tepat", "terlambat", "izin", "sakit", "alpa")
RECORD = "0194f000-0000-7000-8000-00000000abcd"
CODE = "K7M-2Q4"
KATA = {
    "out": "Masuk lagi untuk mengirim.", "enter": "Masuk", "saved": "Tersimpan di HP {hour}.",
    "sent": "Terkirim {hour}, kode {code}.", "full": "HP tidak mau menyimpan.", "direct": "Kirim langsung",
    "undo": "Batalkan", "undone": "Dibatalkan", "unloaded": "Belum termuat.", "draft": "Dipulihkan.", "drop": "Buang",
    "wrong": "Ada {n} isian yang perlu dibetulkan", "empty": "Isian ini belum diisi.", "choose": "Pilih salah satu.",
    "number": "Tulis dengan angka.", "least": "Paling kecil {n}.", "most": "Paling besar {n}.",
    "short": "Paling sedikit {n} huruf.", "unread": "Tidak terbaca.",
    "unkept": "Peramban ini tidak mau menyimpan.",
}  # fmt: skip
WORDS = {
    "h": "Hadir", "t": "Terlambat", "i": "Izin", "s": "Sakit", "a": "Alpa", "b": "belum", "phone": "di HP",
    "sent": "terkirim", "double": "ganda", "guest": "tamu", "undo": "Batalkan", "full": "HP ini menolak menyimpan.",
    "first": "Dikirim dulu.", "signal": "Ajukan bisa setelah ada sinyal.", "where": "Rakor",
    "late-after": "2199-01-01T00:00:00Z", "ends": "2199-01-01T00:00:00Z",
}  # fmt: skip
GUEST_FORM = (
    '<form id="f" method="post" action="/tamu" data-outbox="attendance.walk-in" data-what="Tamu hadir: {nama}">'
    '<label>Nama <input name="nama"></label><input type="hidden" name="lembar" value="7"><button>Simpan</button></form>'
)


def data_of(told: dict[str, str]) -> str:
    return " ".join(f'data-{name}="{value}"' for name, value in told.items())


def row(seat: int, name: str, region: str, status: str = "b", record: str = "") -> str:
    said = f'<b class="w-{status}">{WORDS[status]}</b><small>09.05</small>' if status != "b" else ""
    menu = "".join(f'<button name="{name}" value="{seat}">{name}</button>' for name in STATUSES)
    return (
        f'<li id="seat-{seat}" data-status="{status}"><b class="k {status}">x</b>'
        f'<div class="who"><b>{name}</b> <small>{region}</small><p class="why w-a" role="alert"></p></div>'
        f'<div class="end"><span>{said}</span>'
        f'<button class="tap" name="hadir" value="{seat}">Hadir</button><details class="menu">'
        f'<summary>lain<span class="vh">{name}</span></summary><div class="pop">{menu}'
        f'<button name="urung" value="{record}">Batalkan</button></div></details></div></li>'
    )


def page_of(body: str, dock: str = "") -> str:
    scripts = "".join(f'<script defer src="/static/{name}"></script>' for name in SCRIPTS)
    signs = data_of(dict.fromkeys(("on", "off", "wait", "check", "sent"), "{n}"))
    return (
        f'<!doctype html><html lang="id" data-user="12"><head><meta charset="utf-8">{CONFIG}<title>x</title>'
        f'<link rel="stylesheet" href="/static/house/house.css">{scripts}</head>'
        f'<body><header class="top"><a id="net" {signs}><svg><use href="#cloud"/></svg><span></span></a></header>'
        f'<main>{body}</main><template id="kata" {data_of(KATA)}></template>'
        f'<template id="isian" {data_of(KATA)}></template>'
        f'<footer class="dock">{dock}</footer>'
        "</body></html>"
    )


def sheet(*rows: str) -> str:
    shown = "".join(rows or [row(*each) for each in NAMES])
    when = "".join(
        f'<input type="radio" name="waktu" value="{one}" required data-empty="Pilih dulu.">'
        for one in ("tepat", "terlambat")
    )
    return page_of(
        '<section class="sticky"><div id="said" class="said"></div><div class="pad tight"><p class="count">'
        '<b><span data-count="done">0</span>/<span data-count="all">3</span></b> <span>tercatat</span>'
        '<small data-pending hidden>· <span data-count="unsent">0</span> belum terkirim</small></p>'
        '<svg class="strip"></svg><form class="find" role="search" action="/"><input data-filter name="cari"></form>'
        "</div></section>"
        '<a data-show="all" href="#" aria-current="true">Semua</a><a data-show="b" href="#">Belum</a>'
        '<a data-show="done" href="#">Tercatat</a>'
        f'<form data-outbox="attendance.mark" data-marking novalidate method="post" action="/hadir" {data_of(WORDS)}>'
        f'<input type="hidden" name="lembar" value="7"><fieldset hidden disabled>{when}</fieldset>'
        f'<p class="vh" role="status" data-told></p><ul class="thread marks" id="daftar">{shown}</ul>'
        "<p data-none hidden>Tidak ada</p></form>",
        '<form class="act guard" id="handing" action="/ajukan" method="post">'
        '<button id="submit">Ajukan</button></form>',
    )


class Desk:
    """Answers the page, and gives each item that comes the verdict that is wanted."""

    def __init__(self, page: Page) -> None:
        self.page, self.items, self.posts = page, [], []
        self.status, self.word, self.reason, self.deaf = 200, "diterima", "", False
        self.room, self.requests, self.version = 500, 0, "1"  # how many items still fit, and what was asked
        self.receipt = CODE
        self.pages = {"/": sheet()}
        self.whole = True  # the line
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.route(f"{SITE}/**", self.answer)

    def cut(self) -> None:
        """Nothing gets through from here on; the browser says so."""
        self.whole = False
        self.page.evaluate("dispatchEvent(new Event('offline'))")

    def answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if not self.whole:
            route.abort()
        elif path == "/healthz":
            route.fulfill(json={"database": "ok"})
        elif path == "/kirim":
            self.take(route)
        elif route.request.method == "POST":
            self.posts.append((path, route.request.post_data or ""))
            route.fulfill(body="", content_type="text/html")
        elif path.startswith("/static/"):
            kind = "text/css" if path.endswith("css") else "text/javascript"
            route.fulfill(body=(STATIC / path.removeprefix("/static/")).read_text(), content_type=kind)
        else:
            route.fulfill(body=self.pages.get(path, page_of("")), content_type="text/html")

    def take(self, route: Route) -> None:
        if self.deaf:
            return route.abort()
        if self.status != 200:
            return route.fulfill(status=self.status, body="")
        sent = json.loads(route.request.post_data or "{}")["items"]
        fits, over = sent[: self.room], sent[self.room :]
        self.room -= len(fits)
        self.items += fits
        self.requests += 1
        verdicts = [
            {"id": item["id"], "verdict": self.word, "receipt": self.receipt, "reason": self.reason}
            for item in fits
        ]
        verdicts += [{"id": item["id"], "verdict": "coba lagi", "receipt": ""} for item in over]
        body = json.dumps({"verdicts": verdicts, "unknown": []})
        headers = {"X-Simpul-Kinds": self.version, "Content-Type": "application/json"}
        return route.fulfill(
            status=429 if over else 200, body=body, headers=headers | ({"Retry-After": "60"} if over else {})
        )

    def open(self, body: str | None = None) -> None:
        if body is not None:
            self.pages["/"] = body if body.startswith("<!") else page_of(body)
        self.page.goto(SITE + "/")

    def seat(self, number: int) -> Any:
        return self.page.locator(f"#seat-{number}")

    def sent(self) -> bool:
        """Whether all that the outbox holds is sent, asking for it at once."""
        self.page.evaluate("simpul.outbox.send(true)")
        return all(item["state"] == "sent" for item in self.saved())

    def saved(self) -> list[dict[str, Any]]:
        """What the outbox holds."""
        return self.page.evaluate("simpul.outbox.list()")


@pytest.fixture
def desk(chromium: Browser) -> Iterator[Desk]:
    context = chromium.new_context(timezone_id="Asia/Jakarta", service_workers="block")
    context.set_default_timeout(PATIENCE_MS)
    one = Desk(context.new_page())
    yield one
    context.close()
    assert one.faults == []


@pytest.fixture
def eventually(desk: Desk) -> Callable[[Callable[[], Any]], None]:
    """Wait until something that the desk has seen is true."""

    def wait(seen: Callable[[], Any]) -> None:
        settle(desk.page, seen, f"{desk.items} {desk.posts}")

    return wait


def test_a_tap_is_painted_at_once_then_kept_then_sent(desk):
    desk.open()
    desk.deaf = True
    desk.page.evaluate("document.querySelector('#seat-2 .tap').click()")
    assert desk.seat(2).get_attribute("data-status") == "h"
    expect(desk.seat(2).locator(".end > span")).to_have_text("Hadirdi HP")
    expect(desk.page.locator(".count b")).to_have_text("1/3")
    assert [(item["what"], item["where"]) for item in desk.saved()] == [("Hadir: Budi Santoso", "Rakor")]
    desk.deaf = False
    desk.page.evaluate("simpul.outbox.send()")
    expect(desk.seat(2).locator("small").last).to_have_text(re.compile(r"^\d\d\.\d\d\s+terkirim$"))


def test_a_tap_carries_an_id_of_its_own_and_the_local_time(desk, eventually):
    desk.open()
    desk.page.click("#seat-1 .tap")
    desk.page.click("#seat-2 .tap")
    eventually(lambda: len(desk.items) == 2)
    first, second = desk.items
    assert first["id"] != second["id"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first["id"])
    assert first["happened_at"].endswith("+07:00")
    assert (first["offset"], first["kind"]) == ("420", "attendance.mark")
    assert (first["fields"], second["fields"]) == (
        {"lembar": "7", "hadir": "1"},
        {"lembar": "7", "hadir": "2"},
    )


@pytest.mark.parametrize("status", [500, 413, 503])
def test_whatever_the_server_answers_the_row_stays_and_goes_out_under_the_same_id(desk, eventually, status):
    desk.open()
    desk.status = status
    desk.page.click("#seat-2 .tap")
    expect(desk.page.locator("[data-pending]")).to_have_text("· 1 belum terkirim")
    expect(desk.seat(2)).to_have_attribute("data-status", "h")
    [kept] = desk.saved()
    desk.status = 200
    eventually(desk.sent)
    expect(desk.page.locator("[data-pending]")).to_be_hidden()
    assert [item["id"] for item in desk.items] == [kept["id"]]


def test_batalkan_voids_exactly_the_record_of_that_tap(desk, eventually):
    desk.open()
    desk.page.click("#seat-2 .tap")
    desk.page.wait_for_timeout(AGAIN)
    desk.page.click("#seat-2 .undo")
    expect(desk.seat(2).locator(".tap")).to_be_visible()
    eventually(lambda: len(desk.items) == 2)
    tap, undo = desk.items
    assert (undo["kind"], undo["fields"]) == (
        "attendance.void",
        {"lembar": "7", "urung": tap["id"], "kursi": "2"},
    )
    expect(desk.page.locator(".count b")).to_have_text("0/3")


def test_batalkan_from_the_menu_takes_back_what_stood_in_the_page(desk, eventually):
    desk.open(sheet(row(1, "Ani", "Kapuk", "i", RECORD), row(2, "Budi", "Kapuk")))
    desk.page.click("#seat-1 summary")
    desk.page.click("#seat-1 .pop [name=urung]")
    expect(desk.seat(1)).to_have_attribute("data-status", "b")
    eventually(lambda: desk.items)
    assert desk.items[0]["fields"] == {"lembar": "7", "urung": RECORD, "kursi": "1"}


def test_the_menu_offers_what_applies_and_no_more(desk):
    desk.open(sheet(row(1, "Ani", "Kapuk", "i", RECORD), row(2, "Budi", "Kapuk")))
    desk.deaf = True

    def offered(seat: int) -> list[str]:
        desk.page.keyboard.press("Escape")
        desk.page.click(f"#seat-{seat} summary")
        return desk.seat(seat).locator(".pop button:visible").evaluate_all("all => all.map(one => one.name)")

    assert offered(1) == ["tepat", "terlambat", "sakit", "alpa", "urung"]
    assert offered(2) == ["tepat", "terlambat", "izin", "sakit", "alpa"]
    desk.page.click("#seat-2 [name=sakit]")
    expect(desk.seat(2)).to_have_attribute("data-status", "s")
    expect(desk.seat(2).locator("details")).not_to_have_attribute("open", "")
    expect(desk.seat(2).locator(".pop [name=urung]")).to_have_attribute("value", re.compile("-7"))
    assert offered(2) == ["tepat", "terlambat", "izin", "alpa", "urung"]


def test_what_waits_stands_over_the_rows_of_a_page_that_is_opened_again(desk, eventually):
    desk.open()
    desk.deaf = True
    for selector in ("#seat-1 .tap", "#seat-1 .undo", "#seat-1 .tap", "#seat-2 .tap"):
        desk.page.wait_for_timeout(AGAIN)
        desk.page.click(selector)
    eventually(lambda: len(desk.saved()) == 4)
    desk.page.reload()
    expect(desk.seat(1)).to_have_attribute("data-status", "h")
    expect(desk.seat(2).locator("small").last).to_have_text("di HP")
    expect(desk.page.locator(".count b")).to_have_text("2/3")
    expect(desk.page.locator("[data-pending]")).to_have_text("· 4 belum terkirim")
    desk.page.click("#seat-2 summary")
    desk.page.click("#seat-2 .pop [name=urung]")
    expect(desk.seat(2)).to_have_attribute("data-status", "b")


def test_what_was_sent_is_left_to_a_page_that_is_younger(desk, eventually):
    desk.open()
    desk.page.click("#seat-1 .tap")
    eventually(lambda: [one["state"] for one in desk.saved()] == ["sent"])
    desk.pages["/"] = sheet(row(1, "Ani", "Kapuk", "i", RECORD), row(2, "Budi", "Kapuk"))
    desk.page.reload()
    desk.page.wait_for_timeout(200)
    expect(desk.seat(1)).to_have_attribute("data-status", "i")
    desk.pages["/"] = sheet().replace("<html", '<html data-kept="1000"')
    desk.page.reload()
    expect(desk.seat(1)).to_have_attribute("data-status", "h")


def test_old_html_that_comes_back_shows_what_was_sent_since(desk, eventually):
    desk.open()
    desk.page.click("#seat-1 .tap")
    eventually(lambda: [one["state"] for one in desk.saved()] == ["sent"])
    desk.page.goto(SITE + "/lain")
    desk.page.go_back()
    expect(desk.seat(1)).to_have_attribute("data-status", "h")


def test_a_mark_of_another_tab_is_painted_here(desk):
    desk.open()
    other = desk.page.context.new_page()
    other.route(f"{SITE}/**", desk.answer)
    other.goto(SITE + "/")
    other.click("#seat-3 .tap")
    expect(desk.seat(3)).to_have_attribute("data-status", "h")


def test_a_guest_who_waits_stands_at_the_end_of_the_list(desk, eventually):
    desk.pages["/tamu"] = page_of(GUEST_FORM)
    desk.deaf = True
    desk.page.goto(SITE + "/tamu")
    desk.page.fill("[name=nama]", "Pak Karyo")
    desk.page.click("#f button")
    eventually(desk.saved)
    desk.open()
    guest = desk.page.locator("#daftar > li").last
    expect(guest.locator(".who")).to_have_text("Pak Karyo tamu")
    expect(guest.locator("small").last).to_have_text("di HP")
    expect(desk.page.locator(".count b")).to_have_text("0/3")  # guests are counted apart
    desk.page.fill("[data-filter]", "karyo")
    expect(desk.page.locator("#daftar > li:visible")).to_have_count(1)
    guest.locator("summary").click()
    guest.locator(".pop [name=urung]").click()
    expect(desk.page.locator("#daftar > li")).to_have_count(3)
    tap, undo = desk.saved()
    assert undo["fields"] == {"lembar": "7", "urung": tap["id"]}


@pytest.mark.parametrize("word", ["ditolak", "perlu diperiksa"])
def test_a_refused_mark_goes_back_with_the_reason(desk, word):
    desk.open()
    desk.word, desk.reason = word, "Lembar ini sudah diajukan."
    desk.page.click("#seat-2 .tap")
    expect(desk.seat(2).locator("[role=alert]")).to_have_text("Lembar ini sudah diajukan.")
    expect(desk.seat(2)).to_have_attribute("data-status", "b")
    desk.word = "diterima"
    desk.page.wait_for_timeout(AGAIN)
    desk.page.click("#seat-2 .tap")
    expect(desk.seat(2).locator("[role=alert]")).to_be_hidden()


def test_two_who_marked_the_same_are_told(desk):
    desk.open()
    desk.word = "ganda"
    desk.page.click("#seat-2 .tap")
    expect(desk.seat(2).locator("small").last).to_have_text(re.compile(r"^\d\d\.\d\d\s+terkirim ganda$"))


def test_a_phone_that_cannot_save_says_so_and_pretends_nothing(desk):
    desk.open()
    full = "throw new DOMException('', 'QuotaExceededError')"
    desk.page.evaluate(f"() => {{ IDBObjectStore.prototype.add = () => {{ {full} }} }}")
    desk.page.click("#seat-2 .tap")
    expect(desk.seat(2).locator("[role=alert]")).to_have_text("HP ini menolak menyimpan.")
    expect(desk.seat(2)).to_have_attribute("data-status", "b")
    expect(desk.page.locator(".count b")).to_have_text("0/3")
    assert desk.items == []


@pytest.mark.parametrize(
    ("words", "shown"),
    [("cec", [3]), ("kapuk", [2, 3]), ("san bu", [2]), ("ulandari", []), ("", [1, 2, 3]), ("H. Budisan", [2]),
     ("\uff22\uff35\uff24\uff29", [2])],
)  # fmt: skip
def test_names_are_found_by_the_start_of_any_word_without_accents(desk, words, shown):
    desk.open()
    desk.page.fill("[data-filter]", words)
    assert [seat for seat in (1, 2, 3) if desk.seat(seat).is_visible()] == shown
    assert desk.page.locator("[data-none]").is_visible() is not bool(shown)


@pytest.mark.parametrize(
    ("name", "typed", "held"),
    [("Nur Aini", "nuraini", True), ("Muh. Ali", "Muhammad", True), ("M. Ridwan", "muhammad rid", True),
     ("Budi", "xudi", False), ("Ma'ruf", "ma\u2019ruf", True), ("Jos\u00e9", "jose", True), ("Ahmad", "ma", False),
     ("Siti", "Hj. Sit", True)],
)  # fmt: skip
def test_a_name_is_held_by_what_is_typed_as_the_server_has_it(desk, name, typed, held):
    desk.open()
    assert desk.page.evaluate("told => simpul.holds(...told)", [name, typed]) is held


def test_one_menu_is_open_at_a_time_also_in_an_old_browser(desk):
    desk.open()
    for seat in (1, 2):
        desk.page.evaluate(f"document.querySelector('#seat-{seat} summary').click()")
    assert desk.page.locator("details[open]").count() == 1
    desk.page.keyboard.press("Escape")
    assert desk.page.locator("details[open]").count() == 0


def test_what_is_not_sent_yet_holds_the_sheet_back(desk, eventually):
    desk.open()
    desk.status = 500
    desk.page.click("#seat-2 .tap")
    expect(desk.page.locator("[data-pending]")).to_be_visible()
    desk.page.click("#submit")
    expect(desk.page.locator(".toast", has_text="Dikirim dulu.")).to_be_visible()
    assert desk.posts == []
    desk.status = 200
    eventually(desk.sent)
    expect(desk.page.locator("[data-pending]")).to_be_hidden()
    desk.page.wait_for_timeout(AGAIN)
    desk.page.click("#submit")
    eventually(lambda: desk.posts == [("/ajukan", "")])


def test_without_signal_the_sheet_waits_and_says_why(desk):
    desk.open()
    desk.cut()
    desk.page.click("#submit")
    expect(desk.page.locator(".toast", has_text="setelah ada sinyal")).to_be_visible()


def test_after_the_session_ended_a_tap_is_kept_and_the_way_in_is_shown(desk):
    desk.open()
    desk.status = 401
    desk.page.click("#seat-2 .tap")
    expect(desk.page.get_by_role("link", name="Masuk")).to_have_attribute("href", "/masuk?lanjut=%2F")
    expect(desk.seat(2)).to_have_attribute("data-status", "h")
    expect(desk.seat(2).locator("small").last).to_have_text("di HP")


def test_three_quick_taps_on_a_form_are_one_thing(desk, eventually):
    desk.open(GUEST_FORM)
    desk.page.evaluate("b = document.querySelector('#f button'); b.click(); b.click(); b.click()")
    eventually(lambda: desk.items)
    desk.page.wait_for_timeout(200)
    assert len(desk.items) == len(desk.saved()) == 1


def test_a_form_that_is_refused_keeps_its_words_and_says_why(desk):
    desk.open(GUEST_FORM)
    desk.word, desk.reason = "ditolak", "Ketik nama tamu."
    desk.page.fill("[name=nama]", "x")
    desk.page.click("#f button")
    expect(desk.page.get_by_role("alert")).to_contain_text("Ketik nama tamu.")
    expect(desk.page.locator("[name=nama]")).to_have_value("x")
    assert desk.saved() == []


REFUSING = """
for (const name of ["localStorage", "sessionStorage", "caches"])
  Object.defineProperty(self, name, { get() { throw new DOMException("", "SecurityError"); } });
"""
NO_STORES = {
    "without a database": "Object.defineProperty(self, 'indexedDB', { value: undefined });",
    "with one for nobody": "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };",
    "with one that keeps nothing": "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'DataError'); };",
}


@pytest.mark.parametrize("refuses", NO_STORES.values(), ids=NO_STORES)
def test_a_browser_that_keeps_nothing_is_told_so_and_its_forms_go_plainly(desk, eventually, refuses):
    desk.page.add_init_script(REFUSING + refuses)
    for body, button in ((GUEST_FORM, "#f button"), (None, "#seat-1 .tap")):
        desk.pages["/"] = page_of(body) if body else sheet()
        desk.page.goto(SITE + "/")
        expect(desk.page.locator("main > .note.bad")).to_have_text("Peramban ini tidak mau menyimpan.")
        before = len(desk.posts)
        desk.page.click(button)
        eventually(lambda before=before: len(desk.posts) == before + 1)
    assert desk.faults == desk.items == []


ASKS = (
    '<form id="f" novalidate method="post" action="/x" data-outbox="checkin" data-what="Kunjungan">'
    '<div class="field"><label for="nama">Nama</label>'
    '<input id="nama" name="nama" required data-empty="Tulis nama."></div>'
    "<fieldset><legend>Jam</legend>"
    '<label class="tick"><input type="radio" name="waktu" value="a" required><span>Tepat</span></label>'
    '<label class="tick"><input type="radio" name="waktu" value="b" required><span>Lambat</span></label></fieldset>'
    '<div class="field"><label for="orang">Orang</label>'
    '<input id="orang" name="orang" type="number" min="0" max="26"></div>'
    '<div class="field"><label for="hal">Tautan</label><input id="hal" name="hal" type="url"></div>'
    "<button>Simpan</button></form>"
)
NUMBER = (
    '<form id="f" novalidate method="post" action="/x"><label>Sampai <input id="n" name="n" type="number"></label>'
    "<button>Simpan</button></form>"
)


def test_what_is_wrong_is_said_by_the_house_before_it_is_kept(desk, eventually):
    desk.open(ASKS)
    desk.page.fill("#orang", "27")
    desk.page.fill("#hal", "zoom")
    desk.page.click("#f button")
    told = desk.page.locator(".sum")
    expect(told).to_be_focused()
    expect(told.locator("h2")).to_have_text("Ada 4 isian yang perlu dibetulkan")
    expect(told.locator("a")).to_have_text(
        ["Nama: Tulis nama.", "Jam: Pilih salah satu.", "Orang: Paling besar 26.", "Tautan: Tidak terbaca."]
    )
    expect(desk.page.locator("#orang-e")).to_have_text("Paling besar 26.")
    expect(desk.page.locator("#orang")).to_have_attribute("aria-describedby", "orang-e")
    assert desk.saved() == desk.items == []
    desk.page.fill("#nama", "Pak Karyo")
    desk.page.click("fieldset label")
    desk.page.fill("#orang", "2")
    desk.page.fill("#hal", "https://zoom.us")
    desk.page.click("#f button")
    eventually(lambda: desk.items)
    assert desk.page.locator(".sum, .err").count() == 0


def test_a_browser_that_leaves_out_what_it_cannot_read_is_not_believed(desk):
    desk.open(NUMBER)
    desk.page.locator("#n").press_sequentially("2e")
    desk.page.click("#f button")
    expect(desk.page.locator(".sum a")).to_have_text("Sampai: Tulis dengan angka.")
    assert desk.posts == []


def test_after_the_border_a_tap_asks_in_its_row_and_moves_nothing(desk, eventually):
    desk.open(
        sheet().replace("2199-01-01", "2024-01-01")
    )  # three rows: there is no room to scroll the question in
    page = desk.page
    before = page.locator("#seat-2").bounding_box()
    page.click("#seat-2 .tap")
    expect(page.locator("#said .toast")).to_have_text("Pilih dulu.")
    expect(page.locator("#seat-2 details")).to_have_attribute("open", "")
    assert page.locator("#seat-2").bounding_box() == before and desk.saved() == []
    page.wait_for_timeout(AGAIN)
    page.click("#seat-2 [name=tepat]")
    eventually(lambda: len(desk.saved()) == 1)
    assert page.locator("#seat-2").bounding_box() == before
    assert page.locator(".sum, .err, [aria-invalid]").count() == 0


def test_after_the_border_one_answer_above_the_list_is_enough_for_all(desk, eventually):
    rows = [row(seat, f"Warga {seat}", "Kapuk") for seat in range(1, 30)]
    desk.open(sheet(*rows).replace("2199-01-01", "2024-01-01"))
    page = desk.page
    page.click("#seat-9 .tap")
    expect(page.locator("#seat-9 details")).to_have_attribute("open", "")
    page.check("[name=waktu][value=tepat]")
    assert desk.saved() == []
    for seat in (8, 9):
        page.wait_for_timeout(AGAIN)
        page.click(f"#seat-{seat} .tap")
        expect(desk.seat(seat)).to_have_attribute("data-status", "h")
    eventually(lambda: len(desk.items) == 2)
    assert [item["fields"] for item in desk.items] == [
        {"lembar": "7", "hadir": seat, "waktu": "tepat"} for seat in ("8", "9")
    ]


def test_a_form_without_signal_is_saved_and_says_so(desk):
    desk.open(GUEST_FORM)
    desk.deaf = True
    desk.cut()
    desk.page.fill("[name=nama]", "Pak Karyo")
    desk.page.click("#f button")
    expect(desk.page.locator(".toast", has_text="Tersimpan di HP")).to_contain_text("Tamu hadir: Pak Karyo")
    expect(desk.page.locator("[name=nama]")).to_have_value("")


def test_an_empty_check_in_after_it_was_saved_and_what_is_taken_back_says_so(desk, eventually):
    desk.open(
        '<form id="c" data-checkin data-outbox="checkin" data-what="Check-in: Kapuk" data-undo="checkin.void"'
        ' action="/check-in" method="post"><input type="hidden" name="lat" value=""><button>Simpan</button></form>'
        '<form data-outbox="checkin.void" data-gone="dibatalkan" action="/b" method="post"><ul><li id="ci-77">'
        '<span class="end"><button name="urung" value="77" data-what="Dibatalkan">Batal</button></span></li></ul>'
        "</form>"
    )
    desk.deaf = True
    desk.cut()
    desk.page.evaluate("document.querySelector('[name=lat]').value = '-6.1'")
    desk.page.click("#c button")
    eventually(lambda: desk.page.locator("[name=lat]").get_attribute("value") == "")
    assert desk.saved()[0]["fields"] == {"lat": "-6.1"}
    desk.page.click("#ci-77 button")
    expect(desk.page.locator("#ci-77")).to_have_text("dibatalkan")
    assert desk.saved()[1]["fields"] == {"urung": "77"}
    desk.whole = True
    desk.page.reload()
    expect(desk.page.locator("#ci-77")).to_have_text("dibatalkan")


def test_what_fitted_is_done_and_the_rest_waits_until_the_server_wants_it(desk, eventually):
    desk.open()
    desk.deaf = True
    for seat in (1, 2, 3):
        desk.page.click(f"#seat-{seat} .tap")
    eventually(lambda: len(desk.saved()) == 3)
    desk.deaf, desk.room = False, 2
    wanted = ["sent", "sent", "wait"]
    eventually(lambda: desk.sent() or sorted(item["state"] for item in desk.saved()) == wanted)
    refused = desk.requests
    desk.page.evaluate("simpul.outbox.send()")
    assert desk.requests == refused, "one refusal is enough until the time has come"
    desk.room = 500
    eventually(desk.sent)


def test_a_kind_that_the_server_does_not_know_stays_and_is_offered_to_its_next_version(desk, eventually):
    desk.open()
    desk.word, desk.reason, desk.receipt = "belum dikenal", "Belum dikenal.", ""
    desk.page.click("#seat-2 .tap")
    eventually(lambda: [item["state"] for item in desk.saved()] == ["check"])
    desk.page.evaluate("simpul.outbox.send(true)")
    assert len(desk.items) == 1, "the same version is not asked again"
    desk.word, desk.receipt, desk.version = "diterima", CODE, "2"
    desk.page.click("#seat-1 .tap")
    eventually(lambda: {item["state"] for item in desk.saved()} == {"sent"})
    assert [item["fields"]["hadir"] for item in desk.items] == ["2", "1", "2"]

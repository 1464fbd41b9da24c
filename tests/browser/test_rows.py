"""Rows keep their size and place whatever arrives, nothing that is said lies over a target, a second tap is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.patience import PATIENCE_MS, settle
from tests.browser.test_scripts import (
    AGAIN,
    GUEST_FORM,
    RECORD,
    Desk,
    page_of,
    row,
    sheet,
)

pytestmark = pytest.mark.browser
LONG = "Raden Ajeng Siti Nurhaliza Kusumawardhani Pasaribu-Tampubolon"
OFFICE = "Koordinator Kelurahan Jelambar Baru merangkap Kecamatan Grogol Petamburan"
REASON = "Lembar ini sudah diajukan dan ditinjau, jadi tidak bisa diubah lagi dari sini."
SIZES = ((360, 740), (320, 900))
WHERE = """() => Array.from(document.querySelectorAll("#daftar > li, #daftar .menu, .sticky input, .act button"),
    (part) => { const { x, y, width, height } = part.getBoundingClientRect(); return [x, y, width, height] })"""
ROWS = """() => Array.from(document.querySelectorAll("#daftar > li"), (row) => row.getBoundingClientRect().top)"""
COVERED = """() => {
    const said = document.querySelector("#said .toast").getBoundingClientRect();
    const targets = document.querySelectorAll("a[href], button, input, summary, select, textarea, label");
    return Array.from(targets).filter((one) => {
        const box = one.getBoundingClientRect();
        return !one.closest("#said") && box.width && box.left < said.right && box.right > said.left
            && box.top < said.bottom && box.bottom > said.top
            && one.contains(document.elementsFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2).find(
                (part) => !part.closest("#said")));
    }).map((one) => one.outerHTML.slice(0, 80));
}"""
MENU = """() => {
    const box = document.querySelector("details[open] .pop").getBoundingClientRect();
    const dock = document.querySelector(".dock").getBoundingClientRect();
    const head = document.querySelector(".sticky").getBoundingClientRect();
    return [box.left, innerWidth - box.right, dock.top - box.bottom, box.top - head.bottom];
}"""


@pytest.fixture(params=SIZES, ids=lambda size: str(size[0]))
def desk(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Desk]:
    width, height = request.param
    context = chromium.new_context(
        viewport={"width": width, "height": height}, has_touch=True, is_mobile=True,
        timezone_id="Asia/Jakarta", service_workers="block",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    one = Desk(context.new_page())
    yield one
    context.close()
    assert one.faults == []


def many(count: int = 14) -> str:
    """A list of long names on a phone."""
    rows = [
        row(seat, LONG if seat % 3 == 1 else f"Warga {seat}", OFFICE if seat % 3 != 2 else "Kapuk")
        for seat in range(1, count)
    ]
    return phone_page(sheet(*rows))


def phone_page(page: str) -> str:
    """As phones see it."""
    return page.replace(
        "<title>", '<meta name="viewport" content="width=device-width, initial-scale=1"><title>'
    )


def moved(before: list[list[float]], page: Page) -> float:
    """By how many pixels anything moved or grew at most."""
    after = page.evaluate(WHERE)
    assert len(after) == len(before)
    return max(
        abs(a - b) for one, two in zip(before, after, strict=True) for a, b in zip(one, two, strict=True)
    )


def _fits(page: Page) -> bool:
    """Whether a menu is open, and is seen whole."""
    return bool(page.locator("details[open] .pop").count()) and min(page.evaluate(MENU)) >= -1


def tap(page: Page, selector: str, times: int = 1) -> None:
    """A thumb at the middle of it; several times within 100 ms."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    for _ in range(times):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(80)


@pytest.mark.parametrize(
    ("word", "reason"), [("diterima", ""), ("ganda", ""), ("ditolak", REASON), ("perlu diperiksa", REASON)]
)
def test_a_row_keeps_its_size_and_place_whatever_the_server_says(desk, word, reason):
    desk.open(many())
    desk.word, desk.reason, desk.deaf = word, reason, True
    before = desk.page.evaluate(WHERE)
    for seat in (1, 2, 3):
        tap(desk.page, f"#seat-{seat} .tap:not(.undo)")
        assert moved(before, desk.page) <= 1
    expect(desk.page.locator("[data-pending]")).to_be_visible()
    desk.deaf = False
    desk.page.evaluate("simpul.outbox.send(true)")
    expect(desk.page.locator("[data-pending]")).to_be_hidden()
    assert moved(before, desk.page) <= 1
    desk.page.evaluate(
        "document.querySelectorAll('.undo').forEach((one) => one.remove())"
    )  # eight seconds later
    assert moved(before, desk.page) <= 1


def test_a_double_tap_marks_once_and_takes_back_once(desk):
    desk.open(many())
    desk.page.wait_for_timeout(AGAIN)
    for times in (2, 3):
        tap(desk.page, "#seat-2 .tap:not(.undo)", times)
        expect(desk.seat(2)).to_have_attribute("data-status", "h")
        desk.page.wait_for_timeout(AGAIN)
        tap(desk.page, "#seat-2 .undo", times)
        expect(desk.seat(2)).to_have_attribute("data-status", "b")
        desk.page.wait_for_timeout(AGAIN)
    settle(desk.page, lambda: len(desk.items) == 4)
    assert [item["kind"][11:] for item in desk.items] == ["mark", "void"] * 2
    assert {item["fields"].get("hadir", item["fields"].get("kursi")) for item in desk.items} == {"2"}


def test_a_double_tap_in_the_menu_marks_nobody_else(desk):
    desk.open(many())
    tap(desk.page, "#seat-2 summary")
    tap(desk.page, "#seat-2 .pop [name=alpa]", 2)
    expect(desk.seat(2)).to_have_attribute("data-status", "a")
    settle(desk.page, desk.saved)
    desk.page.wait_for_timeout(200)
    assert [item["fields"] for item in desk.saved()] == [{"lembar": "7", "alpa": "2"}]


def test_a_plain_form_is_sent_once_however_often_it_is_pressed(desk):
    desk.open(
        phone_page(page_of('<form action="/rapat/baru" method="post"><button id="b">Buat</button></form>'))
    )
    desk.page.wait_for_timeout(100)
    desk.page.evaluate("b.click(); b.click()")
    settle(desk.page, lambda: desk.posts)
    desk.page.wait_for_timeout(300)
    assert len(desk.posts) == 1


def test_the_undo_leaves_after_eight_seconds_unless_somebody_is_on_it(desk):
    desk.page.clock.install()
    desk.open(many())
    desk.page.clock.pause_at(
        desk.page.evaluate("Date.now() / 1000 + 60")
    )  # a loaded machine takes seconds itself
    tap(desk.page, "#seat-2 .tap")
    undo = desk.seat(2).locator(".undo")
    expect(undo).to_have_text(re.compile("HadirBatalkan"))
    desk.page.clock.run_for(5000)
    expect(undo).to_be_visible()
    undo.focus()
    desk.page.clock.run_for(8000)
    expect(undo).to_be_visible()
    undo.evaluate("one => one.blur()")
    desk.page.clock.run_for(8100)
    expect(undo).to_have_count(0)
    expect(desk.seat(2).locator(".end > span")).to_contain_text("Hadir")


def test_what_is_said_on_a_list_lies_over_no_target(desk):
    desk.open(many())
    for top in (0, 200):
        desk.page.evaluate(f"scrollTo(0, {top})")
        desk.page.evaluate("words => simpul.say(words)", REASON * 2)
        assert desk.page.evaluate(COVERED) == []
        desk.page.evaluate("simpul.enter()")
        assert desk.page.evaluate(COVERED) == []


def test_a_menu_opens_wholly_between_the_head_and_the_dock(desk):
    desk.open(many())
    for seat in (1, 2, 5, 6, 12, 13):
        summary = desk.page.locator(f"#seat-{seat} summary")
        summary.evaluate("one => one.scrollIntoView({ block: 'nearest' })")
        summary.tap()
        settle(desk.page, lambda: _fits(desk.page), f"the menu of seat {seat}")
        desk.page.keyboard.press("Escape")


def test_with_letters_twice_as_large_the_head_leaves_and_a_menu_is_seen_whole(desk):
    large = "<style>html { font-size: 212.5% !important }</style></head>"
    desk.open(many().replace("</head>", large))
    summary = desk.page.locator("#seat-5 summary")
    summary.evaluate("one => one.scrollIntoView({ block: 'center' })")
    assert desk.page.evaluate("document.querySelector('.sticky').getBoundingClientRect().bottom") < 0
    summary.tap()
    settle(desk.page, lambda: _fits(desk.page), "the whole menu")
    assert desk.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_a_list_without_names_and_a_page_that_went_away_raise_nothing(desk):
    empty = sheet().replace("data-marking", "data-nothing")
    desk.open(empty)
    desk.page.wait_for_timeout(100)
    desk.open(many())
    desk.deaf = True
    tap(desk.page, "#seat-2 .tap")
    desk.page.evaluate("document.body.replaceChildren(document.createElement('main'))")
    desk.deaf = False
    desk.page.evaluate("simpul.outbox.send(true)")
    desk.page.evaluate("simpul.say('x')")
    expect(desk.page.locator(".toast")).to_have_text("x")
    desk.page.wait_for_timeout(300)


@pytest.mark.parametrize("top", [0, 300])
def test_the_question_at_the_border_of_being_late_moves_no_row(desk, top):
    desk.page.clock.install(time="2026-12-01T02:00:00Z")
    desk.open(
        many().replace('data-late-after="2199-01-01T00:00:00Z"', 'data-late-after="2026-12-01T02:15:00Z"')
    )
    desk.page.evaluate(f"scrollTo(0, {top})")
    before = desk.page.evaluate(ROWS)
    desk.page.clock.run_for(14 * 60_000)
    expect(desk.page.locator("fieldset")).to_be_hidden()
    desk.page.clock.run_for(2 * 60_000)
    expect(desk.page.locator("fieldset")).to_be_enabled()
    desk.page.wait_for_timeout(100)
    after = desk.page.evaluate(ROWS)
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) <= 1


def test_a_closed_list_is_sifted_too(desk):
    closed = sheet(row(1, "Ani", "Kapuk", "h", RECORD), row(2, "Budi", "Duri")).replace("data-marking", "")
    desk.open(closed)
    desk.page.fill("[data-filter]", "bud")
    expect(desk.page.locator("#daftar > li:visible")).to_have_count(1)
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#daftar > li:visible")).to_have_count(1)


def test_the_head_count_follows_the_marks(desk):
    words = (
        '<a class="heads"><span id="orang" data-words><span data-came>0</span> hadir: <b data-heads="1"'
        ' data-over="{n} belum" data-under="{n} lebih" data-even="cocok">1 belum</b></span></a>'
    )
    script = '<script defer src="/static/attendance/heads.js"></script></head>'
    desk.open(many(5).replace("</head>", script).replace('<a data-show="all"', words + '<a data-show="all"'))
    for seat, says in ((1, "1 hadir: cocok"), (2, "2 hadir: 1 lebih")):
        tap(desk.page, f"#seat-{seat} .tap")
        expect(desk.page.locator("#orang")).to_have_text(says)


def test_a_form_says_what_became_of_it_in_the_place_that_is_kept_for_it(desk):
    fields = "".join(f'<p><label>Baris {n} <input name="f{n}"></label></p>' for n in range(12))
    dock = '<div class="said" id="said"></div><p class="act"><button class="btn main" form="f">Simpan</button></p>'
    desk.open(phone_page(page_of(GUEST_FORM.replace("<button>", fields + "<button>"), dock)))
    desk.page.fill("[name=nama]", "Pak Karyo")
    top = desk.page.evaluate("document.querySelector('.dock').getBoundingClientRect().top")
    desk.page.locator(".act button").tap()
    expect(desk.page.locator("#said .toast")).to_contain_text("Tamu hadir: Pak Karyo.")
    assert desk.page.evaluate("document.querySelector('.dock').getBoundingClientRect().top") == top
    assert desk.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

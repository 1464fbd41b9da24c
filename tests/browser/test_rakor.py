"""The main job, end to end: the kota's coordinator marks 63 seats on a small phone, the supervisor approves.

Every screen and the CSV say the same figures; once with JavaScript, once without.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, sign_in
from tests.browser.patience import shown

pytestmark = pytest.mark.browser
SEATS = 63
AGAIN = 650  # ms: until a tap at the same place is a tap of its own
PLAN = ["hadir"] * 52 + ["terlambat"] * 2 + ["izin"] * 4 + ["sakit"] * 1  # four are left without a word
BRIEF = ["hadir"] * 3 + ["terlambat", "izin", "sakit"]  # every tap without script is a page of its own
WITHOUT_SCRIPT = {"java_script_enabled": False}


def statuses(page: Page) -> Counter[str]:
    """What the marking page shows, by letter."""
    rows = page.locator("#daftar > li")
    return Counter(rows.evaluate_all("rows => rows.map(row => row.dataset.status)"))


def mark(page: Page, seat: str, status: str) -> None:
    """One tap for present; anything else from the row's menu."""
    row = page.locator(f"#{seat}")
    if status == "hadir":
        row.locator("button.tap").click()
        return
    row.locator("summary").click()
    row.locator(f"button[name={status}]").click()


def wait_until_sent(page: Page) -> None:
    """Until the server has said of every tap that it has it."""
    expect(page.locator("[data-pending]")).to_be_hidden()


def figures_of(text: str) -> Counter[str]:
    """Statuses of the invited in the CSV."""
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
    return Counter(row[5] for row in rows[1:] if len(row) > 5 and row[4] == "undangan")


def totals_of(text: str) -> dict[str, int]:
    """The totals at the foot of the CSV."""
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";")
    return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[1].isdecimal()}


def hand_in(page: Page, without: int) -> None:
    """Ajukan: the step says how many become absent, and its own button decides, where no other target was before."""
    before = page.locator("#handing .btn.main").bounding_box()
    taps = page.locator("#daftar .tap:visible").last.bounding_box()
    page.locator("#handing .btn.main").click()
    step = page.locator("section#handing")
    decides = step.get_by_role("button", name="Ajukan dan hitung alpa").bounding_box()
    assert before and taps and decides
    assert decides["x"] + decides["width"] <= taps["x"], "in no row's column of targets"
    assert decides["y"] + decides["height"] <= before["y"], "nor where the first tap was"
    expect(step).to_contain_text(f"{without} orang belum dicatat")
    expect(step).to_contain_text("masih berlangsung")
    step.get_by_role("button", name="Ajukan dan hitung alpa").click()
    shown(page, "menunggu tinjauan")


def open_the_rakor(page: Page, live: Live) -> None:
    """From the first page, by its one big action."""
    sign_in(page, live, "coordinator")
    expect(page.get_by_text("0/63")).to_be_visible()
    page.locator(".act .btn.main").click()
    expect(page.locator("h1")).to_have_text("Hadir")


def approve_and_compare(page: Page, live: Live, plan: list[str]) -> None:
    """The supervisor's side, and the figures of every screen against each other."""
    expected = Counter(plan) + Counter(alpa=SEATS - len(plan))
    came, excused = expected["hadir"] + expected["terlambat"], expected["izin"] + expected["sakit"]
    sign_in(page, live, "supervisor")
    page.locator(".act .btn.main").click()
    page.get_by_role("link", name="Rakor saksi Jakarta Barat").first.click()
    rates = page.locator("dl.rates").inner_text()
    assert f"{came}/63" in rates
    assert f"{excused}/63" in rates
    assert f"{expected['alpa']}/63" in rates
    assert f"{expected['alpa']} dihitung" in rates
    page.get_by_role("button", name=re.compile("Setujui")).click()
    page.wait_for_load_state()
    download = page.request.get(f"{live.url}/rapat/{meeting_id(page, live)}/hadir.csv")
    text = download.text()
    assert figures_of(text) == expected
    assert {name: totals_of(text)[name] for name in expected} == expected
    page.goto(f"/rapat/{meeting_id(page, live)}")
    shown(page, f"{came}/63")
    shown(page, "disetujui")
    page.goto("/")
    shown(page, f"{came}/63 hadir")


def meeting_id(page: Page, live: Live) -> int:
    """The id of the running rakor."""
    listed = page.request.get(f"{live.url}/rapat").text()
    found = re.search(r'href="/rapat/(\d+)"[^>]*>Rakor saksi Jakarta Barat', listed)
    assert found
    return int(found[1])


def test_the_rakor_from_the_first_tap_to_the_approval(phone: Callable[..., Page], live: Live) -> None:
    page = phone()
    open_the_rakor(page, live)
    seats = page.locator("#daftar > li").evaluate_all("rows => rows.map(row => row.id)")
    assert len(seats) == SEATS
    for seat, status in zip(seats, PLAN, strict=False):
        mark(page, seat, status)
    expect(page.locator("[data-count=done]").first).to_have_text(str(len(PLAN)))
    wait_until_sent(page)
    page.reload()
    assert statuses(page) == {"h": 52, "t": 2, "i": 4, "s": 1, "b": 4}
    hand_in(page, SEATS - len(PLAN))
    approve_and_compare(phone(), live, PLAN)


def test_the_same_without_javascript(phone: Callable[..., Page], live: Live) -> None:
    page = phone(**WITHOUT_SCRIPT)
    open_the_rakor(page, live)
    seats = [row.get_attribute("id") or "" for row in page.locator("#daftar > li").all()]
    for seat, status in zip(seats, BRIEF, strict=False):
        mark(page, seat, status)
        page.wait_for_load_state()
    expect(page.locator(".count b").first).to_contain_text(f"{len(BRIEF)}/{SEATS}")
    hand_in(page, SEATS - len(BRIEF))
    approve_and_compare(phone(**WITHOUT_SCRIPT), live, BRIEF)


def test_a_wrong_tap_is_taken_back_within_reach_of_the_thumb(phone: Callable[..., Page], live: Live) -> None:
    page = phone()
    open_the_rakor(page, live)
    seat = page.locator("#daftar > li").first.get_attribute("id") or ""
    mark(page, seat, "hadir")
    expect(page.locator(f"#{seat}")).to_have_attribute("data-status", "h")
    page.wait_for_timeout(AGAIN)
    page.locator(f"#{seat} .undo").click()
    expect(page.locator(f"#{seat}")).to_have_attribute("data-status", "b")
    wait_until_sent(page)
    page.reload()
    assert statuses(page)["b"] == SEATS


def test_the_filter_asks_nobody(phone: Callable[..., Page], live: Live) -> None:
    page = phone()
    open_the_rakor(page, live)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#cari").fill("ani les")
    expect(page.locator("#daftar > li:visible")).to_have_count(1)
    page.locator("#cari").fill("zzz")
    expect(page.locator("[data-none]")).to_be_visible()
    page.locator("#cari").fill("")
    page.locator(".seg a[data-show=done]").click()
    expect(page.locator("#daftar > li:visible")).to_have_count(0)
    assert asked == []


def test_every_target_is_large_enough_for_a_thumb(phone: Callable[..., Page], live: Live) -> None:
    page = phone()
    open_the_rakor(page, live)
    boxes = page.locator("#daftar button.tap, #daftar summary, .act .btn, .seg a, .find button").evaluate_all(
        "nodes => nodes.map(node => { const box = node.getBoundingClientRect(); return [box.width, box.height] })"
    )
    assert [box for box in boxes if min(box) < 48] == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")

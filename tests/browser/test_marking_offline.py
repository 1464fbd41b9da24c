"""A whole rakor without network: from the first tap to the last, over a reload, and back on the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.patience import all_sent, settle, slower
from tests.browser.test_kept import kept, signed_in, warmed
from tests.browser.test_rakor import AGAIN, PLAN, SEATS, mark, meeting_id, statuses
from tests.browser.wire import cut, join

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
CODES = Counter({"h": 52, "t": 2, "i": 4, "s": 1, "b": 4})
TAP_MS = """async () => {
    const row = document.querySelector("#daftar > li[data-status=b]");
    const begin = performance.now();
    row.querySelector(".tap").click();
    const painted = performance.now() - begin;
    while (!row.querySelector(".end small")?.textContent.includes("HP")) await new Promise(requestAnimationFrame);
    return [painted, performance.now() - begin];
}"""


def at_the_door(phone: Phone, live: Live) -> tuple[Page, str]:
    """A coordinator's phone on the list of the running rakor, the day's pages kept, and now without network."""
    page = warmed(phone, live)
    path = list_of(page, live)
    page.goto(path)
    cut(page)
    return page, path


def list_of(page: Page, live: Live) -> str:
    """The address of the running rakor's only list."""
    page.goto(f"/rapat/{meeting_id(page, live)}/hadir")
    return urlsplit(page.url).path


def on_the_line(page: Page) -> None:
    """The network is back; everything goes out."""
    join(page)
    all_sent(page)
    expect(page.locator("[data-pending]")).to_be_hidden()


def test_sixty_three_are_marked_without_network_from_the_first_tap_to_the_last(
    phone: Phone, live: Live
) -> None:
    page, path = at_the_door(phone, live)
    seats = page.locator("#daftar > li").evaluate_all("rows => rows.map(row => row.id)")
    assert len(seats) == SEATS
    for seat, status in list(zip(seats, PLAN, strict=False))[:40]:
        mark(page, seat, status)
    expect(page.locator(".count b")).to_have_text("40/63")
    page.goto(path)  # in the middle, still without network
    expect(page.locator(".count b")).to_have_text("40/63")
    expect(page.locator("[data-pending]")).to_have_text("· 40 belum terkirim")
    page.locator(".seg a[data-show=b]").click()
    expect(page.locator("#daftar > li:visible")).to_have_count(SEATS - 40)
    page.locator(".seg a[data-show=all]").click()
    for seat, status in list(zip(seats, PLAN, strict=False))[40:]:
        mark(page, seat, status)
    wrong = seats[-1]
    mark(page, wrong, "hadir")
    page.wait_for_timeout(AGAIN)
    page.locator(f"#{wrong} .undo").click()
    expect(page.locator(f"#{wrong}")).to_have_attribute("data-status", "b")
    page.locator(".act .btn.main").click()
    expect(page.get_by_text("Ajukan bisa setelah ada sinyal")).to_be_visible()
    assert statuses(page) == CODES
    on_the_line(page)
    expect(page.locator(f"#{seats[0]} .end small")).to_contain_text("terkirim")
    page.goto(path)
    assert statuses(page) == CODES
    expect(page.locator("[data-pending]")).to_be_hidden()


def test_two_phones_mark_the_same_people_differently_and_meet_again(phone: Phone, live: Live) -> None:
    one, path = at_the_door(phone, live)
    two, _ = at_the_door(phone, live)
    first, second = one.locator("#daftar > li").evaluate_all("rows => rows.slice(0, 2).map(row => row.id)")
    for page in (one, two):
        mark(page, first, "hadir")
    mark(one, second, "izin")
    mark(two, second, "hadir")
    for page in (one, two):
        on_the_line(page)
        assert page.evaluate("simpul.outbox.sum().then(({ check }) => check)") == 0
    expect(two.locator(f"#{first} .end small")).to_contain_text("ganda")
    for page in (one, two):
        page.goto(path)
        expect(page.locator(f"#{first}")).to_have_attribute("data-status", "h")
        expect(page.locator(f"#{first} .end small")).to_contain_text("ganda")
        expect(page.locator(f"#{second}")).to_have_attribute("data-status", "h")  # came after she was excused


def test_tap_undo_tap_in_a_hurry_ends_as_present(phone: Phone, live: Live) -> None:
    page, path = at_the_door(phone, live)
    seat = page.locator("#daftar > li").first.get_attribute("id") or ""
    for _ in range(3):
        mark(page, seat, "hadir")
        page.wait_for_timeout(AGAIN)
        page.locator(f"#{seat} .undo").click()
        page.wait_for_timeout(AGAIN)
    mark(page, seat, "hadir")
    expect(page.locator(f"#{seat} .end small")).to_have_text("di HP")
    page.goto(path)
    expect(page.locator(f"#{seat}")).to_have_attribute("data-status", "h")
    page.locator(f"#{seat} summary").click()
    page.locator(f"#{seat} .pop [name=urung]").click()
    expect(page.locator(f"#{seat}")).to_have_attribute("data-status", "b")
    mark(page, seat, "sakit")
    on_the_line(page)
    page.goto(path)
    assert statuses(page) == {"s": 1, "b": SEATS - 1}


def test_a_guest_without_network_stands_at_the_end_until_the_server_has_her(phone: Phone, live: Live) -> None:
    page = warmed(phone, live)
    path = list_of(page, live)
    page.goto(path.replace("hadir", "tamu"))
    cut(page)
    page.get_by_label("Nama tamu").fill("Pak Karyo")
    page.get_by_role("button", name="Catat tamu hadir").click()
    expect(page.locator(".toast")).to_contain_text("Tamu hadir: Pak Karyo")
    page.goto(path)
    guest = page.locator("#daftar > li").last
    expect(guest.locator(".who")).to_have_text("Pak Karyo tamu")
    expect(guest.locator(".end small")).to_have_text("di HP")
    on_the_line(page)
    page.goto(path)
    expect(page.locator("#daftar > li", has_text="Pak Karyo")).to_have_count(1)
    expect(page.locator("#daftar > li", has_text="Pak Karyo")).to_have_attribute("data-status", "h")


def test_a_check_in_without_network_at_the_place_that_is_offered(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live, "witness")
    settle(page, lambda: any("/check-in" in paths for paths in kept(page).values()), "the page of check-ins")
    cut(page)
    page.goto("/check-in")
    assert page.locator("input[name=tempat]").count()
    page.locator("button[name=lagi]").click()
    expect(page.locator(".toast")).to_contain_text("Tersimpan di HP")
    join(page)
    all_sent(page)
    page.goto("/check-in/riwayat")
    expect(page.locator(".thread li").first).to_be_visible()


@pytest.mark.full
def test_how_long_a_tap_takes(phone: Phone, live: Live) -> None:
    page, _ = at_the_door(phone, live)
    slower(page, 6)
    taken = [page.evaluate(TAP_MS) for _ in range(5)]
    painted, saved = (sorted(one[place] for one in taken)[2] for place in (0, 1))
    print(f"tap at a sixth of the speed: painted {painted:.0f} ms, di HP {saved:.0f} ms (goal 100)")

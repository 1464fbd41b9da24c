"""Coverage in a browser: down to a TPS without loading whole pages, Back, and the seat filled at the end."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live, sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_from_the_kota_down_to_a_filled_seat(
    phone: Callable[..., Page], live: Live, with_script: bool
) -> None:
    page = phone(java_script_enabled=with_script)
    sign_in(page, live, "coordinator")
    page.goto("/cakupan/31.73")
    loads: list[str] = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)

    page.locator("tbody a", has_text="Cengkareng").click()
    expect(page.locator("h1")).to_have_text("Cengkareng")
    page.locator("tbody a", has_text="Kapuk").click()
    expect(page.locator("h1")).to_have_text("Kapuk")
    expect(page).to_have_title("Kapuk · Simpul")
    assert page.url.endswith("/cakupan/31.73.01.1005")
    assert bool(loads) is not with_script, "htmx swaps the part only"

    page.go_back()
    expect(page.locator("h1")).to_have_text("Cengkareng")
    expect(page.locator("tbody tr")).to_have_count(6)
    page.go_forward()
    expect(page.locator(".blocks .block")).not_to_have_count(0)

    empty = page.locator(".keys a").inner_text()
    page.locator(".act a").click()
    page.get_by_label("Nama lengkap").fill("Rina Wulandari")
    page.get_by_role("button", name="Daftarkan dan tempatkan").click()
    expect(page.locator(".rows").first).to_contain_text("Rina Wulandari")
    page.goto("/cakupan/31.73.01.1005")
    expect(page.locator(".keys a")).to_have_text(str(int(empty) - 1))


@pytest.mark.parametrize("same", [True, False], ids=["same", "another"])
def test_who_is_asked_whether_it_is_one_person_finds_both_answers_there(
    phone: Callable[..., Page], live: Live, same: bool
) -> None:
    page = phone()
    sign_in(page, live, "coordinator")
    known, typed = (
        ("Wulan Sarasvati", "Wulan Saraswatti") if same else ("Gilang Ramadhani", "Gilang Ramadani")
    )
    number = "0812 9999 0001" if same else "0812 9999 0002"
    page.goto("/cakupan/31.73.01.1005?blok=1")
    found = page.eval_on_selector_all("main a[href^='/tps/']", "all => all.map((one) => one.pathname)")
    first, second = [one for one in dict.fromkeys(found) if re.fullmatch(r"/tps/\d+", one)][:2]
    for name, here in ((known, first), (typed, second)):
        page.goto(f"{here}/isi?slot=luar")
        page.get_by_label("Nama lengkap").fill(name)
        page.get_by_label("Nomor HP").fill(number)
        page.get_by_role("button", name="Daftarkan dan tempatkan").click()
        if name == known:
            expect(page.locator("main")).to_contain_text(f"Hubungi {known}")

    expect(page.get_by_role("heading", name="Orang yang sama?")).to_be_visible()
    expect(page.locator("#pilih li")).to_have_count(1)
    expect(page.get_by_label("Nama lengkap")).to_have_value(typed)
    expect(page.get_by_label("Nomor HP")).to_have_value(number)
    if same:
        page.get_by_role("button", name=f"Pilih {known}").click()
    else:
        page.get_by_label("Nomor dipakai bersama").check()
        page.get_by_role("button", name="Daftarkan dan tempatkan").click()
    expect(page.locator("main")).to_contain_text(f"Hubungi {known if same else typed}")
    page.goto("/antrean")
    expect(page.locator("#undone")).to_be_hidden()
    expect(page.locator("#day")).to_contain_text("Sudah dilihat")


def test_a_tap_on_a_numbered_disc_opens_that_kecamatan(phone: Callable[..., Page], live: Live) -> None:
    page = phone()
    sign_in(page, live, "coordinator")
    page.goto("/cakupan/31.73")
    worst = page.locator("tbody tr").first.locator("th a").inner_text()
    disc = page.locator("svg.map text", has_text="1").first.bounding_box()
    assert disc is not None
    page.mouse.click(disc["x"] + disc["width"] / 2, disc["y"] + disc["height"] / 2)
    expect(page.locator("h1")).to_have_text(worst)

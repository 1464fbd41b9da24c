"""Coverage in a browser: down to a TPS without loading whole pages, Back, and the seat filled at the end."""

from __future__ import annotations

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


def test_a_tap_on_a_numbered_disc_opens_that_kecamatan(phone: Callable[..., Page], live: Live) -> None:
    page = phone()
    sign_in(page, live, "coordinator")
    page.goto("/cakupan/31.73")
    worst = page.locator("tbody tr").first.locator("th a").inner_text()
    disc = page.locator("svg.map text", has_text="1").first.bounding_box()
    assert disc is not None
    page.mouse.click(disc["x"] + disc["width"] / 2, disc["y"] + disc["height"] / 2)
    expect(page.locator("h1")).to_have_text(worst)

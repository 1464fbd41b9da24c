"""The signed sheet, typed in without a network: one item, which is on the list once the line is back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.patience import all_sent
from tests.browser.test_kept import warmed
from tests.browser.test_rakor import meeting_id
from tests.browser.wire import cut, join

pytestmark = pytest.mark.browser


def test_a_sheet_typed_in_without_network_is_on_the_list_once_the_line_is_back(
    phone: Callable[..., Page], live: Live
) -> None:
    page = warmed(phone, live)
    page.goto(f"/rapat/{meeting_id(page, live)}/hadir")
    listed = page.url
    page.goto(listed.replace("/hadir", "/kertas"))
    cut(page)
    page.fill("#baris", "1-40, 45")
    expect(page.locator("#baris-45 [value=h]")).to_be_checked()
    expect(page.locator("[data-typed]")).to_contain_text("41 hadir:")
    page.fill("#baris", "1-40")
    expect(page.locator("#baris-45 [type=radio][value='']")).to_be_checked()
    page.locator("#baris-41 label").nth(2).click()
    page.locator(".act .btn.main").click()
    expect(page.locator(".toast").first).to_contain_text("Tersimpan di HP")
    join(page)
    all_sent(page)
    page.goto(listed)
    expect(page.locator("#daftar > li[data-status=h]")).to_have_count(40)
    expect(page.locator("#daftar > li[data-status=i]")).to_have_count(1)
    expect(page.locator("#daftar > li[data-status=h]").first).to_contain_text("kertas")

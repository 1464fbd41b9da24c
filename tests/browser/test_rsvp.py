"""An invitation is answered by a link from another app, without script, and on the meeting's page without network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.patience import settle
from tests.browser.test_kept import kept, signed_in
from tests.browser.test_minutes import send
from tests.browser.wire import cut

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]


def call_and_invite_oneself(page: Page) -> str:
    """A meeting tomorrow to which its keeper is invited; its address."""
    page.goto("/rapat/baru")
    page.locator("[name=judul]").fill("Rakor besok")
    page.locator("[name=tanggal]").fill((date.today() + timedelta(days=1)).isoformat())
    page.locator("[name=mulai]").fill("09:00")
    page.locator("[name=selesai]").fill("11:00")
    page.get_by_role("button", name="Simpan dan undang").click()
    page.wait_for_url("**/undangan")
    page.locator("#cari").fill("kartika sari")
    page.locator("#candidates").get_by_role("button", name="Undang").first.click()
    expect(page.locator(".rows", has_text="Kartika Sari")).to_be_visible()
    return urlsplit(page.url).path.removesuffix("/undangan")


def own_link(page: Page, meeting: str) -> str:
    """What stands in the reminder to her."""
    page.goto(f"{meeting}/jawaban")
    page.get_by_role("button", name="Ingatkan").click()
    opened = page.get_by_role("link", name="Buka WhatsApp")
    expect(opened).to_be_visible()
    text = parse_qs(urlsplit(str(opened.get_attribute("href"))).query)["text"][0]
    return text.splitlines()[-1]


def test_an_answer_without_network_is_kept_and_the_link_changes_it_without_script(
    phone: Phone, live: Live
) -> None:
    page = signed_in(phone, live)
    meeting = call_and_invite_oneself(page)
    address = own_link(page, meeting)
    page.goto(meeting)
    settle(page, lambda: any(meeting in paths for paths in kept(page).values()), "the meeting")
    cut(page)
    page.locator("#rsvp").get_by_role("button", name="Datang").click()
    expect(page.locator(".toast")).to_contain_text("Tersimpan di HP")
    send(page)
    page.goto(meeting)
    expect(page.locator("#rsvp")).to_contain_text("Jawaban Anda: Datang")
    other = phone(java_script_enabled=False)
    other.goto(address)
    expect(other.locator("main")).to_contain_text("Jawaban Anda: Datang")
    other.locator("summary").click()
    other.locator("#alasan").fill("Dinas luar kota")
    other.get_by_role("button", name="Kirim izin").click()
    expect(other.locator("main")).to_contain_text("Jawaban Anda: Izin (Dinas luar kota)")
    page.goto(f"{meeting}/jawaban?tampil=izin")
    expect(page.locator(".rows")).to_contain_text("Izin: Dinas luar kota")

"""Follow-ups without network: done and not done and done again, and one that is written down at the meeting itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Live
from tests.browser.patience import all_sent, asked, settle
from tests.browser.test_kept import kept, signed_in
from tests.browser.test_rakor import meeting_id
from tests.browser.wire import cut, join

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
DONE = re.compile("^Selesai")  # the other one says "belum selesai"


def send(page: Page) -> None:
    """The network is back; everything goes out."""
    join(page)
    all_sent(page)
    assert asked(page, "simpul.outbox.sum().then(({ check }) => check)") == 0


def write_down(page: Page, words: str) -> None:
    """One for oneself, by the filter above the names."""
    form = page.locator("#tindak-baru")
    form.locator("[name=tugas]").fill(words)
    form.locator("[data-sift]").fill("kartika sari")
    expect(form.locator("[name=pemilik]")).to_have_value(
        page.evaluate("document.documentElement.dataset.user")
    )
    form.locator("[name=tenggat]").fill((date.today() + timedelta(days=3)).isoformat())
    form.get_by_role("button", name="Tambah tindak lanjut").click()


def test_done_without_network_is_done_once_when_it_is_back(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    minutes = f"/rapat/{meeting_id(page, live)}/notulen"
    page.goto(minutes)
    write_down(page, "Cetak surat kuasa")
    expect(page.locator("[data-promise]")).to_contain_text("Cetak surat kuasa")
    page.goto("/")
    row = page.locator("#tindak-lanjut [data-promise]", has_text="Cetak surat kuasa")
    expect(row).to_contain_text("Rakor saksi Jakarta Barat")
    settle(page, lambda: any("/" in paths for paths in kept(page).values()), "the first page")
    cut(page)
    row.get_by_role("button", name=DONE).click()
    expect(row.locator("[data-said]")).to_have_text("Selesai · di HP")
    row.get_by_role("button", name="Batalkan").click()
    expect(row.locator("[data-said]")).to_have_text("Belum selesai · di HP")
    expect(page.locator(".toast")).to_have_count(0)
    row.get_by_role("button", name=DONE).click()
    row.get_by_role("button", name="Batalkan").click()
    row.get_by_role("button", name=DONE).click()
    expect(row.get_by_role("button", name="Batalkan")).to_be_visible()
    page.goto("/")  # still without network
    expect(row.locator("[data-said]")).to_have_text("Selesai · di HP")
    expect(row.get_by_role("button", name="Batalkan")).to_be_visible()
    send(page)
    expect(row.locator("[data-said]")).to_contain_text("terkirim")
    page.goto("/")
    expect(page.locator("#tindak-lanjut [data-promise]").first).to_contain_text("lewat 2 hari")
    expect(row).to_have_count(0)
    page.goto(minutes)
    expect(page.locator("#tindak-lanjut .head")).to_contain_text("0 dari 1 belum selesai")


def test_what_is_written_down_without_network_stands_there_once(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    minutes = f"/rapat/{meeting_id(page, live)}/notulen"
    page.goto(minutes)
    settle(page, lambda: any(minutes in paths for paths in kept(page).values()), "the minutes")
    cut(page)
    page.goto(minutes)
    write_down(page, "Siapkan ruang")
    page.locator("#butir-baru [name=butir]").fill("Dua saksi tiap TPS.")
    page.get_by_role("button", name="Tambah butir").click()
    for words in ("Tindak lanjut: Siapkan ruang", "Keputusan: Dua saksi tiap TPS."):
        expect(page.locator("[data-waiting] li", has_text=words)).to_contain_text("di HP")
    page.goto(minutes)
    expect(page.locator("[data-waiting] li")).to_have_count(2)
    send(page)
    page.goto(minutes)
    expect(page.locator("[data-promise]")).to_have_count(1)
    expect(page.locator("[data-waiting] li")).to_have_count(0)
    assert "1. Dua saksi tiap TPS." in page.locator("#ringkasan").input_value()


def test_the_summary_is_copied_at_one_press(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/rapat/{meeting_id(page, live)}/notulen")
    page.get_by_role("button", name="Salin").click()
    expect(page.locator(".toast")).to_contain_text("Tersalin")
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.strip() == page.locator("#ringkasan").input_value().strip()
    assert text.startswith("*Rakor saksi Jakarta Barat*")

"""Bar 7: the tab is killed while a form is half filled."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.patience import settle
from tests.cast import KAPUK
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Line, reset
from tests.pictures import photo

NOTE = "Rapat kecil dengan 12 saksi.\nBu Rahayu minta formulir."
DRAFTS = "() => simpul.outbox.db('drafts', 'readonly', (kept) => kept.getAll())"
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    7,
    "the tab is killed (crash of its process, or closed) while a check-in is half filled",
    "restored: the place found by searching, the note, the number, the photo; then saved once",
)
@pytest.mark.parametrize("way", ["crash", "close"])
def test_a_killed_tab_gives_back_what_was_filled_in(
    way: str, handset: Callable[..., Handset], house: House, verdict: dict[str, object]
) -> None:
    phone = handset()
    page = phone.open("/check-in")
    _fill(page)
    _kill(page, way)

    page = phone.page = phone.tab("/check-in")
    form = page.locator("#checkin")
    expect(form.locator("[name=jenis][value=posko]")).to_be_checked()
    expect(form.locator(f"[name=tempat][value='{KAPUK}']")).to_be_checked()
    expect(form.locator("[name=catatan]")).to_have_value(NOTE)
    expect(form.locator("[name=orang]")).to_have_value("12")
    expect(form.locator(".shots img")).to_have_count(1)
    expect(form).to_contain_text("Isian Anda yang tadi dipulihkan")
    form.get_by_role("button", name="Simpan check-in").click()
    phone.until("sent", 1)
    ids = [item["id"] for item in phone.items()]
    assert house.effects(ids) == Counter(ids)
    [(place, note, met, photos)] = house.read(
        "SELECT region_code, note, people_met, (SELECT count(*) FROM check_in_photo WHERE check_in_id = check_in.id) "
        "FROM check_in ORDER BY id DESC LIMIT 1"
    )
    assert (place, note, met, photos) == (KAPUK, NOTE, 12, 1)
    assert page.evaluate(DRAFTS) == []
    verdict |= {"way": way, "says": f"{way}: place, note, number and photo restored, then saved once"}


@pytest.mark.bar(7, "the tab is killed while somebody new is half registered at a seat", "restored")
def test_a_killed_tab_gives_back_who_was_to_be_registered(
    handset: Callable[..., Handset], verdict: dict[str, object]
) -> None:
    phone = handset()
    page = phone.open("/tps/6/isi?slot=utama")
    page.locator("#nama").fill("Siti Aminah")
    page.locator("#telepon").fill("0812 3456 7890")
    settle(page, lambda: "0812 3456 7890" in str(page.evaluate(DRAFTS)), "the draft")
    _kill(page, "crash")
    page = phone.tab("/tps/6/isi?slot=utama")
    expect(page.locator("#nama")).to_have_value("Siti Aminah")
    expect(page.locator("#telepon")).to_have_value("0812 3456 7890")
    verdict["says"] = "name and number restored"


@pytest.mark.bar(
    7,
    "the tab is killed between the saving and the tidying up behind it",
    "saved once, no form to save it twice",
)
def test_a_form_that_was_saved_does_not_come_back(
    handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset()
    line.fate = reset
    page = phone.open("/check-in")
    _fill(page)
    page.evaluate(
        "() => { simpul.outbox.db = () => new Promise(() => {}); }"
    )  # whatever comes after the saving
    page.locator("#checkin").get_by_role("button", name="Simpan check-in").click()
    phone.until("wait", 1)
    _kill(page, "crash")
    page = phone.page = phone.tab("/check-in")
    page.wait_for_load_state("load")
    assert page.evaluate(DRAFTS) == []
    expect(page.locator("#checkin [name=catatan]")).to_have_value("")
    assert phone.states() == Counter(wait=1)
    verdict["says"] = "1 item, 0 drafts"


def _fill(page: Page) -> None:
    """A place that the page does not offer by itself, and everything else that a coordinator may add."""
    form = page.locator("#checkin")
    form.locator("[name=jenis][value=posko]").check(force=True)
    form.locator("[name=cari]").fill("kapuk")
    form.locator(".find button").click()
    expect(form.locator("[name=cari]")).to_have_attribute("value", "kapuk")  # the answer is there
    form.locator(f"[name=tempat][value='{KAPUK}']").check(force=True)
    form.locator("details summary").click()
    form.locator("[name=orang]").fill("12")
    form.locator("[name=catatan]").fill(NOTE)
    form.locator("[data-photos]").first.set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo(7)}
    )
    expect(form.locator(".shots img")).to_have_count(1)
    settle(page, lambda: any(draft["photos"] for draft in page.evaluate(DRAFTS)), "the draft")


def _kill(page: Page, way: str) -> None:
    if way == "crash":
        browser = page.context.browser
        assert browser is not None
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        with page.expect_event("crash"):
            for one in processes:
                if one["type"] == "renderer":
                    os.kill(one["id"], signal.SIGKILL)
    page.close(run_before_unload=False)

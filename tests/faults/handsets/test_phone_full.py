"""Bar 9: the browser refuses to keep any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.patience import settle
from tests.effort import a_few
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Line

NAME = "Siti Aminah"
REFUSE = """() => {
    const { add } = IDBObjectStore.prototype;
    window.makeRoom = () => { IDBObjectStore.prototype.add = add; };
    IDBObjectStore.prototype.add = function (...told) {
        if (this.name === "items") throw new DOMException("no room", "QuotaExceededError");
        return add.apply(this, told);
    };
}"""
PROBE = """() => simpul.outbox.note("probe", "x".repeat(9999)).then(() => "", (fault) => fault.name)"""
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    9,
    "the browser refuses to store: a refused write, and a real quota",
    "said in words, the form keeps its content, nothing is sent or called saved; with room again it saves",
)
@pytest.mark.parametrize("way", a_few(["refused", "quota"], 1))
def test_a_full_phone_says_so_and_keeps_the_form(
    way: str, handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset(service_workers="block")  # whose kept pages are room that can be made
    page = phone.open("/tps/5/isi?slot=luar")
    quota = phone.context.new_cdp_session(page)
    if way == "refused":
        page.evaluate(REFUSE)
    else:
        quota.send("Storage.overrideQuotaForOrigin", {"origin": line.url, "quotaSize": 1})
        # a browser may go by what it knew of its room for a while (Chromium 150 does)
        settle(page, lambda: page.evaluate(PROBE) == "QuotaExceededError", "the refusal")
    page.locator("#nama").fill(f"{NAME} {way}")
    page.get_by_role("button", name="Daftarkan dan tempatkan").click()
    alarm = page.locator("#orang-baru [role=alert]")
    expect(alarm).to_contain_text("HP ini tidak mau menyimpan lagi")
    expect(page.locator("#nama")).to_have_value(f"{NAME} {way}")
    expect(page.locator(".toast:visible")).to_have_count(0)
    assert phone.items() == []
    assert not [asked for asked in line.sendings if asked.items]
    assert not house.read("SELECT 1 FROM person WHERE name = ?", f"{NAME} {way}")

    if way == "refused":
        page.evaluate("() => makeRoom()")
    else:
        quota.send("Storage.overrideQuotaForOrigin", {"origin": line.url})
    page.get_by_role("button", name="Daftarkan dan tempatkan").click()
    page.wait_for_url("**/tps/5")
    assert phone.states() == Counter(sent=1)
    assert len(house.read("SELECT 1 FROM person WHERE name = ?", f"{NAME} {way}")) == 1
    verdict |= {"way": way, "says": f"{way}: said aloud, form kept, saved once there was room"}

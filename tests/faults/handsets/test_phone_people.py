"""Bar 5: the session is gone, or somebody else is signed in, while the queue of the first is full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.cast import ANI, CITRA
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Line, passed, reset

ITEMS = 50
MONTH = timedelta(days=30)
AGED = """async (ms) => {
    const { outbox, local } = simpul;
    const all = await outbox.list();
    const older = (at) => ({ saved_at: at - ms, happened_at: local(new Date(at - ms)) });
    await outbox.put(...all.map((item) => ({ ...item, ...older(item.saved_at) })));
}"""
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    5,
    "the session is revoked, its cookie is lost, or it is 30 days old, with 50 items queued",
    "nothing lost; the page asks to sign in on top of itself; then 50 of 50",
)
@pytest.mark.parametrize("ending", ["revoked", "no cookie", "30 days"])
def test_a_session_that_ended_costs_nothing_but_signing_in_again(
    ending: str,
    handset: Callable[..., Handset],
    house: House,
    line: Line,
    verdict: dict[str, object],
) -> None:
    device, cookie = house.device(ANI)
    phone = handset(None)
    phone.wear(cookie)
    line.cookies = False  # what is lost stays lost, however late the answer of before comes
    phone.open("/antrean")
    line.fate = reset
    ids = phone.save(ITEMS)
    if ending == "revoked":
        house.revoke(device)
    elif ending == "no cookie":
        phone.context.clear_cookies()
    else:
        long_ago = (datetime.now(UTC) - MONTH).strftime("%Y-%m-%d %H:%M:%S.%f")
        aged = "UPDATE device_session SET created_at = ?, last_seen_at = ? WHERE id = ?"
        house.write(aged, long_ago, long_ago, device.hex)
        phone.page.evaluate(AGED, MONTH.total_seconds() * 1000)
    line.fate = passed
    phone.send()
    if ending != "30 days":
        assert phone.states() == Counter(wait=ITEMS)
        assert phone.page.url.endswith("/antrean")
        expect(phone.page.locator("#masuk")).to_be_visible()
        assert not house.effects(ids)
        line.cookies = True
        phone.page.locator("#masuk a").click()
        phone.sign_in(ANI)
        assert phone.page.url.endswith("/antrean")
    phone.until("sent", ITEMS)
    assert house.effects(ids) == Counter(ids)
    verdict |= {
        "ending": ending,
        "items": ITEMS,
        "says": f"{ending}: {ITEMS} of {ITEMS} after signing in again",
    }


@pytest.mark.bar(
    5,
    "somebody else signs in on the same phone, the first one's tab still open",
    "nothing sent, nothing seen; when the first returns: all, under the right name",
)
def test_another_person_on_the_same_phone_neither_sends_nor_sees_it(
    handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset()
    line.fate = reset
    ids = phone.save(ITEMS)
    old = phone.page
    phone.context.clear_cookies()
    line.fate = passed
    other = phone.tab("/masuk")
    line.fate = reset  # the tab that has just opened must not be quicker than the test
    phone.sign_in(CITRA, other)
    line.fate = passed
    assert other.evaluate("() => simpul.outbox.user()") == str(CITRA.id)
    assert phone.items(other) == []
    theirs = phone.save(3, other)
    phone.send(other)
    phone.open("/antrean", other)
    expect(other.locator("#day li")).to_have_count(3)
    assert other.locator("#undone li").count() == 0
    expect(other.locator("#net")).not_to_contain_text("antre")

    phone.send(old)  # Ani's page, Citra's cookie
    assert phone.states(old) == Counter(wait=ITEMS)
    expect(old.locator("#masuk")).to_be_visible()
    assert not house.effects(ids, ANI) + house.effects(ids, CITRA)
    assert house.effects(theirs, CITRA) == Counter(theirs)

    old.close()
    phone.page = other
    phone.open("/keluar")
    phone.page.locator("main form button.main, main form .btn").first.click()
    phone.page.wait_for_url("**/masuk**")
    phone.sign_in(ANI)
    phone.until("sent", ITEMS)
    assert house.effects(ids, ANI) == Counter(ids)
    assert not house.effects(ids, CITRA)
    verdict |= {
        "items": ITEMS,
        "says": f"0 of {ITEMS} sent or seen meanwhile, then {ITEMS} of {ITEMS} under the right name",
    }

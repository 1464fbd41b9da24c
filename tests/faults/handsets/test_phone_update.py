"""Bar 13: a new version comes while phones hold queues that the old one made."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.patience import settle
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Line, passed, reset
from tests.faults.handsets.release import NEW_STORE, next_version

ITEMS = 20
SEAT = "/tps/4/isi?slot=luar"
READY = "() => navigator.serviceWorker.ready.then(() => true)"
DATABASE = """async () => {
    const db = await new Promise((done) => {
        const request = indexedDB.open("simpul");
        request.onsuccess = () => done(request.result);
    });
    const told = [db.version, ...db.objectStoreNames];
    db.close();
    return told;
}"""
BUILDS = "async () => (await caches.keys()).filter((name) => name.startsWith('simpul-static-')).length"
TAKE_OVER = """async () => {
    const known = await navigator.serviceWorker.ready;
    await known.update();
    for (const worker of [known.installing, known.waiting]) if (worker) worker.postMessage({ type: "skip" });
}"""
pytestmark = pytest.mark.browser


@pytest.mark.bar(
    13,
    "an update (worker, schema of the phone's database, a form field) with 20 items queued and an old tab open",
    "all delivered, the old tab goes on working",
)
def test_an_update_delivers_the_queue_of_the_version_before(
    handset: Callable[..., Handset], house: House, line: Line, tmp_path: Path, verdict: dict[str, object]
) -> None:
    phone = handset()
    old = phone.page
    old.evaluate(READY)
    phone.open(SEAT)
    line.fate = reset
    ids = phone.save(ITEMS)
    old.locator("#nama").fill("Siti Rahayu")
    with next_version(tmp_path, house.environment) as running:
        assert _build(running.port) != _build(house.port)
        line.upstream = running.port
        new = phone.tab(SEAT)
        expect(new.locator("[name=sumber]")).to_have_count(1)
        expect(new.locator("#nama")).to_have_value("Siti Rahayu")  # the draft came along
        assert len(phone.items(new)) == ITEMS
        assert new.evaluate(DATABASE) == [2, "blobs", "drafts", "items", NEW_STORE, "meta"]
        ids += phone.save(5, old)  # the old tab, beside a schema that it does not know
        ids += phone.save(5, new)
        new.evaluate(TAKE_OVER)
        settle(new, lambda: new.evaluate(BUILDS) == 2, "the other build")
        line.fate = passed
        phone.deliver(ITEMS + 10, new)
        assert phone.states(old) == Counter(sent=ITEMS + 10)
        ids += phone.save(5, old)
        phone.deliver(ITEMS + 15, old)
        assert house.effects(ids) == Counter(ids)
        old.get_by_role("button", name="Daftarkan dan tempatkan").click()  # a form without the new field
        old.wait_for_url("**/tps/4")
        assert len(house.read("SELECT 1 FROM person WHERE name = 'Siti Rahayu'")) == 1
    verdict |= {"items": len(ids), "says": f"{len(ids)} of {len(ids)}, also from the old tab, and its form"}


def _build(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=120) as answer:
        return str(json.load(answer)["build"])

"""Bar 4: whatever answers instead of our server, or does not answer at all, nothing leaves the queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.faults.conftest import FULL
from tests.faults.handsets.handset import Handset
from tests.faults.handsets.house import House
from tests.faults.handsets.line import Asked, Fate, Line, cut, hang, lost, passed, reset, says, too_large

ITEMS = 50 if FULL else 12
PORTAL = b"<!doctype html><title>Wi-Fi gratis</title><form action=/login><button>Masuk</button></form>"
JSON = "application/json"
ANSWERS: dict[str, Fate] = {
    "portal": says("200 OK", PORTAL),
    "other json": says("200 OK", b'{"ok": true, "items": []}', JSON),
    "verdicts of others": says(
        "200 OK", b'{"verdicts": [{"id": "x", "verdict": "diterima", "receipt": "AAA-AAA"}]}', JSON
    ),
    "empty verdicts": says("200 OK", b'{"verdicts": [], "unknown": []}', JSON),
    "null": says("200 OK", b"null", JSON),
    "empty 200": says("200 OK"),
    "204": says("204 No Content"),
    "302 here": says("302 Found", Location="/masuk?lanjut=/kirim"),
    "302 elsewhere": says("302 Found", Location="http://localhost:1/login"),
    "307 elsewhere": says("307 Temporary Redirect", Location="http://localhost:1/login"),
    "401": says("401 Unauthorized", b"Masuk dulu untuk melanjutkan.", "text/plain"),
    "403": says("403 Forbidden", PORTAL),
    "404": says("404 Not Found", PORTAL),
    "409": says("409 Conflict", PORTAL),
    "413": says("413 Payload Too Large", PORTAL),
    "422": says("422 Unprocessable Content", b'{"error": "?"}', JSON),
    "429": says("429 Too Many Requests", PORTAL, Retry_After=60),
    "500": says("500 Internal Server Error", PORTAL),
    "502": says("502 Bad Gateway", PORTAL),
    "503": says("503 Service Unavailable", PORTAL, Retry_After=60),
    "504": says("504 Gateway Timeout", PORTAL),
    "511": says("511 Network Authentication Required", PORTAL),
    "cut": cut,
    "lost": lost,
    "reset": reset,
    "hang": hang,
}  # fmt: skip
IMPATIENT = (
    "() => { const real = setTimeout; window.setTimeout = (work, ms) => real(work, ms > 9999 ? 400 : ms); }"
)
pytestmark = pytest.mark.browser
MUST = "nothing leaves the queue or is shown as sent; with a good line again each item arrives exactly once"


@pytest.mark.bar(
    4, "a portal's page, a foreign JSON, a redirect, 4xx, 5xx, a cut answer, a reset or nothing at all", MUST
)
def test_nothing_leaves_the_queue_without_our_own_verdict(
    handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset()
    line.fate = reset
    ids = phone.save(ITEMS)
    phone.open("/antrean")
    phone.page.evaluate(IMPATIENT)
    for name, fate in ANSWERS.items():
        line.fate, before = fate, len(line.sendings)
        phone.send()
        assert len(line.sendings) > before, name
        assert phone.states() == Counter(wait=ITEMS), name
        phone.says(f"{ITEMS} antre")
        assert "Semua terkirim" not in phone.page.locator("main").inner_text(), name
        assert phone.page.locator("#day li").count() == 0, name
    tries = len(line.sendings)
    line.fate = passed
    phone.deliver(ITEMS)
    phone.says("Terkirim")
    assert house.effects(ids) == Counter(ids)
    verdict |= {"answers": len(ANSWERS), "items": ITEMS, "tries": tries}
    verdict["says"] = (
        f"{len(ANSWERS)} answers to {tries} sendings of {ITEMS} items: 0 left the queue, then {ITEMS} of {ITEMS} once"
    )


@pytest.mark.bar(
    4, "413 from a proxy for more than 3 items at once, also after failures", "halved and delivered"
)
def test_a_batch_that_is_too_large_is_halved(
    handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset()
    line.fate = reset
    ids = phone.save(20)
    phone.page.evaluate("async () => { for (let i = 0; i < 5; i++) await simpul.outbox.send(); }")
    assert phone.states() == Counter(wait=20)
    line.fate = too_large(3)
    phone.page.evaluate("() => simpul.outbox.send()")  # by itself: nobody presses a button
    assert phone.states() == Counter(sent=20)
    assert house.effects(ids) == Counter(ids)
    verdict |= {"items": 20, "sendings": len(line.sendings)}


@pytest.mark.bar(
    4, "5 items at the head of the queue that break whoever takes them (500)", "the others get through"
)
def test_poisoned_items_do_not_hold_up_the_others(
    handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset()
    line.fate = reset
    poisoned = set(phone.save(5))
    ids = phone.save(20)
    broken = says("500 Internal Server Error")

    def poison(line: Line, asked: Asked, phone: object) -> None:
        (broken if poisoned & set(asked.items) else passed)(line, asked, phone)  # type: ignore[arg-type]

    line.fate = poison
    for _ in range(8):
        phone.page.evaluate("() => simpul.outbox.send()")
    assert phone.states() == Counter(sent=20, wait=5)
    assert house.effects(ids) == Counter(ids)
    verdict |= {"items": 25, "poisoned": 5}


@pytest.mark.bar(4, "429 and 503 with Retry-After", "the phone waits that long, then delivers")
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_the_phone_waits_as_long_as_it_was_told(
    status: str, handset: Callable[..., Handset], house: House, line: Line, verdict: dict[str, object]
) -> None:
    phone = handset()
    busy = says(status, Retry_After=1)

    def once(line: Line, asked: Asked, phone: object) -> None:
        line.fate = passed
        busy(line, asked, phone)  # type: ignore[arg-type]

    line.fate = once
    ids = phone.save(3)
    phone.page.evaluate("() => simpul.outbox.send()")
    phone.page.evaluate("() => simpul.outbox.send()")  # what the next tap would do
    phone.until("sent", 3)
    again = [asked.at for asked in line.sendings if asked.items]
    assert len(again) == 2
    waited = again[1] - again[0]
    assert waited > 1
    assert house.effects(ids) == Counter(ids)
    verdict |= {"status": status[:3], "told": 1, "waited": round(waited, 1)}

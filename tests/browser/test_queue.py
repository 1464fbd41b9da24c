"""The outbox page and the number in the header: what the phone holds, said as it is and not better."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Live, sign_in
from tests.browser.patience import settle
from tests.browser.test_rakor import AGAIN
from tests.browser.wire import cut, join

pytestmark = pytest.mark.browser
WIB = timezone(timedelta(hours=7))
HOUR, DAY = 3_600_000, 86_400_000
ALONE = {"service_workers": "block"}
PUT = """items => simpul.outbox.put(...items.map((item) => ({user: simpul.outbox.user(), ...item})))"""
PUT_BLOB = """([sha, bytes, item]) => simpul.outbox.db("blobs", "readwrite", (blobs) => blobs.put({
    key: simpul.outbox.user() + "/" + sha, user: simpul.outbox.user(), sha, item, have: 0, done: false,
    blob: new Blob([new Uint8Array(bytes).fill(65)], {type: "image/jpeg"})}))"""
BOXES = """() => Array.from(document.querySelectorAll("#net, .act .btn"),
    (one) => one.getBoundingClientRect().toJSON())"""  # at one moment: rows are painted anew in between
ON_2G = "Object.defineProperty(navigator, 'connection', {value: {saveData: true, addEventListener() {}}})"
RECORD = """() => {
    const note = document.getElementById("note");
    window.said = [];
    new MutationObserver(() => { if (!note.hidden) window.said.push(note.innerText.trim()); })
        .observe(note, {attributes: true, childList: true, subtree: true, characterData: true});
}"""


def now() -> int:
    """Milliseconds, as the phone has them."""
    return int(time.time() * 1000)


def day_of(ms: int) -> datetime:
    """As the phone's wall clock shows it."""
    return datetime.fromtimestamp(ms / 1000, WIB)


def hour(ms: int) -> str:
    return f"{day_of(ms):%H.%M}"


def item(n: int, state: str = "wait", **changes: Any) -> dict[str, Any]:
    """One row of the store; the default is a check-in that waits, saved `n` seconds after the first."""
    saved = changes.pop("saved_at", now() - 60_000) + n
    told = {
        "id": f"01930000-0000-7000-8000-{n:012d}", "kind": "checkin", "what": f"Check-in: posko {n}",
        "fields": {"jenis": "posko", "tempat": "31.73.01.1005"}, "where": "Kapuk", "url": "/check-in",
        "state": state, "offset": "420", "saved_at": saved, "photos": [],
        "happened_at": day_of(saved).isoformat(timespec="milliseconds"),
    }  # fmt: skip
    if state == "sent":
        told |= {"verdict": "diterima", "receipt": f"K7M-{n:03d}", "sent_at": saved + 1000}
    if state == "check":
        told |= {"verdict": "perlu diperiksa", "receipt": f"K7M-{n:03d}", "sent_at": saved + 1000}
        told |= {"reason": "Kursi ini sudah diganti Wahyu Nugroho pukul 09.10."}
    return told | changes


class Queue:
    """The page of one phone whose server cannot be reached, until a test lets it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bodies: list[dict[str, Any]] = []
        self.answer: Callable[[Route], None] = lambda route: route.abort()
        page.context.route("**/kirim", self._take)

    def _take(self, route: Route) -> None:
        self.bodies.append(route.request.post_data_json)
        self.answer(route)

    def open(self, *items: dict[str, Any]) -> None:
        self.page.goto("/antrean")
        if items:
            self.page.evaluate(PUT, list(items))

    def row(self, words: str) -> Any:
        return self.page.locator("li", has_text=words)

    def accept(self, route: Route) -> None:
        """As our server does."""
        told = [
            {"id": one["id"], "verdict": "diterima", "receipt": "K7M-2Q4", "reason": None}
            for one in route.request.post_data_json.get("items", [])
        ]
        route.fulfill(json={"verdicts": told, "unknown": []})


@pytest.fixture(scope="module")
def live(one_server: Live) -> Live:
    """One server for all of them."""
    return one_server


@pytest.fixture
def queue(phone: Callable[..., Page], live: Live) -> Queue:
    page = phone(**ALONE)
    sign_in(page, live, "coordinator")
    return Queue(page)


def test_every_state_is_said_in_words(queue: Queue) -> None:
    checked, waiting, sent = item(1, "check"), item(2), item(3, "sent", saved_at=now() - 2000)
    queue.open(checked, waiting, sent)
    expect(queue.page.locator("#undone h2")).to_have_text("Belum selesai, 2")
    look = queue.row("posko 1")
    expect(look).to_contain_text("Perlu diperiksa")
    expect(look).to_contain_text("sudah diganti Wahyu Nugroho")
    expect(look.get_by_role("link", name="Buka")).to_have_attribute("href", "/check-in")
    expect(queue.row("posko 2")).to_contain_text("Menunggu")
    expect(queue.row("posko 2")).to_contain_text(f"Kapuk · tadi {hour(waiting['saved_at'])}")
    expect(queue.page.locator("#day h2")).to_have_text("Terkirim hari ini, 1")
    expect(queue.row("posko 3")).to_contain_text("kode K7M-003")
    expect(queue.row("posko 3").locator(".end")).to_have_text(f"Terkirim{hour(sent['sent_at'])}")
    expect(queue.page.locator("#safe")).to_have_text("2 catatan aman di HP ini.")
    expect(queue.page.locator("#net")).to_have_text("1 antre")
    expect(queue.page.locator(".top")).to_have_class("top wait")


def test_what_is_on_its_way_says_so(queue: Queue) -> None:
    held: list[Route] = []
    queue.answer = held.append
    queue.open(item(1))
    queue.page.get_by_role("button", name="Kirim sekarang").click()
    expect(queue.row("posko 1")).to_contain_text("Mengirim")
    settle(queue.page, lambda: held, "the request")
    queue.answer = queue.accept
    queue.accept(held[0])
    expect(queue.page.locator("#day")).to_contain_text("kode K7M-2Q4")
    expect(queue.page.locator(".toast")).to_contain_text("1 terkirim")
    expect(queue.page.locator("#note")).to_contain_text("Semua terkirim. Terakhir terkirim")
    expect(queue.page.locator("#net")).to_contain_text("Terkirim")


def test_an_older_day_is_named(queue: Queue) -> None:
    queue.open(item(1, saved_at=now() - 3 * DAY))
    expect(queue.row("posko 1")).to_contain_text(f"{day_of(now() - 3 * DAY).year}")
    expect(queue.row("posko 1")).not_to_contain_text("tadi")


def test_all_sent_is_never_said_while_a_row_is_left(queue: Queue) -> None:
    queue.open(item(2, "sent"))
    expect(queue.page.locator("#safe")).to_have_text("Semua terkirim.")
    for left in (item(1), item(1, "check"), item(1, receipt="K7M-001", photos=["a" * 64])):
        queue.page.evaluate(PUT, [left])
        expect(queue.page.locator("#safe")).to_have_text("1 catatan aman di HP ini.")
        queue.page.evaluate(
            "id => simpul.outbox.get(id).then((item) => simpul.outbox.remove(item))", left["id"]
        )
        expect(queue.page.locator("#safe")).to_have_text("Semua terkirim.")


def test_what_another_tab_saves_during_a_sending_keeps_all_sent_unsaid(queue: Queue) -> None:
    held: list[Route] = []
    queue.answer = held.append
    queue.open(item(1))
    other = queue.page.context.new_page()
    other.goto("/lainnya")
    queue.page.bring_to_front()
    queue.page.evaluate(RECORD)
    queue.page.get_by_role("button", name="Kirim sekarang").click()
    expect(queue.row("posko 1")).to_contain_text("Mengirim")
    settle(queue.page, lambda: held, "the request")
    other.evaluate(PUT, [item(2)])
    queue.answer = lambda route: route.abort()
    queue.accept(held[0])
    expect(queue.page.locator("#day")).to_contain_text("posko 1")
    expect(queue.page.locator("#undone")).to_contain_text("posko 2")
    expect(queue.page.locator("#note")).to_contain_text("1 catatan aman")
    assert not [words for words in queue.page.evaluate("said") if "Semua" in words]
    expect(other.locator("#net")).to_have_text("1 antre")


def test_photos_wait_for_wifi_and_say_how_heavy_they_are(phone: Callable[..., Page], live: Live) -> None:
    page = phone(**ALONE)
    page.add_init_script(ON_2G)
    sign_in(page, live, "coordinator")
    queue = Queue(page)
    queue.open()
    page.evaluate(PUT_BLOB, ["a" * 64, 150 * 1024, item(1)["id"]])
    page.evaluate(PUT_BLOB, ["b" * 64, 162 * 1024, item(1)["id"]])
    page.evaluate(PUT, [item(1, receipt="K7L-981", photos=["a" * 64, "b" * 64])])
    expect(queue.row("posko 1")).to_contain_text("Menunggu Wi-Fi")
    expect(queue.row("posko 1")).to_contain_text("2 foto · 312 KB")
    expect(page.locator("#wifi")).to_have_text("Foto menunggu Wi-Fi. Kirim sekarang mengirim semuanya.")
    expect(page.locator("#net")).to_have_text("1 antre")


def test_the_button_says_what_came_of_it(queue: Queue) -> None:
    queue.open(item(1))
    send = queue.page.get_by_role("button", name="Kirim sekarang")
    queue.answer = lambda route: route.fulfill(status=503)
    send.click()
    expect(queue.page.locator(".toast")).to_contain_text("Belum bisa terkirim: tetap aman di HP ini")
    queue.page.locator(".toast").evaluate("toast => toast.remove()")
    queue.page.wait_for_timeout(AGAIN)
    queue.answer = lambda route: route.abort()
    send.click()
    expect(queue.page.locator(".toast")).to_contain_text("Belum ada sinyal: tetap aman di HP ini")
    queue.page.locator(".toast").evaluate("toast => toast.remove()")
    queue.page.wait_for_timeout(AGAIN)
    queue.answer = lambda route: route.fulfill(status=401, body="Masuk dulu")
    send.click()
    expect(queue.page.locator(".toast", has_text="Masuk lagi untuk mengirim")).to_be_visible()
    expect(queue.page.get_by_role("link", name="Masuk")).to_have_attribute("href", "/masuk?lanjut=%2Fantrean")
    expect(queue.row("posko 1")).to_contain_text("Menunggu")


def test_done_moves_a_row_and_can_be_undone(queue: Queue) -> None:
    queue.open(item(1, "check"))
    expect(queue.page.locator("#net")).to_have_text("1 perlu dilihat")
    done = queue.page.get_by_role("button", name="Selesai: Check-in: posko 1")
    done.focus()
    queue.page.keyboard.press("Enter")
    expect(queue.page.locator("#day")).to_contain_text("Sudah dilihat")
    expect(queue.page.locator("#undone")).to_be_hidden()
    expect(queue.page.locator("#isi")).to_be_focused()
    queue.page.get_by_role("button", name="Batalkan").click()
    expect(queue.page.locator("#undone")).to_contain_text("Perlu diperiksa")
    expect(done).to_be_visible()
    kept = queue.page.evaluate("simpul.outbox.list()")
    assert [one["state"] for one in kept] == ["check"]


def test_focus_stays_in_a_row_while_others_change(queue: Queue) -> None:
    queue.open(item(1, "check"), item(2))
    queue.page.get_by_role("button", name="Selesai: Check-in: posko 1").focus()
    queue.page.evaluate(PUT, [item(3)])
    expect(queue.row("posko 3")).to_be_visible()
    expect(queue.page.get_by_role("button", name="Selesai: Check-in: posko 1")).to_be_focused()


def test_seven_days_of_what_was_sent(queue: Queue) -> None:
    queue.open(
        item(1, "sent"), item(2, "sent", saved_at=now() - 6 * DAY), item(3, "sent", saved_at=now() - 8 * DAY)
    )
    expect(queue.page.locator("#day h2")).to_have_text("Terkirim hari ini, 1")
    expect(queue.page.locator("#older summary")).to_have_text("Lihat semua 7 hari, 1 lagi")
    queue.page.locator("#older summary").click()
    expect(queue.row("posko 2")).to_be_visible()
    assert queue.row("posko 3").count() == 0
    queue.page.reload()
    expect(queue.page.locator("#day")).to_be_visible()
    queue.page.wait_for_function("async () => (await simpul.outbox.list()).length === 2")


def test_the_copy_holds_what_is_needed_and_nobody_elses(queue: Queue, tmp_path: Path) -> None:
    queue.open(
        item(1, "check"), item(2, photos=["a" * 64, "b" * 64]), item(3, "sent"),
        item(4, "sent", saved_at=now() - 8 * DAY), item(5, user="999999", what="Rahasia orang lain"),
    )  # fmt: skip
    queue.page.evaluate(PUT_BLOB, ["a" * 64, 1000, item(2)["id"]])
    queue.page.evaluate(PUT_BLOB, ["b" * 64, 4_000_000, item(2)["id"]])
    expect(queue.row("posko 2")).to_be_visible()
    with queue.page.expect_download() as caught:
        queue.page.get_by_role("button", name="Salinan").click()
    assert caught.value.suggested_filename == f"simpul-antrean-{day_of(now()):%Y-%m-%d}.json"
    caught.value.save_as(tmp_path / "copy.json")
    text = (tmp_path / "copy.json").read_text()
    copy = json.loads(text)
    assert "bukan bukti" in copy["tentang"]
    assert "Rahasia" not in text
    found = {key: [one["what"][-1] for one in copy[key]] for key in ("diperiksa", "menunggu", "terkirim")}
    assert found == {"diperiksa": ["1"], "menunggu": ["2"], "terkirim": ["3"]}
    assert copy["menunggu"][0]["fields"]["tempat"] == "31.73.01.1005"
    small, large = sorted(copy["foto"], key=lambda photo: str(photo["sha"]))
    assert small["blob"].startswith("data:image/jpeg;base64,QUFB")
    assert large["blob"] == 4_000_000


def test_somebody_elses_rows_are_nowhere(queue: Queue) -> None:
    queue.open(item(1, user="999999", what="Rahasia orang lain"))
    expect(queue.page.locator("#empty")).to_contain_text("Tidak ada yang menunggu")
    assert "Rahasia" not in queue.page.content()
    expect(queue.page.locator("#net")).to_have_text("Daring")


def test_a_draft_leads_back_to_its_form(queue: Queue) -> None:
    queue.page.goto("/check-in")
    queue.page.locator("main form[data-outbox] input[type=radio]").first.check(force=True)
    queue.page.wait_for_function(
        "async () => (await simpul.outbox.db('drafts', 'readonly', (kept) => kept.getAll())).length"
    )
    queue.open()
    expect(queue.page.locator("#undone h2")).to_have_text("Belum selesai, 1")
    expect(queue.row("Isian belum disimpan: Check-in")).to_be_visible()
    queue.row("Isian").get_by_role("link").click()
    queue.page.wait_for_url("**/check-in")


def test_five_hundred_rows_show_the_first_hundred(queue: Queue) -> None:
    queue.open(*(item(n) for n in range(500)))
    expect(queue.page.locator("#undone h2")).to_have_text("Belum selesai, 500")
    assert queue.page.locator("#undone li").count() == 100
    expect(queue.page.locator("#undone")).to_contain_text("dan 400 lagi.")
    expect(queue.page.locator("#net")).to_have_text("500 antre")


def test_a_phone_without_signal_keeps_the_number(queue: Queue) -> None:
    queue.page.clock.install()
    queue.open()
    expect(queue.page.locator("#net")).to_have_text("Daring")
    queue.page.clock.run_for(2500)  # so long a state must last before another is worth saying aloud
    cut(queue.page)
    queue.page.evaluate("dispatchEvent(new Event('offline'))")  # a reason to ask; the answer is the wire's
    expect(queue.page.locator("#net")).to_have_text("Tanpa sinyal")
    queue.page.evaluate(PUT, [item(1), item(2)])
    expect(queue.page.locator("#net")).to_have_text("2 antre")
    expect(queue.page.locator(".top")).to_have_class("top cut wait")
    expect(queue.page.locator("#net-kata")).to_have_text("2 antre")
    join(queue.page)
    queue.page.evaluate("dispatchEvent(new Event('online'))")
    expect(queue.page.locator(".top")).to_have_class("top wait")


def test_nothing_overflows(queue: Queue) -> None:
    what = "Hadir: Raden Ajeng Sitinurhaliza Kusumaningrat-Prawirodirdjo"
    where = "Rakor persiapan saksi Kecamatan Cengkareng"
    queue.open(item(1, "check", what=what, where=where), item(2), item(3, "sent"))
    expect(queue.row("Raden")).to_be_visible()
    for width, size in ((360, "106.25%"), (360, "212.5%"), (320, "212.5%")):
        queue.page.set_viewport_size({"width": width, "height": 640})
        queue.page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert queue.page.evaluate("document.documentElement.scrollWidth") <= width
        boxes = queue.page.evaluate(BOXES)
        assert len(boxes) == 5
        assert all(box["left"] >= 0 and box["right"] <= width and box["height"] >= 48 for box in boxes), boxes


def test_without_script_the_header_is_a_plain_link(phone: Callable[..., Page], live: Live) -> None:
    page = phone(java_script_enabled=False)
    sign_in(page, live, "coordinator")
    page.locator("#net", has_text="Antrean").click()
    expect(page.locator("h1")).to_have_text("Antrean")
    expect(page.locator("#aksi")).to_be_hidden()

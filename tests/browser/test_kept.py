"""Pages kept on the phone: what opens without network, for whom, how long, and how a new version comes."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.between import Between, between
from tests.browser.conftest import FLAGS, Live, sign_in
from tests.browser.patience import PATIENCE_MS, settle
from tests.browser.wire import WIRES, cut
from tests.clock import of_a_browser

pytestmark = pytest.mark.browser
Phone = Callable[..., Page]
DAY_MS = 864e5
KEYS = """async () => {
    const kept = {};
    for (const name of await caches.keys()) {
        if (!name.startsWith("simpul-pages-")) continue;
        const keys = await (await caches.open(name)).keys();
        kept[name.slice(13)] = keys.map((key) => new URL(key.url).pathname).filter((path) => path !== "/simpan");
    }
    return kept;
}"""
STAMP = "async (path) => (await caches.match(path, { ignoreVary: true })).headers.get('X-Simpul-At')"
POST = """() => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/uji" });
    document.body.append(form);
    setTimeout(() => form.submit());
}"""


@pytest.fixture(scope="module")
def live(one_server: Live) -> Live:
    """One server for all of them."""
    return one_server


@pytest.fixture
def way(live: Live) -> Iterator[Between]:
    """What lies between the phone and the server."""
    with between(live.url) as made:
        yield made


def stamp_of(page: Page, path: str) -> str:
    """When the copy of this page was made."""
    found: str = page.evaluate(STAMP, path)
    return found


def kept(page: Page) -> dict[str, list[str]]:
    """Which pages the phone has, by person."""
    found: dict[str, list[str]] = page.evaluate(KEYS)
    return found


def signed_in(phone: Phone, live: Live, role: str = "coordinator", **options: Any) -> Page:
    """A phone in the hands of `role`, its worker in charge."""
    page = phone(**options)
    page.goto("/masuk")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    sign_in(page, live, role)
    return page


def warmed(phone: Phone, live: Live, role: str = "coordinator", **options: Any) -> Page:
    """The same, when the pages of the day have come."""
    page = signed_in(phone, live, role, **options)
    settle(
        page,
        lambda: any("/cakupan/31.73" in paths for paths in kept(page).values()),
        "the last of the day's pages",
    )
    return page


def age(page: Page, days: float) -> None:
    """Make every kept page older."""
    page.evaluate(
        """async (ms) => {
            for (const name of await caches.keys()) {
                if (!name.startsWith("simpul-pages-")) continue;
                const cache = await caches.open(name);
                for (const key of await cache.keys()) {
                    const copy = await cache.match(key, { ignoreVary: true });
                    const headers = new Headers(copy.headers);
                    headers.set("X-Simpul-At", headers.get("X-Simpul-At") - ms);
                    await cache.put(key, new Response(await copy.text(), { headers }));
                }
            }
        }""",
        days * DAY_MS,
    )


def test_it_opens_from_the_home_screen_without_network(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    settle(page, lambda: any("/" in paths for paths in kept(page).values()), "the first page")
    start = json.loads(page.context.request.get("/manifest.webmanifest").text())["start_url"]
    cut(page)
    page.goto(start)
    expect(page.locator("#hari-ini")).to_be_visible()
    expect(page.locator(".top + .note")).to_have_text(
        re.compile(r"^Data per \d\d\.\d\d · tanpa sinyal$"), use_inner_text=True
    )


def test_todays_list_is_there_though_it_was_never_opened(phone: Phone, live: Live) -> None:
    page = warmed(phone, live)
    cut(page)
    page.goto("/")
    page.locator(".act .btn.main").click()
    expect(page.locator("h1")).to_have_text("Hadir")
    expect(page.locator("#daftar > li")).to_have_count(63)
    page.goto("/cakupan")
    expect(page.locator("#region")).to_be_visible()


def test_what_is_not_on_the_phone_is_said_to_be_missing(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    cut(page)
    page.goto("/akun/perangkat")
    expect(page.get_by_role("heading", name="Tidak ada sinyal")).to_be_visible()
    page.get_by_role("link", name="Beranda").click()
    expect(page.locator("#hari-ini")).to_be_visible()


def test_a_page_of_yesterday_says_which_day_it_is_of(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    settle(page, lambda: kept(page))
    age(page, 1)
    cut(page)
    page.goto("/")
    expect(page.locator(".top + .note")).to_have_text(re.compile(r"Data per \d+ \w+ \d{4} \d\d\.\d\d"))


def test_after_a_week_it_is_shown_no_more_and_gone(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    settle(page, lambda: kept(page))
    age(page, 7.01)
    cut(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Tidak ada sinyal")).to_be_visible()
    assert not any(kept(page).values())


def test_more_than_a_megabyte_is_never_kept_and_the_oldest_goes_first(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    settle(page, lambda: kept(page))
    page.evaluate(
        """async () => {
            const name = (await caches.keys()).find((one) => one.startsWith("simpul-pages-"));
            const cache = await caches.open(name);
            for (let n = 1; n < 12; n++) {
                const headers = { "X-Simpul-At": Date.now() - n * 1000, "X-Simpul-Size": 1e5 };
                await cache.put("/besar/" + n, new Response("x".repeat(1e5), { headers }));
            }
        }"""
    )
    page.goto("/lainnya")
    settle(page, lambda: "/besar/11" not in next(iter(kept(page).values())), "room")
    paths = next(iter(kept(page).values()))
    assert "/lainnya" in paths and "/besar/1" in paths


def test_a_slow_line_shows_the_kept_page_and_offers_the_new_one_when_it_comes(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    answer = way.hold("/rapat")
    way.changed["/rapat"] = lambda source: source.replace(b"<main", b'<main data-new="1"')
    page.goto("/rapat")
    note = page.locator(".top + .note")
    expect(note).to_have_text(re.compile(r"^Data per \d\d\.\d\d$"), use_inner_text=True)  # the line is there
    stamp = page.locator("html").get_attribute("data-kept")
    below = page.locator("main").bounding_box()
    answer.set()
    expect(note.get_by_role("button")).to_have_text("Muat ulang")
    assert stamp_of(page, "/rapat") != stamp
    assert page.locator("main").bounding_box() == below, "nothing moves under the thumb"
    answer = way.hold("/rapat")
    note.get_by_role("button").click()
    expect(page.locator("main[data-new]")).to_be_visible()
    assert note.count() == 0, "it is on the phone already, whatever the line does"
    page.goto("/rapat")
    expect(note).to_contain_text("Data per")  # once only: the next time the line is asked again
    answer.set()


def test_after_a_form_no_page_from_before_it_is_shown_however_slow_the_line_is(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    way.instead["/uji"] = (303, {"Location": "/rapat"}, b"")
    answer = way.hold("/rapat")
    page.evaluate(POST)
    settle(page, lambda: "/rapat" in way.seen, "the way on")
    page.wait_for_timeout(5000)
    assert not page.url.endswith("/rapat"), "a page that was kept before says nothing of what was just done"
    answer.set()
    page.wait_for_url("**/rapat")
    assert page.locator("html").get_attribute("data-kept") is None


@pytest.mark.parametrize("comes", ["before the form", pytest.param("after the form", marks=pytest.mark.full)])
def test_a_page_that_was_asked_for_before_a_form_is_not_shown_as_the_page_after_it(
    phone: Phone, live: Live, way: Between, comes: str
) -> None:
    page = warmed(phone, live, base_url=way.url)
    answer = way.hold("/rapat")
    page.goto("/rapat")
    note = page.locator(".top + .note")
    expect(note).to_contain_text("Data per")
    stamp = stamp_of(page, "/rapat")
    if comes == "before the form":
        answer.set()
        expect(note.get_by_role("button")).to_have_text("Muat ulang")
    way.instead["/uji"] = (303, {"Location": "/rapat"}, b"")
    way.changed["/rapat"] = lambda source: source.replace(b"<main", b'<main data-new="1"')
    form = way.hold("/uji")
    page.evaluate(POST)
    settle(page, lambda: "/uji" in way.seen, "the form")
    answer.set()
    (worker,) = page.context.service_workers  # the page itself is on its way out
    settle(page, lambda: worker.evaluate(STAMP, "/rapat") != stamp, "the page from before")
    form.set()
    expect(page.locator("main[data-new]")).to_be_visible()


@pytest.mark.full
def test_a_page_that_came_late_and_from_before_a_sending_is_asked_for_once_more(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    answer = way.hold("/rapat")
    page.goto("/rapat")
    expect(page.locator(".top + .note")).to_contain_text("Data per")
    way.instead["/uji"] = (200, {"Content-Type": "application/json"}, b"{}")
    page.evaluate("() => fetch('/uji', { method: 'POST' })")
    way.changed["/rapat"] = lambda source: source.replace(b"<main", b'<main data-new="1"')
    answer.set()
    page.locator(".top + .note .fresh").click()
    expect(page.locator("main[data-new]")).to_be_visible()


@pytest.mark.full
def test_after_a_form_that_came_back_a_link_is_no_more_patient_than_any_other(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    way.instead["/uji"] = (422, {"Content-Type": "text/html"}, b"<html><a href=/rapat>Rapat</a></html>")
    page.evaluate(POST)
    answer = way.hold("/rapat")
    page.get_by_role("link", name="Rapat").click()
    expect(page.locator(".top + .note")).to_contain_text("Data per", timeout=PATIENCE_MS)
    answer.set()


def test_after_a_form_a_line_that_is_gone_shows_the_kept_page_at_once(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    way.instead["/uji"] = (303, {"Location": "/rapat"}, b"")
    way.instead["/rapat"] = (503, {"Content-Type": "text/html"}, b"<html>sibuk</html>")
    page.evaluate(POST)
    page.wait_for_url("**/rapat")
    expect(page.locator(".top + .note")).to_contain_text("Data per")


@pytest.mark.full
def test_an_error_of_the_servers_shows_the_kept_page(phone: Phone, live: Live, way: Between) -> None:
    page = warmed(phone, live, base_url=way.url)
    way.instead["/rapat"] = (503, {"Content-Type": "text/html"}, b"<html>sibuk</html>")
    page.goto("/rapat")
    expect(page.locator("h1")).to_have_text("Rapat")
    expect(page.locator(".top + .note")).to_be_visible()
    way.instead["/rapat/1/csv"] = way.instead.pop("/rapat")
    page.goto("/rapat")
    expect(page.locator(".top + .note")).to_have_count(0)
    assert page.goto("/rapat/1/csv").status == 503  # nothing is kept of it: the server's own word


def test_a_page_that_has_not_changed_is_kept_whole(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    for _ in range(3):
        page.goto("/lainnya")
    settle(page, lambda: any("/lainnya" in paths for paths in kept(page).values()), "the page")
    cut(page)
    page.goto("/lainnya")
    expect(page.get_by_role("link", name="Akun saya")).to_be_visible()


def test_a_page_that_is_gone_is_dropped_and_a_strangers_page_changes_nothing(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    (user,) = kept(page)
    way.instead["/rapat"] = (200, {"Content-Type": "text/html"}, b"<html>Masuk ke WiFi Bandara</html>")
    page.goto("/rapat")
    page.wait_for_timeout(300)
    assert "/rapat" in kept(page)[user]
    way.instead["/rapat"] = (
        404,
        {"Content-Type": "text/html", "X-Simpul-User": user},
        b"<html>tidak ada</html>",
    )
    page.goto("/rapat")
    settle(page, lambda: "/rapat" not in kept(page)[user], "the drop")


@pytest.mark.full
def test_with_data_saver_nothing_is_fetched_beforehand(phone: Phone, live: Live) -> None:
    page = phone()
    page.context.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true, addEventListener() {} } })"
    )
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto("/masuk")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    sign_in(page, live, "coordinator")
    page.wait_for_timeout(5000)
    assert not [url for url in asked if url.endswith("/simpan")]
    assert list(kept(page).values()) == [["/"]]


# --- a phone that several people use -----------------------------------------------------------------


def nothing_of_hers(page: Page) -> None:
    """Whoever holds the phone now sees no page of the coordinator's, offline either."""
    cut(page)
    for path in ("/rapat", "/cakupan/31.73", "/"):
        page.goto(path)
        expect(page.get_by_text("Rakor saksi Jakarta Barat")).to_have_count(0)


def test_after_signing_out_nothing_is_left_for_the_next(phone: Phone, live: Live) -> None:
    page = warmed(phone, live)
    page.goto("/keluar")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk")
    settle(page, lambda: not kept(page), "the dropping")
    nothing_of_hers(page)
    expect(page.get_by_role("heading", name="Tidak ada sinyal")).to_be_visible()


def test_somebody_else_signing_in_drops_what_was_kept(phone: Phone, live: Live) -> None:
    page = warmed(phone, live)
    (hers,) = kept(page)
    page.context.clear_cookies()
    page.goto("/masuk")
    settle(page, lambda: not kept(page), "the dropping")
    sign_in(page, live, "witness")
    settle(page, lambda: any(kept(page).values()), "the witness's own page")
    assert hers not in kept(page)
    cut(page)
    page.goto("/rapat/1/hadir")
    expect(page.locator("#daftar")).to_have_count(0)


@pytest.mark.full
def test_without_signing_out_the_next_persons_page_drops_them_too(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    (hers,) = kept(page)
    headers = {"Content-Type": "text/html", "X-Simpul-User": "99999", "X-Simpul-Keep": "1"}
    way.instead["/lainnya"] = (200, headers, b"<!doctype html><html><title>x</title>")
    page.goto("/lainnya")
    settle(page, lambda: list(kept(page)) == ["99999"], "the change")
    cut(page)
    page.goto("/rapat")
    expect(page.get_by_role("heading", name="Tidak ada sinyal")).to_be_visible()
    assert hers not in kept(page)


@pytest.mark.full
def test_a_late_answer_for_whoever_was_here_before_is_not_kept(
    phone: Phone, live: Live, way: Between
) -> None:
    page = warmed(phone, live, base_url=way.url)
    late = page.context.new_page()
    late.goto("/privasi")
    answer = way.hold("/akun")
    headers = {"Content-Type": "text/html", "X-Simpul-User": next(iter(kept(page))), "X-Simpul-Keep": "1"}
    way.instead["/akun"] = (200, headers, b"<html>milik Ani</html>")
    late.evaluate("() => { setTimeout(() => { location.href = '/akun' }) }")
    settle(page, lambda: "/akun" in way.seen, "the request")
    page.context.clear_cookies()
    page.goto("/masuk")
    settle(page, lambda: not kept(page), "the dropping")
    answer.set()
    late.wait_for_url("**/akun")
    page.wait_for_timeout(500)
    assert not any(kept(page).values())


@pytest.mark.full  # the Chromium of the quick run now and then never ends a second Clear-Site-Data
def test_signing_out_warns_of_what_has_not_been_sent_and_keeps_it(
    phone: Phone, live: Live, way: Between
) -> None:
    way.instead["/kirim"] = (503, {}, b"")
    page = signed_in(phone, live, base_url=way.url)
    page.evaluate(
        """async () => {
            const { outbox } = simpul;
            await outbox.save({ kind: "checkin", fields: { jenis: "posko", tempat: "31.73" }, what: "Check-in" });
            const sent = await outbox.save({ kind: "checkin", fields: {}, what: "Terkirim" });
            await outbox.put({ ...sent, state: "sent", sent_at: Date.now() });
            const draft = { key: outbox.user() + " /check-in#0", at: Date.now() };
            await outbox.db("drafts", "readwrite", (drafts) => drafts.put(draft));
        }"""
    )
    page.goto("/keluar")
    expect(page.locator("#sisa")).to_contain_text("1 kiriman belum terkirim")
    page.get_by_role("button", name="Keluar").click()
    expect(page).to_have_url(f"{WIRES[page.context].url}/masuk")
    left = page.evaluate(
        """() => new Promise((done) => {
            indexedDB.open("simpul").onsuccess = ({ target: { result } }) => {
                const deal = result.transaction(["items", "drafts"]);
                const items = deal.objectStore("items").getAll();
                const drafts = deal.objectStore("drafts").getAll();
                deal.oncomplete = () => done([items.result.map((item) => item.state), drafts.result.length]);
            };
        })"""
    )
    assert left == [["wait"], 0]


def test_without_network_nobody_is_made_to_believe_that_they_left(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    page.goto("/keluar")
    cut(page)
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_text("Keluar perlu sinyal")).to_be_visible()
    assert kept(page)


def test_the_browser_may_send_what_waits_though_no_page_is_open(
    phone: Phone, live: Live, way: Between
) -> None:
    page = signed_in(phone, live, base_url=way.url)
    way.instead["/kirim"] = (401, {}, b"")
    page.evaluate(
        """() => simpul.outbox.save({
            kind: "checkin", fields: { jenis: "posko", tempat: "31.73" }, what: "Check-in",
        }).then(simpul.outbox.send)"""
    )
    devtools = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    settle(page, lambda: found, "the worker")
    page.goto("/luring")  # a page of nobody sends nothing itself
    del way.instead["/kirim"]
    way.seen.clear()
    told = {
        "origin": way.url,
        "registrationId": found[0]["registrationId"],
        "tag": "kirim",
        "lastChance": False,
    }
    devtools.send("ServiceWorker.dispatchSyncEvent", told)
    settle(page, lambda: "/kirim" in way.seen, "the sending")


# --- a new version, and the home screen --------------------------------------------------------------


def new_version(page: Page, way: Between) -> None:
    """The server has a new worker; the phone finds it."""
    way.changed["/sw.js"] = lambda source: source.replace(b'VERSION="', b'VERSION="baru-')
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update() }")


def test_a_new_version_is_offered_and_taken_only_when_tapped(phone: Phone, live: Live, way: Between) -> None:
    page = warmed(phone, live, base_url=way.url)
    other = page.context.new_page()
    other.goto("/rapat")
    other.evaluate("() => { window.same = true }")
    new_version(page, way)
    expect(page.locator("#versi-baru")).to_contain_text("Versi baru siap.")
    (before,) = kept(page).values()
    with page.expect_navigation():
        page.locator("#versi-baru button").click()
    page.wait_for_function("async () => (await caches.keys()).some((name) => name.includes('baru-'))")
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).waiting") is None
    assert other.evaluate("() => window.same") is True
    (after,) = kept(page).values()
    assert set(before) - {"/"} <= set(after), "a new version loses no page"


@pytest.mark.full
def test_a_new_version_waits_until_the_form_is_done(phone: Phone, live: Live, way: Between) -> None:
    page = signed_in(phone, live, base_url=way.url)
    page.goto("/check-in")
    page.locator("#checkin summary").first.click()
    page.locator("#checkin [name=catatan]").fill("ramai")
    new_version(page, way)
    page.wait_for_function("async () => (await navigator.serviceWorker.getRegistration()).waiting")
    page.wait_for_timeout(500)
    expect(page.locator("#versi-baru")).to_be_hidden()
    assert page.locator("#checkin [name=catatan]").input_value() == "ramai"
    page.goto("/rapat")
    expect(page.locator("#versi-baru")).to_be_visible()


def test_the_browser_finds_nothing_that_keeps_it_from_being_installed(
    chromium: Browser, live: Live, tmp_path: Path
) -> None:
    kind = chromium.browser_type
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with kind.launch_persistent_context(
        tmp_path, executable_path=path, args=FLAGS, env=of_a_browser()
    ) as context:
        page = context.new_page()
        page.goto(f"{live.url}/masuk")
        page.wait_for_function("() => navigator.serviceWorker.controller")
        page.reload()
        devtools = context.new_cdp_session(page)
        assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
        assert devtools.send("Page.getAppManifest")["errors"] == []


SAVING = """Object.defineProperty(navigator, "connection", {
    value: { saveData: true, addEventListener() {} },
})"""
OFFER = """() => {
    const event = new Event("beforeinstallprompt", { cancelable: true });
    event.prompt = () => { window.prompted = true; };
    window.dispatchEvent(event);
}"""
SENT = """() => document.dispatchEvent(new CustomEvent("simpul:outbox", { detail: { items: [{ state: "sent" }] } }))"""


def test_the_home_screen_is_offered_after_the_first_thing_was_sent_and_never_twice(
    phone: Phone, live: Live
) -> None:
    page = signed_in(phone, live)
    page.evaluate(OFFER)
    expect(page.locator("#pasang")).to_be_hidden()
    page.goto("/check-in")
    page.evaluate(OFFER)
    page.evaluate(SENT)
    expect(page.locator("#pasang")).to_contain_text("Pasang Simpul di layar utama")
    page.get_by_role("button", name="Nanti").click()
    expect(page.locator("#pasang")).to_be_hidden()
    page.goto("/rapat")
    page.evaluate(OFFER)
    page.evaluate(SENT)
    page.wait_for_timeout(200)
    expect(page.locator("#pasang")).to_be_hidden()


@pytest.mark.full
def test_the_home_screen_can_be_had_later_too(phone: Phone, live: Live) -> None:
    page = signed_in(phone, live)
    page.goto("/lainnya")
    expect(page.get_by_text("Pasang di HP ini")).to_be_hidden()
    page.evaluate(OFFER)
    page.get_by_role("button", name="Pasang", exact=True).click()
    assert page.evaluate("() => window.prompted")
    expect(page.get_by_text("Pasang di HP ini")).to_be_hidden()

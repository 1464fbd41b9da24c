"""Photos on the phone: made small, named by their bytes, kept with the draft, and whole at the server in the end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Live, sign_in
from tests.browser.patience import settle
from tests.pictures import photo

pytestmark = pytest.mark.browser
CAMERA, GALLERY = "#checkin input[capture]", "#checkin input[multiple]"
READ = """async () => Promise.all((document.querySelector("#checkin").simpulPhotos || []).map(async ({sha, blob}) => {
    const {width, height} = await createImageBitmap(blob);
    return {sha, width, height, type: blob.type, bytes: Array.from(new Uint8Array(await blob.arrayBuffer()))};
}))"""
HEARD = """() => { window.heard = []; for (const name of ["photos", "camera"])
    document.addEventListener("simpul:" + name, ({target}) => heard.push(name + " " + target.id)); }"""


def picture(seed: int = 1, size: tuple[int, int] = (2000, 1500)) -> FilePayload:
    return {"name": f"IMG_{seed}.jpg", "mimeType": "image/jpeg", "buffer": photo(seed, size, quality=95)}


@pytest.fixture
def page(phone: Callable[..., Page], live: Live) -> Page:
    made = phone(service_workers="block")
    made.on("console", lambda said: _fail_on_policy(said.text))
    sign_in(made, live, "witness")
    made.goto("/check-in?jenis=posko")
    made.evaluate(HEARD)
    return made


def _fail_on_policy(said: str) -> None:
    if "Content Security Policy" in said:
        pytest.fail(said)


def kept(page: Page) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = page.evaluate(READ)
    return told


def box(page: Page) -> Any:
    return page.locator("#checkin [data-photo-box]")


def test_a_photo_is_made_small_named_and_shown(page: Page) -> None:
    page.set_input_files(CAMERA, picture(size=(3200, 2400)))
    expect(box(page).locator("img")).to_have_count(1)
    expect(box(page).locator("[role=status]")).to_have_text(re.compile(r"^1 foto, \d+ KB\."))
    (one,) = kept(page)
    assert one["type"] == "image/jpeg"
    assert len(one["bytes"]) <= 300 * 1024
    assert one["sha"] == hashlib.sha256(bytes(one["bytes"])).hexdigest()
    assert max(one["width"], one["height"]) <= 1600
    assert one["height"] > one["width"]  # upright: the camera lay on its side
    assert page.evaluate("heard") == ["photos checkin"]
    drop = box(page).get_by_role("button", name="Hapus foto 1")
    assert drop.bounding_box()["height"] >= 48
    drop.click()
    expect(box(page).locator("img")).to_have_count(0)
    expect(box(page).locator("[role=status]")).to_have_text("")
    assert kept(page) == []
    assert page.evaluate("heard") == ["photos checkin"] * 2


@pytest.mark.full
def test_three_are_enough_and_what_is_no_photo_is_said(page: Page) -> None:
    wrong: FilePayload = {"name": "surat.jpg", "mimeType": "image/jpeg", "buffer": b"bukan foto"}
    page.set_input_files(GALLERY, wrong)
    expect(box(page).locator("[role=status]")).to_contain_text("tidak bisa membuka")
    page.set_input_files(GALLERY, [picture(seed, (800, 600)) for seed in range(2)])
    expect(box(page).locator("img")).to_have_count(2)
    page.set_input_files(CAMERA, [picture(7, (800, 600))])
    expect(box(page).locator("img")).to_have_count(3)
    page.set_input_files(CAMERA, [picture(8, (800, 600))])
    expect(box(page).locator("[role=status]")).to_contain_text("Paling banyak 3 foto")
    assert len({one["sha"] for one in kept(page)}) == 3
    page.locator("#checkin").evaluate("form => form.reset()")
    expect(box(page).locator("img")).to_have_count(0)


def test_before_the_camera_opens_the_form_says_so(page: Page) -> None:
    with page.expect_file_chooser():
        page.get_by_text("Ambil foto").click()
    assert page.evaluate("heard") == ["camera checkin"]


def test_a_photo_survives_the_killed_tab(page: Page) -> None:
    page.set_input_files(CAMERA, picture(size=(800, 600)))
    expect(box(page).locator("img")).to_have_count(1)
    settle(page, lambda: kept(page), "the draft")
    before = kept(page)
    page.goto("about:blank")
    page.goto("/check-in?jenis=posko")
    expect(box(page).locator("img")).to_have_count(1)
    assert kept(page) == before


def test_a_phone_that_cannot_make_photos_small_says_so(phone: Callable[..., Page], live: Live) -> None:
    page = phone(service_workers="block")
    page.add_init_script("delete window.OffscreenCanvas")
    sign_in(page, live, "witness")
    page.goto("/check-in")
    page.set_input_files(CAMERA, picture(size=(800, 600)))
    expect(box(page).locator("[role=status]")).to_contain_text("simpan tanpa foto")
    expect(box(page).locator("img")).to_have_count(0)
    expect(page.locator("#checkin")).not_to_have_attribute("aria-busy", "true")


def test_without_script_no_photo_is_asked_for(phone: Callable[..., Page], live: Live) -> None:
    page = phone(java_script_enabled=False)
    sign_in(page, live, "witness")
    page.goto("/check-in")
    expect(box(page)).to_be_hidden()


def test_a_check_in_with_two_photos_arrives_whole(page: Page) -> None:
    page.set_input_files(GALLERY, [picture(1), picture(2, (1200, 900))])
    expect(box(page).locator("img")).to_have_count(2)
    shas = [one["sha"] for one in kept(page)]
    page.locator("#checkin input[name=tempat]").first.check()
    page.get_by_role("button", name="Simpan check-in").click()
    expect(page.locator(".toast").first).to_contain_text("kode")
    expect(box(page).locator("img")).to_have_count(0)
    (item,) = page.evaluate("simpul.outbox.list()")
    assert item["photos"] == shas
    for sha in shas:
        settle(page, lambda sha=sha: page.request.get(f"/kirim/foto/{sha}").json()["state"] == "lengkap")
    settle(page, lambda: page.evaluate("simpul.outbox.list()")[0]["state"] == "sent")
    page.goto("/check-in/riwayat")
    link = page.get_by_role("link", name="Foto (2)")
    expect(link.locator("img")).to_have_count(2)
    link.click()
    shown = page.locator("figure img")
    expect(shown).to_have_count(2)
    assert shown.first.evaluate("img => img.decode().then(() => img.naturalHeight)") in range(900, 1601)

"""Every page of this room on a small phone: targets for a thumb, large letters, nothing sideways, and what axe says."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, Live, a_server, sign_in
from tests.browser.patience import PATIENCE_MS

pytestmark = pytest.mark.browser
LOOKED_AT = ("meeting", "scanner", "paper", "minutes", "figures", "locked review", "answer by link")  # by axe
LEAST = 47.5  # px: a border may fall between two pixels
KEEPER = {
    "meeting": "/rapat/{meeting}",
    "marking": "/lembar/{sheet}/hadir",
    "guest": "/lembar/{sheet}/tamu?cari=an",
    "scanner": "/lembar/{sheet}/pindai",
    "presenter": "/lembar/{sheet}/layar",
    "reader": "/pindai",
    "own card": "/kartu",
    "here": "/hadir/{token}",
    "heads": "/lembar/{sheet}/kepala",
    "paper": "/lembar/{sheet}/kertas",
    "zoom": "/lembar/{sheet}/zoom",
    "minutes": "/rapat/{past}/notulen",
    "files": "/lembar/{locked}/berkas",
    "correction": "/lembar/{locked}/koreksi",
    "invitations": "/rapat/{meeting}/undangan",
    "delegate": "/undangan/{seat}/wakil?cari=an",
    "answers": "/rapat/{meeting}/jawaban",
    "text for the group": "/rapat/{meeting}/jawaban/teks",
    "vacant seats": "/rapat/{meeting}/kursi-kosong",
    "arrangement": "/rapat/{bimtek}/susunan",
    "a session": "/rapat/{bimtek}/susunan/sesi",
    "a site": "/rapat/{bimtek}/susunan/lokasi/{site}",
    "calling off": "/rapat/{meeting}/batal",
    "training": "/rapat/{bimtek}/pelatihan",
    "own trainings": "/pelatihan-saya",
    "figures": "/rapat/angka",
    "a person's figures": "/orang/{person}/kehadiran",
    "groups": "/simpul",
    "a new group": "/simpul/baru",
    "calendar": "/kalender",
}
REVIEWER = {"queue": "/tinjauan", "review": "/tinjauan/{sheet}", "locked review": "/tinjauan/{locked}"}
NOBODY = {"certificate": "/sertifikat/{certificate}", "answer by link": "/u/{link}"}
PAGES = [
    *((name, path, role) for role, pages in (("coordinator", KEEPER), ("supervisor", REVIEWER), ("", NOBODY))
      for name, path in pages.items())
]  # fmt: skip
OF = "FROM {} JOIN meeting ON meeting.id = meeting_id WHERE"
RAKOR, BEFORE = "title = 'Rakor saksi Jakarta Barat'", "title = 'Rakor koordinator'"
NUMBERS = {
    "meeting": f"SELECT id FROM meeting WHERE {RAKOR}",
    "sheet": f"SELECT sheet.id {OF.format('sheet')} {RAKOR}",
    "past": f"SELECT id FROM meeting WHERE {BEFORE}",
    "locked": f"SELECT sheet.id {OF.format('sheet')} {BEFORE}",
    "bimtek": "SELECT id FROM meeting WHERE kind = 'bimtek' ORDER BY id",
    "site": f"SELECT site.id {OF.format('site')} kind = 'bimtek' ORDER BY site.id",
    "seat": f"SELECT max(invitation.id) {OF.format('invitation')} {RAKOR} AND person_id IS NOT NULL",
    "coming": f"SELECT max(invitation.id) {OF.format('invitation')} title = 'Rakor mingguan'",
    "person": f"SELECT max(person_id) {OF.format('invitation')} {RAKOR}",
    "certificate": "SELECT code FROM training WHERE revoked_at IS NULL",
}
SMALL = """(least) => [...document.querySelectorAll(
    "button, select, textarea, summary, input:not([type=hidden]), .btn, .back, .tool, .bar a, .seg a, li a, dd a, td a"
)].map((node) => {
    const label = node.matches("input[type=radio], input[type=checkbox], input[type=file]") && node.closest("label");
    const over = getComputedStyle(node, "::after");
    const row = over.position === "absolute" && over.inset === "0px" && node.offsetParent;
    const field = label || row || node, box = field.getBoundingClientRect();
    const shown = field.checkVisibility({ visibilityProperty: true }) && box.width > 1;
    const alone = !node.matches("li a, dd a, td a") || getComputedStyle(node).display !== "inline";
    const high = alone ? box.height : Math.max(box.height, node.parentElement.getBoundingClientRect().height);
    return shown && (high < least || (alone && box.width < least && !node.matches("td a, li a")))
        ? `${Math.round(box.width)}x${Math.round(high)} ${node.outerHTML.slice(0, 120)}`
        : "";
}).filter(Boolean)"""
SIDEWAYS = """() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide <= 0) return "";
    const out = [...document.querySelectorAll("main *, header *, nav *")].find((node) =>
        node.getBoundingClientRect().right > innerWidth + 1 && !node.closest(".scroll, .wide, table"));
    return `${wide} px: ${out ? out.outerHTML.slice(0, 120) : "?"}`;
}"""


@dataclass
class Hands:
    """A phone for each role, signed in, and the numbers that stand in addresses."""

    phones: dict[str, Page]
    ids: dict[str, str]


@pytest.fixture(scope="module")
def hands(
    loaded: tuple[Path, dict[str, tuple[str, str]]],
    chromium: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Hands]:
    folder = tmp_path_factory.mktemp("reach")
    with a_server(loaded, folder) as live:
        phones = {role: _phone(chromium, live, role) for role in ("coordinator", "supervisor", "")}
        with closing(sqlite3.connect(folder / "live.sqlite3")) as base:
            ids = {word: _as_word(base.execute(asked).fetchone()) for word, asked in NUMBERS.items()}
        yield Hands(phones, ids | _codes(phones["coordinator"], ids))
        for page in phones.values():
            page.context.close()


def _phone(chromium: Browser, live: Live, role: str) -> Page:
    context = chromium.new_context(
        viewport=PHONE, locale="id-ID", timezone_id="Asia/Jakarta", has_touch=True, is_mobile=True,
        base_url=live.url, reduced_motion="reduce", service_workers="block",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    if role:
        sign_in(page, live, role)
    return page


def _as_word(row: tuple[object, ...] | None) -> str:
    assert row is not None, "the demo lacks it"
    word = str(row[0])
    return f"{word[:8]}-{word[8:12]}-{word[12:16]}-{word[16:20]}-{word[20:]}" if len(word) == 32 else word


def _codes(page: Page, ids: dict[str, str]) -> dict[str, str]:
    """What the screen of the list shows now, and the link of one of the invited."""
    page.goto(f"/lembar/{ids['sheet']}/layar")
    page.wait_for_function("() => document.querySelector('[data-screen]').dataset.token")
    token = page.locator("[data-screen]").get_attribute("data-token") or ""
    told = page.request.post(f"/undangan/{ids['coming']}/ingatkan", headers={"Sec-Fetch-Site": "same-origin"})
    link = re.search(r"/u/([\w-]+)", unquote(told.text()))
    assert link, told.text()[:500]
    return {"token": token.rsplit("/", 1)[-1], "link": link[1]}


def _serious(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in serious]


@pytest.mark.parametrize(("name", "path", "role"), PAGES, ids=[name for name, _path, _role in PAGES])
def test_a_thumb_and_a_weak_eye_get_on_with_it(hands: Hands, name: str, path: str, role: str) -> None:
    page = hands.phones[role]
    answer = page.goto(path.format(**hands.ids))
    assert answer and answer.status == 200, f"{name}: {answer and answer.status}"
    small, sideways = page.evaluate(SMALL, LEAST), page.evaluate(SIDEWAYS)
    told = _serious(page) if name in LOOKED_AT else []
    page.evaluate("document.documentElement.style.fontSize = '34px'")
    large = page.evaluate(SIDEWAYS)
    assert {"small": small, "sideways": sideways, "axe": told, "large letters": large} == {
        "small": [], "sideways": "", "axe": [], "large letters": "",
    }  # fmt: skip

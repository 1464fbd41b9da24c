"""What closes or opens a list is shielded from a tap that was meant for what stood there before."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PHONE

pytestmark = pytest.mark.browser
SHEET = (Path(__file__).parents[2] / "static/house/house.css").read_text()
DOCK = (
    '<footer class="dock"><form class="act guard fleeting"><a class="btn" href="#">Rapat</a>'
    '<button type="button" class="btn main">Batalkan</button></form></footer>'
)
HIT_AT = """moment => {
    for (const one of document.getAnimations()) { one.pause(); one.currentTime = moment; }
    const { x, y, width, height } = document.querySelector("button").getBoundingClientRect();
    return document.elementFromPoint(x + width / 2, y + height / 2)?.tagName;
}"""


def test_a_second_tap_meets_a_shield_and_the_way_back_goes_after_eight_seconds(chromium: Browser) -> None:
    page = chromium.new_page(viewport=PHONE)
    page.set_content(f"<style>{SHEET}</style><body class='task'><main></main>{DOCK}</body>")
    hits = {moment: page.evaluate(HIT_AT, moment) for moment in (0, 790, 810, 7990, 8010)}
    page.close()
    assert hits == {0: "FORM", 790: "FORM", 810: "BUTTON", 7990: "BUTTON", 8010: "FOOTER"}

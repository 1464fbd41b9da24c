"""A site without a place has one name on every screen, and it is no number of ours."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from tests.attendance.scenes import meeting_of
from tests.cast import CENGKARENG, KARTIKA, KOTA
from tests.visits import Page, Visitor
from webapp.attendance.models import Mode, Sheet, Site
from webapp.attendance.rules.laying import lay
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

FAR = 7000018  # a number that is recognised wherever it shows


@dataclass(frozen=True)
class Made:
    """A meeting at two sites that have no place; the second is Cengkareng's."""

    meeting: int
    sheet: int

    @property
    def url(self) -> str:
        return f"/rapat/{self.meeting}"


@pytest.fixture(params=[Mode.PLACE, Mode.ZOOM], ids=["face to face", "zoom"])
def made(app: Flask, request: pytest.FixtureRequest) -> Made:
    with app.app_context():
        meeting = meeting_of(1, by=KARTIKA, code=KOTA, title="Rakor kota").meeting
        with writing(), everywhere("a site is added"):
            db.session.add(
                Site(id=FAR, meeting_id=meeting, region_code=CENGKARENG, mode=request.param, offset=420)
            )
            db.session.flush()
            lay(meeting)
        with everywhere("a test looks"):
            sheet = db.session.query(Sheet.id).filter_by(site_id=FAR).scalar()
        db.session.remove()
    return Made(meeting, sheet)


def test_a_site_without_a_place_is_called_by_its_region(made: Made, kartika: Visitor) -> None:
    tab = _tab(kartika, made)
    name = tab.one("nav[aria-label=Lokasi] a[aria-current]").text
    assert name in ("Cengkareng", "Zoom Cengkareng")
    assert _names(kartika.get(f"{made.url}/susunan"), "lokasi/") == ["Jakarta Barat", name]
    assert name in _names(kartika.get(made.url), f"lembar/{made.sheet}/hadir")
    assert "Jakarta Barat" in kartika.get(f"{made.url}/jawaban/teks").words("main")
    assert not [page for page in (kartika.get(made.url), tab) if str(FAR) in page.words()]


def _tab(who: Visitor, made: Made) -> Page:
    return who.get(f"{made.url}/undangan?lokasi={FAR}")


def _names(page: Page, part: str) -> list[str]:
    return [" ".join(link.get_text(" ").split()) for link in page.soup.select(f'a[href*="{part}"]')]

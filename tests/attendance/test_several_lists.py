"""A meeting of two sites: one person is counted once, and the page of the meeting leads to the list with work on it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, NOON, also_invited, hand_in, meeting_of, stamp
from tests.cast import ANI, BUDI, CENGKARENG, KARTIKA, KOTA
from tests.visits import Visitor
from webapp.attendance.models import Sheet
from webapp.attendance.rules.inviting import Guest, invite
from webapp.attendance.rules.siting import Spot, add_site
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

TEN = NINE + timedelta(hours=1)
LATE = NOON + timedelta(hours=1)


@dataclass(frozen=True)
class Sites:
    """A meeting of the kota that Kartika keeps, and its lists: hers at the kota, and that of Ani's kecamatan."""

    meeting: int
    here: int
    there: int
    site_here: int
    site_there: int

    @property
    def url(self) -> str:
        return f"/rapat/{self.meeting}"


@pytest.fixture
def sites(app: Flask) -> Sites:
    """Two strangers and Budi are invited at the kota."""
    with app.app_context():
        scene = meeting_of(2, by=KARTIKA, code=KOTA)
        with writing(), everywhere("a scene is set"):
            add_site(scene.meeting, Spot(CENGKARENG, place="Aula Kecamatan"))
        also_invited(scene, BUDI)
        with everywhere("a test looks"):
            here, there = db.session.scalars(select(Sheet).order_by(Sheet.region_code))
            return Sites(scene.meeting, here.id, there.id, here.site_id, there.site_id)


def comes_there(ani: Visitor, sites: Sites) -> None:
    told = {"rapat": sites.meeting, "lembar": sites.there, "orang": BUDI.id, "nama": ""}
    ani.send("attendance.walk-in", {**told, **stamp(TEN)})


def test_somebody_invited_here_who_came_there_is_one_person_and_no_guest(
    ani: Visitor, kartika: Visitor, eko: Visitor, budi: Visitor, sites: Sites
) -> None:
    with time_machine.travel(TEN, tick=False):
        comes_there(ani, sites)
        _says_everywhere(kartika, sites, "1/3 tercatat")
        assert "0/0 tercatat + 1 tamu" in ani.get("/rapat").words(".day"), "she sees her own list alone"
    with time_machine.travel(LATE, tick=False):
        hand_in(kartika, sites.here)
        hand_in(ani, sites.there)
        for who in (kartika, eko):
            _says_everywhere(who, sites, "1/3 hadir")
        table = csv.reader(io.StringIO(eko.get(f"{sites.url}/rekap.csv").text), delimiter=";")
        assert ["tamu", "0"] in [row[:2] for row in table]
        assert "hadir 1 dari 1" in budi.get(f"/orang/{BUDI.id}/kehadiran").words("main")


def _says_everywhere(who: Visitor, sites: Sites, words: str) -> None:
    for page, part in (("/rapat", ".day"), ("/", "#hari-ini")):
        told = who.get(page).words(part)
        assert words in told and "tamu" not in told, (page, told)
    meeting = who.get(sites.url).words("#bagian")
    assert "1/3 orang hadir" in meeting and "0 tamu" in meeting
    assert "1 dari 3 undangan hadir" in who.get(f"{sites.url}/notulen.txt").text


def test_before_a_list_is_handed_in_it_says_who_came_elsewhere(
    ani: Visitor, kartika: Visitor, sites: Sites
) -> None:
    with time_machine.travel(TEN, tick=False):
        comes_there(ani, sites)
        step = kartika.get(f"/lembar/{sites.here}/ajukan").words("#handing")
    assert "3 orang belum dicatat." in step and "1 di antaranya tercatat hadir di Aula Kecamatan." in step


def test_the_page_of_a_meeting_leads_to_the_list_with_work_on_it(
    app: Flask, kartika: Visitor, eko: Visitor, sites: Sites
) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        invite(sites.meeting, [Guest(ANI.id)], KARTIKA.id, sites.site_there)

    def leads(who: Visitor) -> list[str]:
        return [str(link["href"]) for link in who.get(sites.url).soup.select(".act a.main")]

    with time_machine.travel(TEN, tick=False):
        hand_in(kartika, sites.here)
        assert leads(kartika) == [f"/lembar/{sites.there}/hadir"]
        assert "Pindai kartu" in kartika.get(sites.url).words("#work")
        hand_in(kartika, sites.there)
        eko.post(f"/tinjauan/{sites.here}", {"versi": 2, "putusan": "setujui"})
        assert leads(eko) == [f"/tinjauan/{sites.there}"]
        why = {"versi": 2, "putusan": "kembalikan", "alasan": "Foto kertasnya belum ada."}
        eko.post(f"/tinjauan/{sites.there}", why)
        assert leads(kartika) == [f"/lembar/{sites.there}/hadir"]
        note = kartika.get(sites.url).words(".note.bad")
    assert note.startswith("Aula Kecamatan : Lembar dikembalikan") and "Foto kertasnya belum ada." in note


def test_once_a_meeting_is_over_nobody_is_moved_and_it_says_so(kartika: Visitor, sites: Sites) -> None:
    told = {"peran": "coordinator", "tingkat": "3", "lokasi": sites.site_here}
    with time_machine.travel(LATE, tick=False):
        kartika.post(f"{sites.url}/undangan", told)
        page = kartika.get(kartika.post(f"{sites.url}/undangan", {**told, "bagi": "y"}).headers["Location"])
    assert "1 orang tetap di lokasi semula" in page.words(".toast")

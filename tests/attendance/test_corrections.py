"""Corrections carry what bears them out: words, and photos that only a reviewer sees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.attendance.scenes import NOON, Scene, meeting_of, stamp
from tests.attendance.test_guests import comes
from tests.attendance.test_review import locked
from tests.cast import ANI
from tests.checkins.test_photos import bring
from tests.pictures import photo
from tests.visits import Visitor
from webapp.attendance.models import Correction, SheetPhoto
from webapp.attendance.rules.rebuilding import rebuild
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.files import Blob


@pytest.fixture
def scene(app: Flask, ani: Visitor, eko: Visitor) -> Scene:
    with app.app_context():
        made = meeting_of(4)
    locked(ani, eko, made)
    return made


def wish(scene: Scene, seat: int, **more: Any) -> dict[str, Any]:
    told = {
        "lembar": scene.sheet,
        "kursi": scene.seats[seat],
        "menjadi": "sakit",
        "alasan": "Surat dokter menyusul.",
        "bukti": "Bu Rahayu yang melihatnya.",
    }
    return told | more


def counted(app: Flask, model: Any) -> int:
    with app.app_context(), everywhere("a test counts"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_phone_asks_with_a_photo_and_the_reviewer_sees_it_and_nobody_else(
    app: Flask, ani: Visitor, kartika: Visitor, eko: Visitor, citra: Visitor, budi: Visitor, scene: Scene
) -> None:
    sha256 = bring(app, ANI, photo())
    item = wish(scene, 1, bukti="Surat ada di posko.", foto=[sha256]) | stamp(now())
    item = {k: v if isinstance(v, list) else str(v) for k, v in item.items()}
    ani.send("attendance.correction", item)
    ani.send("attendance.correction", item, "sudah ada")
    page = eko.get(f"/tinjauan/{scene.sheet}")
    words = page.words("form.wish")
    assert "Warga 002: alpa menjadi sakit" in words and "Ani Lestari, " in words
    assert "Bukti: Surat ada di posko." in words and "Foto 1" in words
    path = str(page.one("form.wish a.photos")["href"])
    assert eko.get(path).headers["Content-Type"] == "image/jpeg"
    assert ani.get(path + "?kecil=1").headers["Content-Type"] == "image/jpeg"
    for who in (kartika, citra, budi):
        who.get(path, 404)
    eko.get(path.replace(f"/lembar/{scene.sheet}/", "/lembar/99/"), 404)


def test_several_corrections_stand_in_one_list_with_both_names(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    for seat in (1, 2):
        ani.post(f"/lembar/{scene.sheet}/koreksi", wish(scene, seat))
    eko.post("/tinjauan/koreksi/1", {"putusan": "setujui"})
    words = [
        " ".join(one.get_text(" ").split())
        for one in eko.get(f"/tinjauan/{scene.sheet}").soup.select(".wish")
    ]
    assert "Warga 003" in words[0] and "Setujui koreksi" in words[0], "what waits stands first"
    assert "Disetujui Eko Prasetya" in words[1] and "Bukti: Bu Rahayu yang melihatnya." in words[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"foto": "x"}, {"foto": ["a" * 64, "b" * 64, "c" * 64, "d" * 64]}, {"bukti": "x" * 501},
        {"bukti": ""}, {"menjadi": "belum"}, {"kursi": "abc"}, {"kursi": "99999999999999"}, {"alasan": "x"},
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_nothing_is_asked(
    app: Flask, ani: Visitor, scene: Scene, wrong: dict[str, Any]
) -> None:
    ani.post(f"/lembar/{scene.sheet}/koreksi", wish(scene, 1, **wrong), 422)
    assert counted(app, Correction) == 0


def test_a_wish_for_a_list_next_door_finds_nothing(app: Flask, citra: Visitor, scene: Scene) -> None:
    citra.post(f"/lembar/{scene.sheet}/koreksi", wish(scene, 1), 404)
    told = {k: str(v) for k, v in wish(scene, 1).items()} | stamp(now())
    citra.send("attendance.correction", told, "perlu diperiksa")
    assert counted(app, Correction) == 0


def test_photos_go_with_the_positions_and_stay_until_then(app: Flask, ani: Visitor, scene: Scene) -> None:
    sha256 = bring(app, ANI, photo())
    ani.post(f"/lembar/{scene.sheet}/koreksi", wish(scene, 1, foto=sha256))
    runner = app.test_cli_runner()
    with time_machine.travel(NOON + timedelta(days=40), tick=False):
        runner.invoke(args=["retention", "run"])
    assert counted(app, SheetPhoto) == counted(app, Blob) == 1
    with time_machine.travel(NOON + timedelta(days=2000), tick=False):
        assert "photos of sheets deleted: 1" in runner.invoke(args=["retention", "run"]).output
    assert counted(app, SheetPhoto) == counted(app, Blob) == 0


def test_a_guest_who_was_none_is_taken_off_a_locked_list(app: Flask, ani: Visitor, eko: Visitor) -> None:
    with app.app_context():
        scene = meeting_of(2)
    comes(ani, scene, "Tamu Salah")
    locked(ani, eko, scene)
    here, lines = f"/lembar/{scene.sheet}/koreksi", f"/tinjauan/{scene.sheet}"
    page = ani.get(here)
    guest = next(one["value"] for one in page.soup.select("#kursi option") if "Tamu Salah · tamu" in one.text)
    assert "Bukan tamu (hapus dari daftar)" in page.words("#menjadi")
    missed = ani.post(here, wish(scene, 0, kursi=guest, menjadi="alpa"), 422)
    assert "Tamu Salah tamu. Pilih Hadir" in missed.words("main")
    assert "diundang" in ani.post(here, wish(scene, 0, menjadi="bukan tamu"), 422).words("main")
    ani.post(here, wish(scene, 0, kursi=guest, menjadi="bukan tamu"))
    words = eko.get(lines).words("form.wish")
    assert "Tamu Salah: terlambat menjadi bukan tamu" in words
    eko.post("/tinjauan/koreksi/1", {"putusan": "setujui"})
    page = eko.get(lines)
    assert len(page.soup.select("tbody tr")) == 2 and page.words(".rates dd").endswith(" 0")
    assert "Tamu Salah: terlambat menjadi bukan tamu" in page.words("form.wish"), (
        "what was decided stays told"
    )
    files = (
        eko.get(f"/lembar/{scene.sheet}/hadir.csv").text + eko.get(f"/rapat/{scene.meeting}/rekap.csv").text
    )
    assert "Tamu Salah" not in files + ani.get(scene.url).text + ani.get(here).text
    with app.app_context(), everywhere("a test looks"):
        assert rebuild()[1] == 0

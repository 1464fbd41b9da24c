"""Whoever has a part in keeping a list does not review it, whatever roles she holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.attendance.scenes import Scene, also_invited, hand_in, meeting_of, stamp
from tests.attendance.test_arranging import place
from tests.attendance.test_marking import ON_TIME, tap
from tests.attendance.test_meetings import typed
from tests.cast import BUDI, CENGKARENG, EKO, KOTA
from tests.visits import Visitor
from webapp.attendance.models import Invitation, Meeting, Sheet, Site
from webapp.people.models import Mandate
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Of Ani's; Eko, who reviews there, is a coordinator too."""
    with app.app_context():
        with writing(), everywhere("a scene is set"):
            told = {"role": "coordinator", "region_code": KOTA, "since": date(2024, 1, 1)}
            db.session.add(Mandate(person_id=EKO.id, **told))
        return meeting_of(3)


def _put(model: Any, column: str, at: Callable[[Scene], int]) -> Callable[[Visitor, Visitor, Scene], None]:
    def do(ani: Visitor, _eko: Visitor, scene: Scene) -> None:
        with ani.app.app_context(), writing(), everywhere("a scene is set"):
            setattr(db.session.get_one(model, at(scene)), column, EKO.id)
        hand_in(ani, scene.sheet)

    return do


def _records(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    tap(eko, scene, scene.seats[0])
    hand_in(ani, scene.sheet)


def _hands_in(_ani: Visitor, eko: Visitor, scene: Scene) -> None:
    hand_in(eko, scene.sheet)


def _handed_in_once(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    hand_in(eko, scene.sheet)
    eko.post(f"/lembar/{scene.sheet}/tarik", {"versi": 2})
    hand_in(ani, scene.sheet, 3)


def _counts(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    with time_machine.travel(ON_TIME, tick=False):
        eko.send("attendance.heads", {"lembar": scene.sheet, "jumlah": 3, **stamp(ON_TIME)})
    hand_in(ani, scene.sheet)


def _counted_once(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    with time_machine.travel(ON_TIME, tick=False):
        for who in (eko, ani):
            who.send("attendance.heads", {"lembar": scene.sheet, "jumlah": 3, **stamp(ON_TIME)})
    hand_in(ani, scene.sheet)


def _then_handed_in(do: Callable[[Visitor, Scene], Any]) -> Callable[[Visitor, Visitor, Scene], None]:
    def both(ani: Visitor, eko: Visitor, scene: Scene) -> None:
        do(eko, scene)
        hand_in(ani, scene.sheet)

    return both


def _invites(eko: Visitor, scene: Scene) -> None:
    eko.post(f"/rapat/{scene.meeting}/undangan", {"orang": BUDI.id})


def _invites_an_office(eko: Visitor, scene: Scene) -> None:
    eko.post(f"/rapat/{scene.meeting}/undangan", {"peran": "coordinator", "tingkat": "3"})


def _names_a_delegate(eko: Visitor, scene: Scene) -> None:
    eko.post(f"/undangan/{scene.seats[0]}/wakil", {"nama": "Bu Ratna"})


def _moves_the_site(eko: Visitor, scene: Scene) -> None:
    eko.post(f"/rapat/{scene.meeting}/susunan/lokasi/1", place(CENGKARENG, tempat="Aula lain"))


def _renames(eko: Visitor, scene: Scene) -> None:
    eko.post(f"/rapat/{scene.meeting}/ubah", typed(jenis="rakor", judul="Rakor lain", toleransi="15"))


def _calls_off_and_again(eko: Visitor, scene: Scene) -> None:
    eko.post(f"/rapat/{scene.meeting}/batal", {"alasan": "Banjir"})
    eko.post(f"/rapat/{scene.meeting}/aktifkan", {})


PARTS = {
    "ikut mencatat": _records,
    "yang mengajukan": _hands_in,
    "Anda yang mengajukan": _handed_in_once,
    "menghitung orang": _counts,
    "Anda yang menghitung": _counted_once,
    "membuat rapat": _put(Meeting, "created_by", lambda scene: scene.meeting),
    "penanggung jawab": _put(Site, "pic_id", lambda _scene: 1),
    "ikut mengundang": _then_handed_in(_invites),
    "mengundang ke daftar": _then_handed_in(_invites_an_office),
    "mencatat wakil": _then_handed_in(_names_a_delegate),
    "ikut mengatur": _then_handed_in(_moves_the_site),
    "mengatur rapat": _then_handed_in(_renames),
    "Anda ikut mengatur": _then_handed_in(_calls_off_and_again),
}


@pytest.mark.parametrize("says", PARTS)
def test_no_part_in_keeping_a_list_goes_with_its_review(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene, says: str
) -> None:
    PARTS[says](ani, eko, scene)
    with app.app_context(), everywhere("a test looks"):
        version = db.session.get_one(Sheet, scene.sheet).version
    page = eko.get(f"/tinjauan/{scene.sheet}")
    assert says in page.words("main") and not page.soup.select("form.verdict, button[form=terima]")
    assert not eko.get("/tinjauan").soup.select("input[name=lembar]"), "nor ticks it beside others"
    for word in ("setujui", "kembalikan", "kunci"):
        told = {"putusan": word, "versi": version, "alasan": "Cek lagi."}
        assert says in eko.post(f"/tinjauan/{scene.sheet}", told, 422).words("main")
    eko.post("/tinjauan/setujui", {"lembar": f"{scene.sheet}.{version}"})
    assert says in eko.get("/tinjauan").words(".note.bad")
    with app.app_context(), everywhere("a test looks"):
        assert db.session.get_one(Sheet, scene.sheet).version == version


def test_minutes_are_no_part_of_the_list_nor_is_coming_oneself(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    eko.post(f"/rapat/{scene.meeting}/keputusan", {"butir": "Kumpul Senin"})
    with app.app_context():
        (own,) = also_invited(scene, EKO)
        with writing(), everywhere("as if Eko had come to the door and read the code of the screen"):
            seat = db.session.get_one(Invitation, own)
            seat.invited_by, seat.walk_in = EKO.id, True
    hand_in(ani, scene.sheet)
    eko.post(f"/tinjauan/{scene.sheet}", {"putusan": "setujui", "versi": 2})
    with app.app_context(), everywhere("a test looks"):
        assert db.session.get_one(Sheet, scene.sheet).state == "disetujui"


def test_what_is_arranged_is_told_in_the_trail(
    ani: Visitor, eko: Visitor, dewi: Visitor, scene: Scene
) -> None:
    for do in (_moves_the_site, _renames, _calls_off_and_again):
        do(eko, scene)
    told = dewi.get("/jejak").words("main")
    for act in ("Mengatur sesi dan lokasi", "Mengubah rapat", "Membatalkan rapat", "Mengaktifkan lagi rapat"):
        assert f"{act} · rapat" in told


def test_whoever_keeps_a_list_opens_it_without_a_reviewer_having_done_so(
    app: Flask, eko: Visitor, scene: Scene
) -> None:
    hand_in(eko, scene.sheet)
    eko.get(f"/tinjauan/{scene.sheet}")
    eko.post(f"/lembar/{scene.sheet}/tarik", {"versi": 2})
    with app.app_context(), everywhere("a test looks"):
        assert db.session.get_one(Sheet, scene.sheet).state == "draf"


def test_whoever_has_a_part_decides_on_no_correction_of_it(
    app: Flask, ani: Visitor, eko: Visitor, dewi: Visitor, scene: Scene
) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        told = {"role": "supervisor", "region_code": KOTA, "since": date(2024, 1, 1)}
        db.session.add(Mandate(person_id=dewi.actor.id, **told))
    hand_in(ani, scene.sheet)
    for word, version in (("setujui", 2), ("kunci", 3)):
        dewi.post(f"/tinjauan/{scene.sheet}", {"putusan": word, "versi": version})
    wish = {"menjadi": "hadir", "bukti": "Foto.", "alasan": "Ada di foto."}
    for who, seat in ((ani, 0), (eko, 1)):
        who.post(f"/lembar/{scene.sheet}/koreksi", wish | {"kursi": scene.seats[seat]})
    page = eko.get(f"/tinjauan/{scene.sheet}")
    assert not page.soup.select("form.wish button") and "pengawas lain" in page.words("form.wish")
    refused = eko.post("/tinjauan/koreksi/1", {"putusan": "setujui"}, 422)
    assert "Anda meminta koreksi di lembar ini" in refused.words("main")
    dewi.post("/tinjauan/koreksi/1", {"putusan": "setujui"})
    dewi.post("/tinjauan/koreksi/2", {"putusan": "tolak"})

"""Guests at the door: they stand apart from the invited, and whoever was taken back is nowhere any more."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NINE, NOON, Scene, meeting_of, stamp
from tests.attendance.test_review import hand_in
from tests.cast import BUDI
from tests.visits import Visitor
from webapp.attendance.models import Sheet
from webapp.attendance.rules.arranging import Span, add_session
from webapp.attendance.rules.rebuilding import rebuild
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

TEN = NINE.replace(hour=NINE.hour + 1)
GONE = "Tamu Salah"


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(3)


def comes(who: Visitor, scene: Scene, name: str = GONE, **more: Any) -> dict[str, str]:
    """A guest is let in; what takes her back."""
    told = stamp(TEN)
    with time_machine.travel(TEN, tick=False):
        who.send("attendance.walk-in", {**_list(scene), "nama": name, **told, **more})
    return {"lembar": str(scene.sheet), "urung": told["id"]}


def back(who: Visitor, undo: dict[str, str]) -> None:
    with time_machine.travel(TEN, tick=False):
        who.send("attendance.void", {**undo, **stamp(TEN)})


def _list(scene: Scene) -> dict[str, str]:
    return {"rapat": str(scene.meeting), "lembar": str(scene.sheet)}


def told_anywhere(who: Visitor, scene: Scene, reader: Visitor) -> str:
    """All that these two read of a list, on pages and in files of text."""
    lists = [f"/lembar/{scene.sheet}/{page}" for page in ("hadir", "pindai", "kertas", "tamu")]
    pages = [who.get(path).text for path in (*lists, f"/rapat/{scene.meeting}/undangan")]
    files = [f"/lembar/{scene.sheet}/hadir.csv", f"/rapat/{scene.meeting}/rekap.csv"]
    return "".join([*pages, *(reader.get(path).text for path in files)])


def test_the_counters_say_of_how_many_invited_and_guests_beside(ani: Visitor, scene: Scene) -> None:
    comes(ani, scene, "Pak Toha")
    with time_machine.travel(TEN, tick=False):
        ani.send("attendance.mark", {**_list(scene), "hadir": scene.seats[0], **stamp(TEN)})
        assert ani.get(scene.url).words(".sticky .count").startswith("1 / 3 tercatat + 1 tamu")
        assert "2 belum" in ani.get(scene.url).words(".act")
        assert ani.get(f"/lembar/{scene.sheet}/pindai").words(".count").startswith("1 hadir / 3 + 1 tamu")
        assert "1/3 tercatat + 1 tamu" in ani.get("/rapat").words(".day")
        assert "1/3 tercatat + 1 tamu" in ani.get("/").words("#hari-ini")


def test_whoever_was_taken_back_is_nowhere(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    comes(ani, scene, "Pak Toha")
    back(ani, comes(ani, scene))
    with time_machine.travel(NOON, tick=False):
        assert GONE not in told_anywhere(ani, scene, eko) and "Pak Toha" in told_anywhere(ani, scene, eko)
        assert ani.get(scene.url).words(".sticky .count").startswith("0 / 3 tercatat + 1 tamu")
        hand_in(ani, scene)
        page = eko.get(f"/tinjauan/{scene.sheet}")
        assert GONE not in page.text and len(page.soup.select("tbody tr")) == 4
        eko.post(f"/tinjauan/{scene.sheet}", {"versi": 2, "putusan": "setujui"})
        eko.post(f"/tinjauan/{scene.sheet}", {"versi": 3, "putusan": "kunci"})
        assert GONE not in ani.get(f"/lembar/{scene.sheet}/koreksi").text
        assert "Pak Toha" in ani.get(f"/lembar/{scene.sheet}/koreksi").text


def test_a_guest_of_ours_who_was_taken_back_reads_nothing_of_that_meeting(
    ani: Visitor, budi: Visitor, scene: Scene
) -> None:
    own = f"/rapat/{scene.meeting}"
    undo = comes(ani, scene, "", orang=BUDI.id)
    with time_machine.travel(TEN, tick=False):
        assert own in budi.get("/rapat").text and budi.get(own).status == 200
        back(ani, undo)
        assert own not in budi.get("/rapat").text
        budi.get(own, 404)
        comes(ani, scene, "", orang=BUDI.id)
        budi.get(own)


def test_a_guest_who_was_taken_back_leaves_the_meeting_as_it_was(app: Flask, ani: Visitor) -> None:
    with app.app_context():
        bimtek = meeting_of(3, kind="bimtek", title="Bimtek saksi")
    own = f"/rapat/{bimtek.meeting}"
    with time_machine.travel(TEN, tick=False):
        assert ani.get(own).soup.select(f"a[href='{own}/batal']")
        undo = comes(ani, bimtek, "", orang=BUDI.id)
        assert BUDI.name in ani.get(f"{own}/pelatihan").text
        assert not ani.get(own).soup.select(f"a[href='{own}/batal']")
        back(ani, undo)
        assert BUDI.name not in ani.get(f"{own}/pelatihan").text
        assert ani.get(own).soup.select(f"a[href='{own}/batal']"), "nobody was there"
        ani.post(f"{own}/batal", {"alasan": "Banjir di mana-mana"})
        assert "dibatalkan" in ani.get(own).words("main")


ORDERS = sorted(set(permutations(("in", "void", "in", "void"))))


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_in_whatever_order_the_tap_and_its_undo_arrive_and_however_often(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene, order: tuple[str, ...], together: bool
) -> None:
    guest, undo = str(uuid4()), str(uuid4())
    told = {
        "in": _item(guest, "attendance.walk-in", {**_list(scene), "nama": GONE}),
        "void": _item(undo, "attendance.void", {"lembar": str(scene.sheet), "urung": guest}),
    }
    sent = [told[word] for word in order]
    with time_machine.travel(TEN, tick=False):
        for batch in [sent] if together else [[one] for one in sent]:
            body = {"items": batch, "clock": TEN.isoformat()}
            said = ani.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
            assert {one["verdict"] for one in said} <= {"diterima", "sudah ada"}
        assert GONE not in told_anywhere(ani, scene, eko)
    with app.app_context(), everywhere("a test looks"):
        assert rebuild()[1] == 0


def _item(number: str, kind: str, fields: dict[str, str]) -> dict[str, Any]:
    return {"id": number, "kind": kind, "fields": fields, "happened_at": TEN.isoformat(), "offset": "420"}


def test_more_undos_than_a_seat_may_have_records_keep_no_guest_out(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    guest = stamp(TEN)
    with time_machine.travel(TEN, tick=False):
        for _ in range(2):
            undos = [
                _item(str(uuid4()), "attendance.void", {"lembar": str(scene.sheet), "urung": guest["id"]})
                for _ in range(30)
            ]
            body = {"items": undos, "clock": TEN.isoformat()}
            said = ani.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
            assert {one["verdict"] for one in said} == {"diterima"}
        ani.send("attendance.walk-in", {**_list(scene), "nama": GONE, **guest})
        assert GONE not in told_anywhere(ani, scene, eko)


def test_an_undo_of_nothing_or_of_another_hand_takes_nobody_back(
    app: Flask, ani: Visitor, kartika: Visitor, citra: Visitor, scene: Scene
) -> None:
    guest = stamp(TEN)
    with time_machine.travel(TEN, tick=False):
        undo = {"lembar": str(scene.sheet), "urung": guest["id"]}
        kartika.send("attendance.void", {**undo, **stamp(TEN)})
        citra.send("attendance.void", {**undo, **stamp(TEN)}, "perlu diperiksa")
        ani.send("attendance.void", {"urung": str(uuid4()), **stamp(TEN)}, "perlu diperiksa")
        ani.send("attendance.walk-in", {**_list(scene), "nama": "Pak Toha", **guest})
        assert "Pak Toha" in ani.get(scene.url).words("#daftar")
    told = app.test_cli_runner().invoke(args=["retention", "run"])
    assert "undos without a guest deleted: 0" in told.output


def test_who_is_entered_again_is_there_once(ani: Visitor, eko: Visitor, scene: Scene) -> None:
    for more in ({}, {"orang": str(BUDI.id), "nama": ""}):
        back(ani, comes(ani, scene, **more))
        comes(ani, scene, **more)
    with time_machine.travel(TEN, tick=False):
        words = ani.get(scene.url).words("#daftar .who b")
        assert words.count(GONE) == words.count("Budi Santoso") == 1
        assert "+ 2 tamu" in ani.get(scene.url).words(".sticky .count")


def test_a_guest_of_another_list_stays(app: Flask, ani: Visitor, scene: Scene) -> None:
    with app.app_context():
        other = meeting_of(1, title="Rakor lain")
    undo = comes(ani, scene)
    comes(ani, other)
    back(ani, undo)
    with time_machine.travel(TEN, tick=False):
        assert GONE not in ani.get(scene.url).text
        assert GONE in ani.get(other.url).words("#daftar")


def test_a_guest_of_the_morning_may_come_again_and_is_no_absentee_of_the_afternoon(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    with app.app_context(), writing(), everywhere("a scene is set"):
        one, two = NOON.replace(hour=NOON.hour + 1), NOON.replace(hour=NOON.hour + 3)
        later = add_session(scene.meeting, Span(one, two, title="Siang"))
        second = db.session.scalars(select(Sheet.id).where(Sheet.session_id == later.id)).one()
    comes(ani, scene, "Pak Toha")
    with time_machine.travel(two, tick=False):
        assert "Pak Toha" in ani.get(f"/lembar/{second}/hadir").text
        hand_in(ani, replace(scene, sheet=second))
        assert "Pak Toha" not in eko.get(f"/tinjauan/{second}").text
        assert "Pak Toha" not in eko.get(f"/lembar/{second}/hadir.csv").text
        assert "Pak Toha" in eko.get(f"/rapat/{scene.meeting}/rekap.csv").text


def test_a_delegate_who_is_expected_stays_and_one_who_was_taken_back_leaves_her_place(
    ani: Visitor, scene: Scene
) -> None:
    back(ani, comes(ani, scene, mewakili=str(scene.seats[0])))
    comes(ani, scene, "Bu Tini", mewakili=str(scene.seats[0]))
    with time_machine.travel(TEN, tick=False):
        page = ani.get(scene.url)
        assert GONE not in page.text and "diwakili Bu Tini" in page.words(f"#seat-{scene.seats[0]}")
    with time_machine.travel(NINE, tick=False):
        ani.post(f"/undangan/{scene.seats[1]}/wakil", {"nama": "Pak Karyo"})
        assert "Pak Karyo" in ani.get(scene.url).words("#daftar")


def test_who_was_taken_back_at_the_door_may_be_invited(app: Flask, ani: Visitor, scene: Scene) -> None:
    back(ani, comes(ani, scene, orang=str(BUDI.id), nama=""))
    with time_machine.travel(TEN, tick=False):
        page = ani.get(ani.post(f"/rapat/{scene.meeting}/undangan", {"orang": BUDI.id}).headers["Location"])
        assert "1 orang diundang." in page.text
        assert "0 / 4 tercatat" in ani.get(scene.url).words(".sticky .count")


def test_a_guest_is_present_or_late_and_never_absent(ani: Visitor, scene: Scene) -> None:
    comes(ani, scene, "Pak Toha")
    with time_machine.travel(TEN, tick=False):
        row = next(one for one in ani.get(scene.url).soup.select("#daftar li") if "Toha" in one.text)
        offered = {str(button["name"]) for button in row.select(".pop button")}
        assert offered == {"tepat", "terlambat", "urung"}
        seat = str(row["id"])[5:]
        told = [
            _item(str(uuid4()), "attendance.mark", {**_list(scene), word: seat}) for word in ("izin", "alpa")
        ]
        body = {"items": told, "clock": TEN.isoformat()}
        both = ani.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
        alone = ani.send("attendance.mark", {**_list(scene), "sakit": seat, **stamp(TEN)}, "ditolak")
        assert all("Tamu hanya bisa hadir" in one["reason"] for one in (*both, alone))
        paper = ani.get(f"/lembar/{scene.sheet}/kertas")
        assert len(paper.soup.select(f"[name=tanda-{seat}]")) == 2
        typed = {
            "lembar": scene.sheet,
            "urutan": ",".join(map(str, (*scene.seats, seat))),
            f"tanda-{seat}": "a",
        }
        assert "Pak Toha, tamu" in ani.post(f"/lembar/{scene.sheet}/kertas", typed, 422).words("main")
        ani.send("attendance.mark", {**_list(scene), "terlambat": seat, **stamp(TEN)})
        assert ani.get(scene.url).words(".sticky .count").startswith("0 / 3 tercatat + 1 tamu")


def test_whoever_was_taken_back_waits_for_no_list_in_her_own_figures(
    ani: Visitor, budi: Visitor, scene: Scene
) -> None:
    back(ani, comes(ani, scene, "", orang=BUDI.id))
    own = f"/orang/{BUDI.id}/kehadiran"
    with time_machine.travel(NOON.replace(hour=NOON.hour + 1), tick=False):
        assert "belum masuk" not in budi.get(own).words("main")
        comes(ani, scene, "", orang=BUDI.id)
    with time_machine.travel(NOON.replace(hour=NOON.hour + 1), tick=False):
        assert "1 lembar belum masuk" in budi.get(own).words("main")

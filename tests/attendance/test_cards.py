"""Cards: one's own to show, a list's to print, and what happens when one is read at the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.attendance.codes import card, person_at, records, scanned, seats_of
from tests.attendance.scenes import NINE, NOON, also_invited, hand_in, meeting_of, stamp, verdict_of
from tests.cast import BUDI, CITRA, GROGOL
from tests.conftest import ON_POSTGRES
from tests.visits import Visitor
from webapp.people.models import Person
from webapp.plumbing.database import db

AT_NINE = NINE + timedelta(minutes=3)
pytestmark = pytest.mark.usefixtures("inside")


def test_everybody_has_a_card_with_an_own_code(budi: Visitor, ani: Visitor) -> None:
    page = budi.get("/kartu")
    assert card(BUDI.id) in page.words(".code").replace(" ", "")
    assert BUDI.name in page.words(".card") and len(page.soup.select("svg.qr")) == 1
    assert str(BUDI.id) not in card(BUDI.id).split()
    assert page.words(".code") != ani.get("/kartu").words(".code")


def test_the_cards_of_a_list_are_printed_and_not_the_neighbours(
    ani: Visitor, citra: Visitor, statements: Any
) -> None:
    scene = meeting_of(30)
    with time_machine.travel(AT_NINE):
        guest = {"lembar": str(scene.sheet), "rapat": str(scene.meeting), "nama": "Pak Karyo"}
        ani.send("attendance.walk-in", {**guest, **stamp(AT_NINE)})
    with statements() as counted:
        page = ani.get(f"/lembar/{scene.sheet}/kartu")
    assert len(page.soup.select("li.card svg.qr")) == 30
    assert len(counted.work) <= 4
    citra.get(f"/lembar/{scene.sheet}/kartu", 404)


def test_a_card_at_the_door_marks_its_person(ani: Visitor, statements: Any) -> None:
    scene = meeting_of(3)
    with time_machine.travel(AT_NINE):
        ani.send("attendance.scan", {**scanned(scene, person_at(scene.seats[1])), **stamp(AT_NINE)})
        ani.send("attendance.scan", {**scanned(scene, person_at(scene.seats[2]), "kode"), **stamp(AT_NINE)})
    assert [(r.method, r.invitation_id) for r in records()] == [
        ("kartu", scene.seats[1]),
        ("kode", scene.seats[2]),
    ]
    assert [verdict_of(seat).status for seat in scene.seats] == ["belum", "hadir", "hadir"]
    assert verdict_of(scene.seats[1]).method == "kartu"
    assert not verdict_of(scene.seats[1]).doubled


def test_one_card_costs_few_statements(ani: Visitor, statements: Any) -> None:
    scene = meeting_of(5)
    told = {**scanned(scene, person_at(scene.seats[0])), **stamp(AT_NINE)}
    with time_machine.travel(AT_NINE), statements() as counted:
        ani.send("attendance.scan", told)
    assert len(counted.work) <= 8 + ON_POSTGRES  # where a seat is locked by a statement of its own


def test_the_same_sending_again_is_one_record_and_a_second_scan_changes_nothing(ani: Visitor) -> None:
    scene = meeting_of(1)
    told = {**scanned(scene, person_at(scene.seats[0])), **stamp(AT_NINE)}
    with time_machine.travel(AT_NINE):
        ani.send("attendance.scan", told)
        ani.send("attendance.scan", told, "sudah ada")
        ani.send("attendance.scan", {**told, **stamp(AT_NINE + timedelta(seconds=9), clock=AT_NINE)})
    assert len(records()) == 2
    assert verdict_of(scene.seats[0]).status == "hadir"


def test_an_undo_takes_a_scan_back(ani: Visitor) -> None:
    scene = meeting_of(1)
    told = {**scanned(scene, person_at(scene.seats[0])), **stamp(AT_NINE)}
    undo = {"lembar": str(scene.sheet), "rapat": str(scene.meeting), "urung": told["id"], **stamp(AT_NINE)}
    with time_machine.travel(AT_NINE):
        ani.send("attendance.scan", told)
        ani.send("attendance.void", undo)
    assert verdict_of(scene.seats[0]).status == "belum"


def test_whoever_is_not_on_the_list_gets_a_seat_at_the_door_once(ani: Visitor) -> None:
    scene = meeting_of(1)
    with time_machine.travel(AT_NINE):
        for _ in range(2):
            ani.send("attendance.scan", {**scanned(scene, CITRA.id), **stamp(AT_NINE)})
    (seat,) = seats_of(scene, CITRA.id)
    assert seat.walk_in and verdict_of(seat.id).status == "hadir"
    assert CITRA.name in ani.get(f"/lembar/{scene.sheet}/hadir").text


@pytest.mark.parametrize("way", ["scan", "walk-in"])
def test_whoever_has_withdrawn_gets_no_new_seat(ani: Visitor, way: str) -> None:
    scene = meeting_of(1)
    db.session.get_one(Person, BUDI.id).withdrawn_at = NINE
    db.session.commit()
    told = {**scanned(scene, BUDI.id), "orang": str(BUDI.id)}
    with time_machine.travel(AT_NINE):
        ani.send(f"attendance.{way}", {**told, **stamp(AT_NINE)}, "perlu diperiksa")
    assert seats_of(scene, BUDI.id) == [] and records() == []


def test_a_keeper_s_card_of_another_region_s_list_opens_nothing(citra: Visitor, budi: Visitor) -> None:
    scene = meeting_of(1)
    own = meeting_of(1, by=CITRA, code=GROGOL)
    with time_machine.travel(AT_NINE):
        citra.send("attendance.scan", {**scanned(scene, CITRA.id), **stamp(AT_NINE)}, "perlu diperiksa")
        budi.send("attendance.scan", {**scanned(scene, BUDI.id), **stamp(AT_NINE)}, "perlu diperiksa")
        citra.send("attendance.scan", {**scanned(own, BUDI.id), **stamp(AT_NINE)})
    assert [record.region_code for record in records()] == [GROGOL]
    for page in ("pindai", "layar", "kartu"):
        citra.get(f"/lembar/{scene.sheet}/{page}", 404)
        budi.get(f"/lembar/{scene.sheet}/{page}", 404)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("", "Ketik kode"),
        ("KXXX", "salah ketik"),
        ("0123456788", "salah ketik"),
        ("0000000000", "bukan kartu"),
        ("https://contoh.id/kartu", "salah ketik"),
        ("x" * 5000, "salah ketik"),
    ],
)
def test_what_is_no_card_is_refused_in_a_sentence_and_leaves_nothing(
    ani: Visitor, code: str, says: str
) -> None:
    scene = meeting_of(1)
    told = {"rapat": str(scene.meeting), "lembar": str(scene.sheet), "cara": "kartu", "kode": code}
    with time_machine.travel(AT_NINE):
        verdict = ani.send("attendance.scan", {**told, **stamp(AT_NINE)}, "ditolak")
        page = ani.post(f"/lembar/{scene.sheet}/pindai", {"kode": code}, 422)
    assert says in verdict["reason"] and says in page.words(".err")
    assert records() == []


def test_a_code_of_nobody_is_looked_at(ani: Visitor) -> None:
    scene = meeting_of(1)
    with time_machine.travel(AT_NINE):
        ani.send("attendance.scan", {**scanned(scene, 2**30), **stamp(AT_NINE)}, "perlu diperiksa")
    assert records() == []


@pytest.mark.parametrize("way", ["tap", "layar", "koreksi", "", "\x00"])
def test_a_scan_calls_itself_nothing_else(ani: Visitor, way: str) -> None:
    scene = meeting_of(1)
    with time_machine.travel(AT_NINE):
        told = {**scanned(scene, person_at(scene.seats[0]), way), **stamp(AT_NINE)}
        ani.send("attendance.scan", told, "ditolak|diterima")
    assert {record.method for record in records()} <= {"kode"}


def test_too_early_and_after_the_end_are_said_as_for_a_tap(ani: Visitor) -> None:
    scene = meeting_of(2)
    early, over = NINE - timedelta(hours=2), NOON + timedelta(minutes=5)
    with time_machine.travel(early):
        verdict = ani.send(
            "attendance.scan", {**scanned(scene, person_at(scene.seats[0])), **stamp(early)}, "ditolak"
        )
    assert "Belum waktunya" in verdict["reason"]
    with time_machine.travel(over):
        told = scanned(scene, person_at(scene.seats[0]))
        verdict = ani.send("attendance.scan", {**told, **stamp(over)}, "ditolak")
        ani.send("attendance.scan", {**told, "waktu": "tepat", **stamp(over)})
        page = ani.get(f"/lembar/{scene.sheet}/pindai")
    assert "Pilih dulu" in verdict["reason"]
    assert verdict_of(scene.seats[0]).status == "hadir"
    assert page.soup.select("fieldset") and not page.soup.select("fieldset[hidden]")


def test_the_page_of_the_scanner_holds_the_list_and_no_more(ani: Visitor, statements: Any) -> None:
    scene = meeting_of(63)
    also_invited(scene, BUDI)
    with time_machine.travel(AT_NINE):
        ani.send("attendance.scan", {**scanned(scene, BUDI.id), **stamp(AT_NINE)})
        with statements() as counted:
            page = ani.get(f"/lembar/{scene.sheet}/pindai")
    assert len(counted.work) <= 4
    rows = page.soup.select("#kursi > li")
    assert len(rows) == 64
    assert page.words(".count").replace(" ", "") == "1hadir/64,0belumterkirim"
    assert {row["data-code"] for row in rows if row["data-status"] == "h"} == {card(BUDI.id)}


def test_without_script_a_typed_code_marks_too(ani: Visitor) -> None:
    scene = meeting_of(1)
    with time_machine.travel(AT_NINE):
        code = card(person_at(scene.seats[0]))
        ani.post(f"/lembar/{scene.sheet}/pindai", {"kode": f"{code[:5].lower()} {code[5:]}"})
        assert "Warga 001: hadir" in ani.get(f"/lembar/{scene.sheet}/pindai").words(".toast")
    assert [record.method for record in records()] == ["kode"]


def test_without_script_a_pasted_code_marks_too_and_the_field_cuts_none_short(ani: Visitor) -> None:
    scene = meeting_of(1)
    code = card(person_at(scene.seats[0]))
    pasted = f"Kode kartu: {code[:5]}\u2011{code[5:]}\u200b"
    with time_machine.travel(AT_NINE):
        page = ani.get(f"/lembar/{scene.sheet}/pindai")
        assert int(str(page.one("input[name=kode]")["maxlength"])) >= len(pasted)
        ani.post(f"/lembar/{scene.sheet}/pindai", {"kode": pasted})
    assert [record.method for record in records()] == ["kode"]


def test_a_sheet_that_was_handed_in_takes_no_card(ani: Visitor) -> None:
    scene = meeting_of(1)
    with time_machine.travel(NOON):
        hand_in(ani, scene.sheet)
        told = {**scanned(scene, person_at(scene.seats[0])), "waktu": "tepat", **stamp(NOON)}
        assert "sudah diajukan" in ani.send("attendance.scan", told, "ditolak")["reason"]
        for page in ("pindai", "layar"):
            assert "tidak bisa dicatat lagi" in ani.get(f"/lembar/{scene.sheet}/{page}").words("main")


ODD = [None, 7, 1.5, True, [], {}, ["x", "y"], {"a": 1}, "x" * 100_000, "\ud800", "\x00"]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd)[:20])
@pytest.mark.parametrize("kind", ["attendance.scan", "attendance.screen", "attendance.self"])
def test_nothing_that_stands_in_the_place_of_a_code_or_a_position_breaks_anything(
    ani: Visitor, kind: str, odd: object
) -> None:
    scene = meeting_of(1)
    names = ("kode", "cara", "waktu", "dilihat", "lat", "lng", "accuracy", "kursi")
    told = {"rapat": str(scene.meeting), "lembar": str(scene.sheet)} | dict.fromkeys(names, odd)
    with time_machine.travel(AT_NINE):
        ani.send(kind, {**told, **stamp(AT_NINE)}, "ditolak|perlu diperiksa")
    assert records() == []

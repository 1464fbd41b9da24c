"""The screen's code: fresh it counts at once, late it waits to be looked at, and of another list it opens nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.attendance.codes import records, seats_of, token
from tests.attendance.scenes import NINE, NOON, also_invited, hand_in, meeting_of, stamp, verdict_of
from tests.cast import BUDI, CITRA, GROGOL
from tests.visits import Visitor
from webapp.attendance.models import AttendanceRecord

SHOWN = NINE - timedelta(minutes=5)  # on a boundary of fifteen seconds
pytestmark = pytest.mark.usefixtures("inside")


def read(
    visitor: Visitor, code: str, at: datetime, heard: datetime | None = None, verdict: str = "diterima"
) -> Any:
    """A phone reads the code at one moment and reaches the server at another."""
    with time_machine.travel(heard or at, tick=False):
        return visitor.send("attendance.screen", {"kode": code, **stamp(at, clock=heard or at)}, verdict)


def the_record() -> AttendanceRecord:
    """The only one."""
    (record,) = records()
    return record


def test_a_fresh_code_counts_at_once(budi: Visitor) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    read(budi, token(scene, SHOWN), SHOWN + timedelta(seconds=10))
    verdict, record = verdict_of(seat), the_record()
    assert (verdict.status, verdict.method, verdict.late_code, verdict.claims_since) == (
        "hadir",
        "layar",
        False,
        None,
    )
    assert (record.seen_at, record.held) == (SHOWN, False)
    assert verdict.first_in == SHOWN


@pytest.mark.parametrize(
    ("seconds", "held"), [(0, False), (14, False), (120, False), (121, True), (3600, True)]
)
def test_what_counts_is_the_time_between_the_showing_and_our_hearing_of_it(
    budi: Visitor, seconds: int, held: bool
) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    read(
        budi,
        token(scene, SHOWN),
        SHOWN + timedelta(seconds=5),
        SHOWN + timedelta(seconds=seconds + 5 * (seconds < 5)),
    )
    assert the_record().held is held
    verdict = verdict_of(seat)
    assert (verdict.status, verdict.late_code) == (("belum", True) if held else ("hadir", False))


def test_read_without_network_it_waits_and_a_keeper_s_tap_settles_it_with_its_own_hour(
    ani: Visitor, budi: Visitor
) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    read(budi, token(scene, SHOWN), SHOWN + timedelta(seconds=5), NINE + timedelta(hours=1))
    waiting = verdict_of(seat)
    assert (waiting.status, waiting.claims_since) == ("belum", SHOWN + timedelta(seconds=5))
    tapped = NINE + timedelta(hours=1, minutes=5)
    with time_machine.travel(tapped):
        ani.send(
            "attendance.mark",
            {"rapat": str(scene.meeting), "lembar": str(scene.sheet), "hadir": str(seat), **stamp(tapped)},
        )
    assert verdict_of(seat).status == "hadir"
    assert verdict_of(seat).first_in == SHOWN + timedelta(seconds=5)


def test_a_wrong_clock_of_the_phone_neither_helps_nor_hurts(budi: Visitor) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    wrong = SHOWN - timedelta(hours=3)
    with time_machine.travel(SHOWN + timedelta(seconds=20), tick=False):
        budi.send("attendance.screen", {"kode": token(scene, SHOWN), **stamp(wrong)})
    assert (verdict_of(seat).status, the_record().held, the_record().happened_at) == ("hadir", False, SHOWN)


def test_nobody_came_before_the_code_was_shown_whatever_the_phone_says(budi: Visitor) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    late = NINE + timedelta(minutes=40)
    read(budi, token(scene, late), NINE - timedelta(minutes=5), late + timedelta(minutes=30))
    assert the_record().held and the_record().happened_at == late


def test_a_tap_from_before_the_showing_is_no_earlier_coming(budi: Visitor) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    late = NINE + timedelta(minutes=65)
    told = {"kode": token(scene, late), **stamp(NINE + timedelta(minutes=4))}
    del told["clock"]  # nothing says how wrong the phone is
    with time_machine.travel(late + timedelta(seconds=12), tick=False):
        budi.send("attendance.screen", told)
    verdict = verdict_of(seat)
    assert (verdict.status, verdict.first_in, the_record().held) == ("terlambat", late, False)


def test_a_reading_that_was_passed_on_is_worth_nothing_in_another_browser(
    app: Flask, budi: Visitor, stranger: Visitor
) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    code = token(scene, SHOWN)
    with time_machine.travel(SHOWN + timedelta(seconds=5), tick=False) as clock:
        passed_on = stranger.get(f"/hadir/{code}", 303).headers["Location"].rpartition("/")[2]
        clock.shift(timedelta(minutes=4))
        budi.get(f"/hadir/{code}", 303)
        told = {"kode": code, "dilihat": passed_on, **stamp(SHOWN, clock=SHOWN + timedelta(minutes=4))}
        budi.send("attendance.screen", told)
    assert the_record().held and verdict_of(seat).status == "belum"


def test_a_code_of_the_future_waits_too(budi: Visitor) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    read(budi, token(scene, SHOWN + timedelta(minutes=30)), SHOWN)
    assert the_record().held


def test_a_code_that_was_shown_after_the_end_waits(budi: Visitor) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    over = NOON + timedelta(minutes=5)
    read(budi, token(scene, over), over)
    assert verdict_of(seat).status == "belum" and the_record().held


def test_signing_in_after_reading_makes_nobody_late(app: Flask, stranger: Visitor) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    code = token(scene, SHOWN)
    with time_machine.travel(SHOWN + timedelta(seconds=8), tick=False):
        onward = stranger.get(f"/hadir/{code}", 303).headers["Location"]
        asked = stranger.client.get(onward, headers={"Sec-Fetch-Dest": "document"})
    assert asked.status_code == 302 and asked.headers["Location"].startswith("/masuk?lanjut=")
    with time_machine.travel(SHOWN + timedelta(minutes=9), tick=False):
        with stranger.client.session_transaction() as session:  # in the same browser
            session["_user_id"] = str(BUDI.device)
        page = stranger.get(onward)
        assert "diperiksa" not in page.words("main")
        fields = {field["name"]: field["value"] for field in page.soup.select("#saya input[value]")}
        stranger.post("/hadir", {**fields, **stamp(SHOWN + timedelta(minutes=9))})
    assert verdict_of(seat).status == "hadir"
    assert verdict_of(seat).first_in == SHOWN


@pytest.mark.parametrize(
    ("minutes", "agreed"), [(40, False), (9, True)], ids=["passed on", "a name agreed on"]
)
def test_the_address_of_a_fresh_reading_is_worth_nothing_in_another_browser(
    budi: Visitor, stranger: Visitor, minutes: int, agreed: bool
) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    for who in (stranger, budi) if agreed else ():
        who.client.set_cookie("layar", "kita-sepakat")
    with time_machine.travel(SHOWN + timedelta(seconds=8), tick=False):
        onward = stranger.get(f"/hadir/{token(scene, SHOWN)}", 303).headers["Location"]
    with time_machine.travel(SHOWN + timedelta(minutes=minutes), tick=False):
        page = budi.get(onward)
        assert "diperiksa dulu oleh koordinator" in page.words("main")
        budi.post(
            "/hadir", {field["name"]: field["value"] for field in page.soup.select("#saya input[value]")}
        )
    assert (verdict_of(seat).status, the_record().held) == ("belum", True)


def test_a_code_that_was_passed_on_says_so_before_the_tap(budi: Visitor) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    code = token(scene, SHOWN)
    with time_machine.travel(SHOWN + timedelta(minutes=30), tick=False):
        onward = budi.get(f"/hadir/{code}", 303).headers["Location"]
        page = budi.get(onward)
        assert "diperiksa dulu oleh koordinator" in page.words("main")
        fields = {field["name"]: field["value"] for field in page.soup.select("#saya input[value]")}
        budi.post("/hadir", fields)
    assert the_record().held


def test_a_stamp_that_is_not_ours_counts_as_none(budi: Visitor) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    told = {"kode": token(scene, SHOWN), "dilihat": f"{int(SHOWN.timestamp())}.AAAAAAAAAAAAAA"}
    heard = SHOWN + timedelta(hours=1)
    with time_machine.travel(heard, tick=False):
        budi.send("attendance.screen", {**told, **stamp(heard)})
    assert the_record().held


def test_the_public_door_tells_nothing_and_writes_nothing(stranger: Visitor, statements: Any) -> None:
    scene = meeting_of(1)
    code = token(scene, SHOWN)
    with statements() as counted:
        moved = stranger.get(f"/hadir/{code}", 303)
        stranger.get("/hadir/apa-saja", 422)
        stranger.get(f"/hadir/{scene.sheet}.1.{'A' * 14}", 303)
    assert not counted
    assert "Cengkareng" not in moved.text


FORGED = "{sheet}.{window}.AAAAAAAAAAAAAA {token}x {short} 999999.{window}.{sign} {sheet}.1.{sign}".split()


@pytest.mark.parametrize("bad", ["", "x", "1.2.3", *FORGED, "9" * 3000, "\x00", "💥"])
def test_forged_garbled_and_truncated_codes_get_a_sentence_and_write_nothing(budi: Visitor, bad: str) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    code = token(scene, SHOWN)
    sheet, window, sign = code.split(".")
    told = bad.format(sheet=sheet, window=window, sign=sign, token=code, short=code[:-3])
    verdict = read(budi, told, SHOWN, verdict="ditolak")
    assert re.search("tidak terbaca utuh|tidak dikenali", verdict["reason"])
    with time_machine.travel(SHOWN, tick=False):
        budi.post("/hadir", {"kode": told})
    assert records() == [] and len(seats_of(scene, BUDI.id)) == 1


def test_the_code_of_another_list_is_not_believed_here(budi: Visitor) -> None:
    here, there = meeting_of(1), meeting_of(1, by=CITRA, code=GROGOL)
    _, window, sign = token(there, SHOWN).split(".")
    read(budi, f"{here.sheet}.{window}.{sign}", SHOWN, verdict="ditolak")
    assert records() == []


def test_whoever_is_not_invited_gets_a_seat_and_waits_however_often(budi: Visitor) -> None:
    scene = meeting_of(1)
    for minute in (0, 1):
        at = SHOWN + timedelta(minutes=minute)
        read(budi, token(scene, at), at)
    (seat,) = seats_of(scene, BUDI.id)
    assert seat.walk_in and verdict_of(seat.id).status == "belum"
    assert [record.held for record in records()] == [True], "said again it adds nothing"


def test_the_same_sending_again_is_one_record(budi: Visitor) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    told = {"kode": token(scene, SHOWN), **stamp(SHOWN)}
    with time_machine.travel(SHOWN, tick=False):
        budi.send("attendance.screen", told)
        budi.send("attendance.screen", told, "sudah ada")
    assert the_record().held is False


def test_before_the_doors_are_open_and_after_the_list_is_closed(ani: Visitor, budi: Visitor) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    early = NINE - timedelta(hours=2)
    assert "Belum waktunya" in read(budi, token(scene, early), early, verdict="ditolak")["reason"]
    with time_machine.travel(NOON):
        hand_in(ani, scene.sheet)
    assert "sudah diajukan" in read(budi, token(scene, SHOWN), NOON, verdict="ditolak")["reason"]
    assert records() == []


def test_the_presenter_s_page_holds_the_key_of_its_own_list_and_nobody_else_sees_it(
    ani: Visitor, budi: Visitor
) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    box = ani.get(f"/lembar/{scene.sheet}/layar").one("[data-screen]")
    assert box["data-sheet"] == str(scene.sheet)
    budi.get(f"/lembar/{scene.sheet}/layar", 404)
    assert str(box["data-secret"]) not in budi.get(f"/rapat/{scene.meeting}").text
    assert str(box["data-url"]).endswith("/hadir/")


def test_the_page_of_the_button_costs_little(budi: Visitor, statements: Any) -> None:
    scene = meeting_of(63)
    also_invited(scene, BUDI)
    with time_machine.travel(SHOWN, tick=False):
        onward = budi.get(f"/hadir/{token(scene, SHOWN)}", 303).headers["Location"]
        with statements() as counted:
            budi.get(onward)
    assert len(counted.work) <= 2

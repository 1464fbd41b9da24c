"""Diwakili: somebody comes instead, with a seat and a record of her own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import NOON, Scene, also_invited, hand_in, meeting_of, stamp, verdict_of
from tests.attendance.test_marking import ON_TIME, tap
from tests.cast import BUDI
from tests.visits import Visitor
from webapp.attendance.figures.rates import rates_of
from webapp.attendance.figures.sheets import to_review
from webapp.attendance.models import Invitation, Sheet
from webapp.attendance.rules.lines import lines_of
from webapp.attendance.rules.rebuilding import rebuild
from webapp.places.rules.scope import EVERYWHERE, bind, everywhere
from webapp.plumbing.database import db


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        return meeting_of(3)


def path(seat: int) -> str:
    return f"/undangan/{seat}/wakil"


def delegate_of(app: Flask, seat: int) -> Invitation | None:
    with app.app_context(), everywhere("a test looks"):
        return db.session.scalars(select(Invitation).where(Invitation.stands_for == seat)).one_or_none()


def send(ani: Visitor, seat: int, **who: Any) -> None:
    ani.post(path(seat), who)


def row(ani: Visitor, scene: Scene, seat: int) -> str:
    with time_machine.travel(ON_TIME, tick=False):
        return ani.get(scene.url).words(f"#seat-{seat} .who")


def test_a_seat_is_represented_only_once_the_delegate_has_come(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    seat = scene.seats[0]
    send(ani, seat, orang=BUDI.id)
    found = delegate_of(app, seat)
    assert found is not None and (found.person_id, found.walk_in) == (BUDI.id, True)
    assert "wakil: Budi Santoso" in row(ani, scene, seat)
    assert "Mewakili Warga 001" in row(ani, scene, found.id)
    tap(ani, scene, found.id)
    assert "diwakili Budi Santoso" in row(ani, scene, seat)
    with app.app_context():
        assert verdict_of(seat).status == "belum"
        bind(EVERYWHERE)
        rates = rates_of(lines_of(db.session.get_one(Sheet, scene.sheet)))
        assert (rates.seats, rates.came, rates.represented, rates.walk_ins) == (3, 0, 1, 1)
    with time_machine.travel(ON_TIME, tick=False):
        assert "sudah hadir" in ani.get(path(seat)).words("main")


def test_the_queue_of_the_reviewer_counts_the_represented_as_the_list_does(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    for seat, name in zip(scene.seats, ("Siti", "Sari", "Sinta"), strict=True):
        send(ani, seat, nama=name)
    for seat in scene.seats[:2]:
        found = delegate_of(app, seat)
        assert found is not None
        tap(ani, scene, found.id)
    tap(ani, scene, scene.seats[0])
    with time_machine.travel(ON_TIME, tick=False):
        hand_in(ani, scene.sheet)
    with app.app_context():
        bind(EVERYWHERE)
        (card,) = to_review(EVERYWHERE)
        assert card.rates == rates_of(lines_of(db.session.get_one(Sheet, scene.sheet)))
        assert (card.rates.represented, card.rates.came) == (1, 1)


def test_who_is_named_is_taken_back_and_her_record_stays_a_guests(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    seat = scene.seats[0]
    send(ani, seat, nama="Siti")
    send(ani, seat, batal="1")
    assert delegate_of(app, seat) is None
    send(ani, seat, nama="Siti")
    found = delegate_of(app, seat)
    assert found is not None
    tap(ani, scene, found.id)
    for _ in range(2):
        send(ani, seat, batal="1")
    with app.app_context(), everywhere("a test looks"):
        still = db.session.get_one(Invitation, found.id)
        assert (still.stands_for, still.walk_in) == (None, True)
        assert verdict_of(found.id).status == "hadir"


def test_one_delegate_a_seat_and_no_chain(app: Flask, ani: Visitor, scene: Scene) -> None:
    first, second, _third = scene.seats
    send(ani, first, nama="Siti")
    for _ in range(2):
        send(ani, first, nama="Siti")
    assert "sudah diwakili Siti" in ani.post(path(first), {"nama": "Sari"}, 422).words()
    found = delegate_of(app, first)
    assert found is not None
    ani.get(path(found.id), 404)
    ani.post(path(found.id), {"nama": "Sari"}, 404)
    with app.app_context():
        (own,) = also_invited(scene, BUDI)
    assert own and "diundang sendiri" in ani.post(path(second), {"orang": BUDI.id}, 422).words()
    assert delegate_of(app, second) is None


def test_a_person_stands_for_one_other_only(app: Flask, ani: Visitor, scene: Scene) -> None:
    first, second, _third = scene.seats
    send(ani, first, orang=BUDI.id)
    assert "sudah mewakili orang lain" in ani.post(path(second), {"orang": BUDI.id}, 422).words()


@pytest.mark.parametrize("fields", [{}, {"nama": "S"}, {"nama": "x" * 81}, {"orang": "x"}, {"orang": "-1"}])
def test_nobody_in_particular_is_refused(
    app: Flask, ani: Visitor, scene: Scene, fields: dict[str, str]
) -> None:
    ani.post(path(scene.seats[0]), fields, 422)
    assert delegate_of(app, scene.seats[0]) is None


def test_at_the_door_a_guest_says_for_whom_she_comes(app: Flask, ani: Visitor, scene: Scene) -> None:
    seat = scene.seats[1]
    with time_machine.travel(ON_TIME, tick=False):
        page = ani.get(f"/lembar/{scene.sheet}/tamu")
        assert page.one(f"#mewakili option[value='{seat}']")
        told = {"rapat": scene.meeting, "lembar": scene.sheet, "nama": "Siti", "mewakili": seat}
        ani.post(f"/lembar/{scene.sheet}/tamu", told)
    found = delegate_of(app, seat)
    assert found is not None and found.guest_name == "Siti"
    with app.app_context():
        assert verdict_of(found.id).status == "hadir"
    assert "diwakili Siti" in row(ani, scene, seat)


def test_a_phone_without_network_says_so_later_and_twice_is_once(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    seat = scene.seats[0]
    told = {"rapat": scene.meeting, "lembar": scene.sheet, "orang": BUDI.id, "mewakili": seat}
    sent = told | stamp(ON_TIME, id=uuid4())
    with time_machine.travel(ON_TIME + timedelta(hours=1), tick=False):
        for verdict in ("diterima", "sudah ada"):
            ani.send("attendance.walk-in", sent, verdict)
        second = told | {"nama": "Sari", "orang": ""} | stamp(ON_TIME, id=uuid4())
        refused = ani.send("attendance.walk-in", second, "ditolak")
    assert "sudah diwakili Budi Santoso" in refused["reason"]
    found = delegate_of(app, seat)
    assert found is not None and found.person_id == BUDI.id


def test_somebody_named_before_is_marked_at_the_door_under_her_own_seat(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    seat = scene.seats[0]
    send(ani, seat, nama="Siti")
    before = delegate_of(app, seat)
    with time_machine.travel(ON_TIME, tick=False):
        told = {"rapat": scene.meeting, "lembar": scene.sheet, "nama": "Siti", "mewakili": seat}
        ani.post(f"/lembar/{scene.sheet}/tamu", told)
    after = delegate_of(app, seat)
    assert before is not None and after is not None and before.id == after.id


def test_nobody_stands_for_a_guest_or_for_somebody_of_another_meeting(
    app: Flask, ani: Visitor, scene: Scene
) -> None:
    with app.app_context():
        other = meeting_of(1, title="Lain")
    with time_machine.travel(ON_TIME, tick=False):
        for seat in (other.seats[0], 99999):
            told = {"rapat": scene.meeting, "lembar": scene.sheet, "nama": "Siti", "mewakili": seat}
            ani.send("attendance.walk-in", told | stamp(ON_TIME), "perlu diperiksa")
    assert delegate_of(app, other.seats[0]) is None


def test_after_the_list_is_handed_in_nobody_is_sent_any_more(ani: Visitor, scene: Scene) -> None:
    hand_in(ani, scene.sheet)
    assert "sudah diajukan" in ani.get(path(scene.seats[0])).words("main")
    ani.post(path(scene.seats[0]), {"nama": "Siti"}, 422)


def test_strangers_and_the_invited_themselves_send_nobody(
    app: Flask, citra: Visitor, budi: Visitor, scene: Scene
) -> None:
    with app.app_context():
        (own,) = also_invited(scene, BUDI)
    for visitor in (citra, budi):
        for seat in (own, scene.seats[0]):
            visitor.get(path(seat), 404)
            visitor.post(path(seat), {"nama": "Siti"}, 404)
    assert delegate_of(app, own) is None


def test_a_delegate_who_never_came_is_no_absentee(
    app: Flask, ani: Visitor, eko: Visitor, scene: Scene
) -> None:
    first, *others = scene.seats
    send(ani, first, nama="Siti")
    tap(ani, scene, first, "izin")
    for seat in others:
        tap(ani, scene, seat)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        ani.post(f"/lembar/{scene.sheet}/kepala", {"lembar": scene.sheet, "jumlah": 2})
        hand_in(ani, scene.sheet)
        page = eko.get(f"/tinjauan/{scene.sheet}")
        assert len(page.soup.select("tbody tr")) == 3 and "Setujui 3 baris" in page.words(".verdict")
        assert "Siti" not in page.text + ani.get(scene.url).text
        assert "Siti" not in ani.get(f"/lembar/{scene.sheet}/hadir.csv").text
        with app.app_context(), everywhere("a test looks"):
            assert rebuild()[1] == 0
        why = {"versi": 2, "putusan": "kembalikan", "alasan": "Bu Siti tadi datang."}
        eko.post(f"/tinjauan/{scene.sheet}", why)
        assert "Siti" in ani.get(scene.url).words("#daftar"), "she may still come"

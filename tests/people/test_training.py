"""Trainings: a certificate keeps its code, dies and comes back, and every TPS where the person sits knows."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.cast import ANI, BUDI, CENGKARENG, CITRA, KAPUK, KARTIKA, KOTA, LONG_AGO, TOMANG, station_id
from tests.visits import Visitor
from webapp.coverage.rules.recount import rebuild
from webapp.people.models import Account, Person, Seat, Slot, Training
from webapp.people.rules import consent, seats
from webapp.people.rules.training import Bimtek, grant, revoke, settle, trained_among
from webapp.places.models import Station, StationCount, VillageCount
from webapp.places.rules.scope import EVERYWHERE, Scope, bind, everywhere
from webapp.plumbing.database import db, writing

FIRST, SECOND, NEXT_DOOR = station_id(KAPUK, 1), station_id(KAPUK, 2), station_id(TOMANG, 1)
SAKSI = Bimtek(7, KOTA, "witness", "Bimtek saksi", date(2024, 11, 9))
LEADERS = Bimtek(8, KOTA, "coordinator", "Bimtek koordinator", date(2024, 11, 10))


def trained(station: int = FIRST, village: str = KAPUK) -> tuple[int, int]:
    """Trained seats of a TPS and of its kelurahan."""
    with everywhere("a test looks"):
        of_station = select(StationCount.trained).where(StationCount.station_id == station)
        of_village = select(VillageCount.trained).where(VillageCount.region_code == village)
        return db.session.scalar(of_station) or 0, db.session.scalar(of_village) or 0


def sit(person: int, station: int = FIRST, slot: Slot = Slot.MAIN) -> Seat:
    act = seats.Act(ANI.id, LONG_AGO)
    return seats.assign(db.session.get_one(Station, station), db.session.get_one(Person, person), slot, act)


def test_who_is_trained_while_sitting_and_who_sits_down_trained_both_count(inside: None) -> None:
    sit(BUDI.id)
    grant(SAKSI, [BUDI.id])
    assert trained() == (1, 1)
    grant(SAKSI, [CITRA.id])
    sit(CITRA.id, NEXT_DOOR)
    assert trained(NEXT_DOOR, TOMANG) == (1, 1)
    assert rebuild() == []


def test_only_a_training_for_witnesses_makes_a_seat_trained(inside: None) -> None:
    sit(BUDI.id)
    grant(LEADERS, [BUDI.id])
    grant(Bimtek(9, KOTA, None, "Bimtek umum", date(2024, 11, 9)), [BUDI.id])
    assert trained() == (0, 0) and trained_among([BUDI.id]) == set()


def test_two_trainings_count_a_seat_once_and_the_last_one_to_go_takes_it_away(inside: None) -> None:
    sit(BUDI.id)
    again = Bimtek(17, KOTA, "witness", "Bimtek susulan", date(2024, 11, 12))
    grant(SAKSI, [BUDI.id])
    grant(again, [BUDI.id])
    assert trained() == (1, 1)
    revoke(SAKSI.meeting_id, [BUDI.id])
    assert trained() == (1, 1)
    revoke(again.meeting_id, [BUDI.id])
    assert trained() == (0, 0) and rebuild() == []


def test_every_seat_of_a_person_counts(inside: None) -> None:
    sit(BUDI.id)
    sit(BUDI.id, SECOND, Slot.OUTSIDE)
    sit(BUDI.id, NEXT_DOOR, Slot.OUTSIDE)
    grant(SAKSI, [BUDI.id])
    assert trained() == (1, 2) and trained(SECOND) == (1, 2) and trained(NEXT_DOOR, TOMANG) == (1, 1)


def test_the_number_leaves_with_the_person_and_comes_with_the_next(inside: None) -> None:
    grant(SAKSI, [BUDI.id])
    seat = sit(BUDI.id)
    act = seats.Act(ANI.id, LONG_AGO)
    new = seats.replace_sitter(seat, db.session.get_one(Person, ANI.id), seats.Reason.SICK, act)
    assert trained() == (0, 0)
    seats.undo(new, act)
    assert trained() == (1, 1)
    back = db.session.scalars(select(Seat).where(Seat.ended_at.is_(None))).one()
    seats.end(back, seats.Reason.MOVED, act)
    assert trained() == (0, 0) and rebuild() == []


def test_changing_over_at_the_same_tps_keeps_the_training(inside: None) -> None:
    grant(SAKSI, [BUDI.id])
    sit(BUDI.id)
    sit(BUDI.id, slot=Slot.RESERVE)
    assert trained() == (1, 1) and rebuild() == []


def test_granting_again_is_nothing_new_and_a_training_comes_back_under_its_code(inside: None) -> None:
    sit(BUDI.id)
    (first,) = grant(SAKSI, [BUDI.id])
    (again,) = grant(SAKSI, [BUDI.id, BUDI.id])
    assert (again.id, again.code) == (first.id, first.code) and trained() == (1, 1)
    revoke(SAKSI.meeting_id, [BUDI.id])
    revoke(SAKSI.meeting_id, [BUDI.id])
    assert first.revoked_at is not None and trained() == (0, 0)
    (back,) = grant(SAKSI, [BUDI.id])
    assert back.code == first.code and back.revoked_at is None and trained() == (1, 1)


def test_settling_gives_and_takes_at_once(inside: None) -> None:
    sit(BUDI.id)
    sit(ANI.id, slot=Slot.RESERVE)
    settle(SAKSI, [BUDI.id])
    settle(SAKSI, [ANI.id, KARTIKA.id])
    assert trained() == (1, 1) and trained_among([ANI.id, BUDI.id, KARTIKA.id]) == {ANI.id, KARTIKA.id}
    settle(SAKSI, [])
    assert trained() == (0, 0) and rebuild() == []


def test_a_training_that_turns_out_to_be_for_another_role_counts_no_more(inside: None) -> None:
    sit(BUDI.id)
    grant(SAKSI, [BUDI.id])
    grant(Bimtek(SAKSI.meeting_id, KOTA, None, SAKSI.title, SAKSI.held_on), [BUDI.id])
    assert trained() == (0, 0) and rebuild() == []


def test_a_coordinator_below_moves_the_numbers_though_she_may_not_see_the_training(inside: None) -> None:
    grant(SAKSI, [BUDI.id])
    bind(Scope((CENGKARENG,), ANI.id))
    assert db.session.scalars(select(Training)).all() == []
    sit(BUDI.id)
    bind(EVERYWHERE)
    assert trained() == (1, 1)


def test_who_takes_the_consent_back_leaves_the_trained_seats(app: Flask, inside: None) -> None:
    grant(SAKSI, [BUDI.id])
    sit(BUDI.id)
    sit(BUDI.id, SECOND, Slot.OUTSIDE)
    account = db.session.scalars(select(Account.id).where(Account.person_id == BUDI.id)).one()
    consent.refuse(account)
    assert trained() == (0, 0) and trained(SECOND) == (0, 0) and rebuild() == []


def test_a_tps_that_is_retired_moves_its_own_number_alone(inside: None) -> None:
    sit(BUDI.id)
    db.session.execute(update(Station).where(Station.id == FIRST).values(retired=True))
    rebuild()
    db.session.expire_all()
    grant(SAKSI, [BUDI.id])
    assert trained() == (1, 0) and rebuild() == []
    revoke(SAKSI.meeting_id, [BUDI.id])
    assert trained() == (0, 0) and rebuild() == []


def test_five_hundred_are_trained_in_a_handful_of_statements(inside: None, statements) -> None:  # type: ignore[no-untyped-def]
    people = [Person(id=2000 + n, name=f"Warga {n}", search_name=f"warga {n}", region_code=KAPUK,
                     created_at=LONG_AGO) for n in range(500)]  # fmt: skip
    db.session.add_all(people)
    db.session.flush()
    for one in people[:20]:
        sit(one.id, slot=Slot.OUTSIDE)
    with statements() as seen:
        settle(SAKSI, [one.id for one in people])
    assert len(seen.work) <= 10, seen.work
    assert trained() == (20, 20)


@pytest.mark.parametrize("turn", range(3))
def test_seated_and_trained_at_the_same_moment_the_numbers_agree(app: Flask, turn: int) -> None:
    start = threading.Barrier(2)

    def together(act: object) -> None:
        with app.app_context():
            start.wait()
            with writing(), everywhere("a test races"):
                act()  # type: ignore[operator]
            db.session.remove()

    acts = (lambda: sit(BUDI.id), lambda: settle(SAKSI, [BUDI.id, ANI.id]))
    threads = [threading.Thread(target=together, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context(), everywhere("a test looks"):
        assert trained() == (1, 1) and rebuild() == []


def test_the_page_of_a_tps_opens_with_a_trained_witness(app: Flask, ani: Visitor) -> None:
    with app.app_context(), writing(), everywhere("a test trains"):
        grant(SAKSI, [BUDI.id])
        sit(BUDI.id)
    assert "Budi Santoso" in ani.get(f"/tps/{FIRST}").text

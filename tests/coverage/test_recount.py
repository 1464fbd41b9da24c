"""Kept counts: exact after anything that people do, and mended when something else happened to them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from tests.cast import ACTORS, BUDI, KAPUK, LONG_AGO, station_id
from tests.effort import up_to
from webapp.coverage.rules.recount import rebuild
from webapp.people.models import Account, Person, Seat, Slot
from webapp.people.rules import consent, seats, training
from webapp.people.rules.permissions import Role
from webapp.places.models import Election, Station, StationCount, StationDay, VillageCount, VillageDay
from webapp.places.rules.scope import EVERYWHERE, bind
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal

PEOPLE = [actor.id for actor in ACTORS]
STATIONS = [station_id(KAPUK, number) for number in (1, 2, 901)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "assign",
                "assign",
                "assign",
                "end",
                "undo",
                "replace",
                "again",
                "train",
                "train",
                "correct",
                "only",
                "withdraw",
            ]
        ),
        st.sampled_from(STATIONS),
        st.sampled_from(PEOPLE),
        st.sampled_from(list(Slot)),
        st.sampled_from(list(seats.Reason)),
    ),
    max_size=25,
)


@settings(max_examples=up_to(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_counts_are_exact_after_any_mix_of_what_people_do(inside: None, steps: list[Any]) -> None:
    outer = db.session.begin_nested()
    try:
        for at, step in enumerate(steps):
            act = seats.Act(by=1, at=LONG_AGO + timedelta(minutes=at))
            try:
                with db.session.begin_nested():
                    do(act, *step)
            except Refusal:
                pass
        assert rebuild() == []
        check_the_rules()
    finally:
        outer.rollback()
        db.session.expunge_all()


def do(act: seats.Act, verb: str, station_id: int, person_id: int, slot: Slot, reason: seats.Reason) -> None:
    if verb in ("train", "correct", "only"):
        train(verb, person_id, slot)
        return
    if verb == "withdraw":
        consent.refuse(db.session.scalars(select(Account.id).where(Account.person_id == person_id)).one())
        return
    station = db.session.get_one(Station, station_id)
    person = db.session.get_one(Person, person_id)
    sits = db.session.scalars(
        select(Seat)
        .where(Seat.station_id == station_id)
        .order_by(Seat.ended_at.is_(None).desc(), Seat.id.desc())
    ).first()
    if verb == "assign" or sits is None:
        seats.assign(station, person, slot, act)
    elif verb == "replace":
        seats.replace_sitter(sits, person, reason, act)
    elif verb == "undo":
        seats.undo(sits, act)
    else:
        seats.end(sits, reason, act)
        if verb == "again":
            seats.end(sits, reason, act)


def train(verb: str, person_id: int, slot: Slot) -> None:
    """One of three bimtek, of which the last is required for nobody."""
    meeting = 1 + list(Slot).index(slot)
    role = None if meeting == 3 else Role.WITNESS
    bimtek = training.Bimtek(meeting, KAPUK, role, "Bimtek", LONG_AGO.date())
    if verb == "train":
        training.grant(bimtek, [person_id, BUDI.id])
    elif verb == "correct":
        training.revoke(meeting, [person_id])
    else:
        training.settle(bimtek, [person_id])


def check_the_rules() -> None:
    """At most one utama and one pengganti a TPS, nobody utama twice, nobody twice at one TPS."""
    active = list(db.session.scalars(select(Seat).where(Seat.ended_at.is_(None))))
    witness = [(seat.station_id, seat.slot) for seat in active if seat.slot != Slot.OUTSIDE]
    main = [seat.person_id for seat in active if seat.slot == Slot.MAIN]
    at = [(seat.station_id, seat.person_id) for seat in active]
    for seen in (witness, main, at):
        assert len(seen) == len(set(seen))


def test_a_counter_that_went_wrong_is_mended_and_told(app: Flask, inside: None) -> None:
    first, village = db.session.get_one(Station, STATIONS[0]), VillageCount.region_code == KAPUK
    seats.assign(first, db.session.get_one(Person, 3), Slot.MAIN, seats.Act(1, LONG_AGO))
    db.session.execute(update(VillageCount).where(village).values(one_witness=5, stations=99))
    db.session.execute(delete(StationCount))
    day = date(2024, 11, 9)
    db.session.add(StationDay(station_id=first.id, region_code=KAPUK, day=day, checkins=2))
    db.session.add(VillageDay(election_id=1, region_code=KAPUK, day=day, stations=2))
    db.session.add(
        StationCount(station_id=STATIONS[1], election_id=1, region_code=KAPUK, witnesses=2, volunteers=2)
    )
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["counts", "rebuild"])
    assert told.exit_code == 0, told.output
    assert "counts: 5 differences mended" in told.output
    assert "village_count 1 31.73.01.1005: kept stations=99 one_witness=5" in told.output
    again = app.test_cli_runner().invoke(args=["counts", "rebuild"])
    assert again.output == "counts: 0 differences mended\n"
    bind(EVERYWHERE)
    count = db.session.scalars(
        select(VillageCount).where(village).execution_options(populate_existing=True)
    ).one()
    assert (count.stations, count.one_witness, count.two_witnesses, count.volunteers) == (6, 1, 0, 1)


def test_an_invented_country_is_not_counted_empty(app: Flask, inside: None) -> None:
    db.session.add(Election(code="contoh", name="Contoh", date=date(2024, 2, 14), sample=True))
    db.session.execute(update(VillageCount).values(volunteers=7))
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["counts", "rebuild"])
    assert told.exit_code == 1 and "contoh is an invented election" in told.output
    bind(EVERYWHERE)
    kept = db.session.scalars(select(VillageCount).execution_options(populate_existing=True)).all()
    assert {one.volunteers for one in kept} == {7}
    told = app.test_cli_runner().invoke(args=["counts", "rebuild", "--election", "pilkada-2024"])
    assert told.exit_code == 0 and "3 differences mended" in told.output


@pytest.mark.parametrize("code", ["nonsense", "' OR 1=1"])
def test_an_election_that_is_not_there_is_said(app: Flask, code: str) -> None:
    told = app.test_cli_runner().invoke(args=["counts", "rebuild", "--election", code])
    assert told.exit_code == 1 and "no election" in told.output


def test_a_new_target_counts_the_full_tps_anew(app: Flask, inside: None) -> None:
    first = db.session.get_one(Station, STATIONS[0])
    seats.assign(first, db.session.get_one(Person, 3), Slot.MAIN, seats.Act(1, LONG_AGO))
    db.session.commit()
    told = app.test_cli_runner().invoke(args=["counts", "target", "pilkada-2024", "1"])
    assert told.output == "target: 1 volunteers per TPS; 1 counters changed\n"
    bind(EVERYWHERE)
    kapuk = select(VillageCount).where(VillageCount.region_code == KAPUK)
    assert db.session.scalars(kapuk.execution_options(populate_existing=True)).one().full == 1
    assert app.test_cli_runner().invoke(args=["counts", "target", "pilkada-2024", "0"]).exit_code == 2

"""Rates over a period: the database's sums against a recount by hand, and what the pages say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.attendance.history import CLOSED, START, Maker, Past, Recount, inside, tally
from tests.cast import CENGKARENG, GROGOL, KAPUK, KOTA
from tests.effort import a_few
from webapp.attendance.figures import over_time
from webapp.attendance.figures.facts import Asked, Tally, facts, persons_of, tallied
from webapp.attendance.figures.own import of_person
from webapp.attendance.figures.totals import totals_of
from webapp.places.rules.scope import EVERYWHERE, Scope, bind, narrowed
from webapp.plumbing.database import db

pytestmark = pytest.mark.usefixtures("inside")
WHOLE = Asked(KOTA, START, START + timedelta(days=100))
QUESTIONS = (
    WHOLE,
    replace(WHOLE, code="ID"),
    replace(WHOLE, code=CENGKARENG),
    replace(WHOLE, code=KAPUK),
    replace(WHOLE, code=GROGOL, kind="rakor"),
    replace(WHOLE, start=START + timedelta(days=20), end=START + timedelta(days=50)),
)
SCOPES = ((KOTA,), (CENGKARENG,), (CENGKARENG, GROGOL), ("ID",))
PART = {"ID": 2, "31": 5, KOTA: 8, CENGKARENG: 13, GROGOL: 13, KAPUK: 13}


@pytest.fixture(params=a_few(range(3), 1))
def past(request: pytest.FixtureRequest) -> Past:
    return Maker(request.param).make()


def each(past: Past) -> list[tuple[Asked, Recount, Scope]]:
    return [
        (asked, Recount(past, asked, codes), Scope(codes, None)) for asked in QUESTIONS for codes in SCOPES
    ]


def test_regions_agree_with_a_recount(past: Past) -> None:
    seen = 0
    for asked, recount, scope in each(past):
        expected = defaultdict(list)
        for unit in recount.seats():
            if inside(unit.home, asked.code):
                expected[unit.home[: PART[asked.code]]].append(unit)
            elif inside(unit.held_in, asked.code):
                expected[over_time.OUTSIDE].append(unit)
        with narrowed(scope):
            rows, outside = over_time.by_region(asked)
        found = {row.key: row.tally for row in [*rows, *([outside] if outside else [])]}
        assert found == {key: tally(units) for key, units in expected.items()}
        rates = [row.tally.rate for row in rows if row.tally.rate is not None]
        assert rates == sorted(rates)
        seen += sum(one.seats for one in found.values())
    assert seen > 200


def test_roles_agree_with_a_recount(past: Past) -> None:
    for asked, recount, scope in each(past):
        expected = defaultdict(list)
        for unit in recount.seats():
            if inside(unit.home, asked.code):
                expected[unit.role or over_time.NO_ROLE].append(unit)
        with narrowed(scope):
            rows = over_time.by_role(asked)
        assert {row.key: row.tally for row in rows} == {key: tally(units) for key, units in expected.items()}


def test_groups_agree_with_a_recount(past: Past) -> None:
    for asked, recount, scope in each(past):
        visible = {str(one.id) for one in past.groups if any(inside(one.region_code, c) for c in scope.codes)}
        expected = {key: counts for key, counts in recount.by_group().items() if key in visible}
        with narrowed(scope):
            rows = over_time.by_group(asked)
        assert {row.key: row.tally for row in rows} == expected


def test_series_agree_with_a_recount(past: Past) -> None:
    for asked, recount, scope in each(past):
        expected = defaultdict(list)
        for unit in recount.seats():
            if inside(unit.home, asked.code) and recount.series[unit.meeting]:
                expected[recount.series[unit.meeting], unit.meeting].append(unit)
        with narrowed(scope):
            every = over_time.by_series(asked)
        found = {(one.key, held.meeting_id): held.tally for one in every for held in one.meetings}
        assert found == {key: tally(units) for key, units in expected.items()}
        for one in every:
            assert one.tally.seats == sum(held.tally.seats for held in one.meetings)
            assert [held.starts_at for held in one.meetings] == sorted(h.starts_at for h in one.meetings)


def test_lists_that_are_in_and_out_agree_with_a_recount(past: Past) -> None:
    for asked, recount, scope in each(past):
        ours = [
            sheet
            for sheet in recount.sheets
            if inside(sheet.region_code, asked.code)
            or any(
                inside(recount._home(seat), asked.code)
                for seat in past.seats
                if seat.site_id == sheet.site_id
            )
        ]
        closed = [sheet for sheet in ours if sheet.state in CLOSED]
        with narrowed(scope):
            seen = over_time.lists(asked)
        assert (seen.handed_in, seen.out) == (len(closed), len(ours) - len(closed))
        assert seen.meetings == len({sheet.meeting_id for sheet in closed})
        assert len(seen.first_out) == min(seen.out, over_time.SHOWN)


def test_a_persons_own_figures_agree_with_a_recount(past: Past) -> None:
    recount = Recount(past, replace(WHOLE, code="ID"), ["ID"])
    for person in past.people:
        mine = [one for one in recount.persons() if one.who == ("person", person.id)]
        with narrowed(Scope((), person.id)):
            assert of_person(person.id).tally == tally(mine)
    near = Recount(past, replace(WHOLE, code="ID"), [CENGKARENG])
    for person in past.people:
        mine = [one for one in near.persons() if one.who == ("person", person.id)]
        with narrowed(Scope((CENGKARENG,), None)):
            assert of_person(person.id).tally == tally(mine)


def test_every_table_is_one_question_to_the_database(past: Past, statements: Callable[[], Any]) -> None:
    bind(Scope((KOTA,), None))
    for ask, most in (
        (over_time.by_region, 2),
        (over_time.by_role, 1),
        (over_time.by_group, 1),
        (over_time.by_series, 1),
        (over_time.lists, 2),
    ):
        with statements() as seen:
            ask(WHOLE)
        assert len(seen.work) <= most, seen.work


def test_a_meeting_has_the_same_numbers_here_as_on_its_own_page(past: Past) -> None:
    bind(EVERYWHERE)
    persons = persons_of(facts(replace(WHOLE, code="ID")))
    compared = 0
    for meeting in past.meetings:
        if meeting.cancelled_at or any(
            s.state not in CLOSED for s in past.sheets if s.meeting_id == meeting.id
        ):
            continue
        found = db.session.execute(select(*tallied(persons)).where(persons.c.meeting_id == meeting.id)).one()
        here, there = Tally(*found), totals_of(meeting.id).persons
        assert (here.seats, here.present, here.late) == (there.seats, there.present, there.late)
        assert (here.izin, here.sick, here.guests) == (there.izin, there.sick, there.walk_ins)
        assert here.absent == there.absent + there.open
        compared += 1
    assert compared

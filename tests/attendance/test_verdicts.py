"""The verdict follows from the records alone, in whatever order they arrive."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.attendance.scenes import NINE, NOON
from webapp.attendance.models import Method, RecordKind, Status
from webapp.attendance.rules.verdicts import Fact, Hours, derive

HOURS = Hours(NINE, NOON, NINE + timedelta(minutes=15))


def fact(number: int, minute: int, kind: RecordKind = RecordKind.IN, **more: object) -> Fact:
    at = NINE + timedelta(minutes=minute)
    told = Fact(UUID(int=number), kind, None, Method.TAP, at, at, 0, "a")
    return replace(told, **more)  # type: ignore[arg-type]


def test_tap_undo_tap_ends_as_present_in_each_of_the_six_orders_of_arrival() -> None:
    records = [fact(1, 0), fact(2, 1, RecordKind.VOID, voids=UUID(int=1)), fact(3, 2)]
    for arrived in itertools.permutations(records):
        assert derive(arrived, HOURS).status is Status.HADIR
        assert derive(arrived, HOURS).record_id == UUID(int=3)


def test_an_undo_that_comes_before_its_tap_holds() -> None:
    undo = fact(2, 1, RecordKind.VOID, voids=UUID(int=1))
    assert derive([undo], HOURS).status is Status.BELUM
    assert derive([undo, fact(1, 0)], HOURS).status is Status.BELUM


def test_a_status_outranks_what_came_before_it_and_a_later_tap_counts_again() -> None:
    izin = fact(2, 5, RecordKind.STATUS, status="izin")
    assert derive([fact(1, 0), izin], HOURS).status is Status.IZIN
    assert derive([fact(1, 0), izin, fact(3, 10)], HOURS).status is Status.HADIR
    assert derive([fact(1, 0), izin, fact(3, 20)], HOURS).status is Status.TERLAMBAT


def test_the_earliest_of_two_phones_holds_and_both_are_seen() -> None:
    outcome = derive([fact(1, 20, hand="b"), fact(2, 3)], HOURS)
    assert (outcome.status, outcome.first_in, outcome.doubled) == (
        Status.HADIR, NINE + timedelta(minutes=3), True,
    )  # fmt: skip
    assert not derive([fact(1, 3), fact(2, 4)], HOURS).doubled


def test_two_phones_that_knew_nothing_of_each_other_are_seen_whatever_they_said() -> None:
    later = NINE + timedelta(minutes=90)
    tap, izin = (
        fact(1, 3, received_at=later),
        fact(2, 5, RecordKind.STATUS, status="izin", hand="b", received_at=later),
    )
    for arrived in itertools.permutations([tap, izin]):
        outcome = derive(arrived, HOURS)
        assert (outcome.status, outcome.doubled) == (Status.IZIN, True)
    assert derive([izin, fact(3, 6, RecordKind.STATUS, status="sakit", received_at=later)], HOURS).doubled
    assert not derive([tap, replace(izin, hand="a")], HOURS).doubled
    assert not derive([tap, izin, fact(4, 7, RecordKind.VOID, voids=tap.id)], HOURS).doubled


def test_whoever_changes_what_she_sees_on_the_screen_makes_no_double() -> None:
    izin = fact(2, 5, RecordKind.STATUS, status="izin", hand="b")
    assert not derive([fact(1, 3), izin], HOURS).doubled
    offline = replace(izin, received_at=NINE + timedelta(minutes=90))
    assert derive([fact(1, 3), offline], HOURS).doubled, "she had no network, and an old list"
    correction = fact(3, 1, RecordKind.STATUS, status="alpa", hand="c", method=Method.CORRECTION)
    assert not derive([fact(1, 3, received_at=NINE + timedelta(minutes=9)), correction], HOURS).doubled


def test_a_claim_counts_only_when_a_coordinator_taps_who_could_have_seen_it() -> None:
    claim = fact(1, -5, method=Method.SELF)
    assert derive([claim], HOURS).status is Status.BELUM
    assert derive([claim], HOURS).claims_since == NINE - timedelta(minutes=5)
    assert derive([claim, fact(2, 20)], HOURS).first_in == NINE - timedelta(minutes=5)
    unseen = replace(claim, received_at=NINE + timedelta(minutes=40))
    assert derive([unseen, fact(2, 20)], HOURS).status is Status.TERLAMBAT
    assert derive([claim, fact(2, 20, RecordKind.STATUS, status="alpa")], HOURS).claims_since is None


def test_silence_on_a_closed_sheet_is_a_computed_absence() -> None:
    assert derive([], HOURS, closed=True).computed
    assert not derive([fact(1, 0)], HOURS, closed=True).computed


kinds = st.sampled_from(RecordKind)
statuses = st.sampled_from(["izin", "sakit", "alpa", "terlambat"])


@st.composite
def records(draw: st.DrawFn) -> list[Fact]:
    facts = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        kind = draw(kinds)
        facts.append(
            fact(
                number,
                draw(st.integers(-70, 200)),
                kind,
                status=draw(statuses) if kind is RecordKind.STATUS else None,
                method=draw(st.sampled_from([Method.TAP, Method.SELF]))
                if kind is RecordKind.IN
                else Method.TAP,
                voids=UUID(int=draw(st.integers(1, 9))) if kind is RecordKind.VOID else None,
                hand=draw(st.sampled_from("ab")),
            )
        )
    return facts


@given(records(), st.randoms(use_true_random=False), st.booleans())
def test_any_order_of_arrival_gives_the_same_verdict(facts: list[Fact], chance: object, closed: bool) -> None:
    shuffled = list(facts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert derive(facts, HOURS, closed=closed) == derive(shuffled, HOURS, closed=closed)


@given(records())
def test_a_void_only_ever_takes_away_what_it_names(facts: list[Fact]) -> None:
    named = {one.voids for one in facts if one.kind is RecordKind.VOID}
    kept = [one for one in facts if one.kind is not RecordKind.VOID and one.id not in named]
    assert derive(facts, HOURS) == derive(kept, HOURS)


@st.composite
def marks(draw: st.DrawFn) -> list[Fact]:
    facts = []
    for number in range(1, draw(st.integers(2, 6)) + 1):
        kind = draw(st.sampled_from([RecordKind.IN, RecordKind.STATUS, RecordKind.STATUS]))
        one = fact(number, draw(st.integers(0, 4)), kind, status="izin", hand=draw(st.sampled_from("abc")))
        facts.append(replace(one, received_at=one.happened_at + timedelta(seconds=draw(st.integers(0, 120)))))
    return facts


@given(marks())
def test_a_seat_is_double_when_some_two_of_its_marks_are(facts: list[Fact]) -> None:
    pairs = itertools.combinations(facts, 2)
    assert derive(facts, HOURS).doubled == any(derive(pair, HOURS).doubled for pair in pairs)

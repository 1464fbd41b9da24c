"""A batch ends the same whether it is taken in a few statements, item by item, or each item by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.attendance.scenes import meeting_of
from tests.cast import ANI, BUDI, CENGKARENG, GROGOL, KAPUK, KARTIKA, TOMANG, Actor, station_id
from tests.effort import up_to
from webapp.attendance.models import AttendanceRecord, Verdict
from webapp.checkins.models import CheckIn, CheckInPhoto, EarlyVoid
from webapp.people.rules.permissions import Permission
from webapp.places.models import StationDay, VillageDay
from webapp.places.rules.scope import Scope, everywhere, narrowed
from webapp.plumbing import submissions
from webapp.plumbing.database import db, writing
from webapp.plumbing.submissions import Item, Sender, Submission, SubmissionConflict, receiving

NOW = datetime(2024, 11, 9, 5, 0, tzinfo=UTC)
SCOPES = {ANI: (CENGKARENG,), KARTIKA: ("31.73",), BUDI: ()}
DENIED = {BUDI: {Permission.KEEP_ATTENDANCE}}
GOOD = [*(f"tps-{station_id(KAPUK, n)}" for n in (1, 1, 1, 2)), KAPUK]
PLACES = [
    *GOOD * 4,
    TOMANG,
    f"tps-{station_id(TOMANG, 1)}",
    "tps-9999",
    "31.73.01",
    "31.73",
    "ID",
    "99.99",
    "tps-x",
]
MINUTES = [0, 1, 3, 4, 20, 29, 45, 100, 130, 60 * 26, 60 * 24 * 31, -90]
KEPT = (
    (Submission, "id kind sender_id region_code content_hash state reason receipt claimed_at happened_at"
     " received_at offset drift payload"),
    (SubmissionConflict, "submission_id kind sender_id content_hash payload"),
    (CheckIn, "submission_id person_id region_code station_id kind activity note people_met lat lng accuracy day"
     " claimed_at happened_at received_at offset drift oddities voided_at voided_by"),
    (EarlyVoid, "check_in_id person_id happened_at received_at"),
    (StationDay, "station_id region_code day checkins"),
    (VillageDay, "election_id region_code day stations"),
    (AttendanceRecord, "id invitation_id session_id region_code kind status method claimed_at happened_at"
     " received_at offset drift recorder_id device_session_id voids"),
    (Verdict, "invitation_id session_id status first_in said_at record_id doubled odd_clock claims_since computed"),
)  # fmt: skip
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Stage:
    """Two meetings: of Ani's kecamatan, and of the one next door."""

    meetings: tuple[int, int]
    seats: tuple[int, ...]


class Undone(Exception):
    """What was tried is rolled back, so that it can be tried in another way."""


def name(number: int) -> UUID:
    return UUID(int=number, version=4)


@pytest.fixture
def stage(inside: None) -> Iterator[Stage]:
    """What was there before: a check-in and a tap by each of two, and an undo that has overtaken its check-in."""
    with time_machine.travel(NOW, tick=False):
        near = meeting_of(4, start=NOW - timedelta(minutes=40), hours=0.5)
        far = meeting_of(2, code=GROGOL, start=NOW - timedelta(minutes=40), hours=0.5)
        made = Stage((near.meeting, far.meeting), near.seats + far.seats)
        for actor, number in ((ANI, 90), (KARTIKA, 92)):
            early = {"urung": str(name(number + 100))}
            before = [
                checkin(name(number), "posko", KAPUK, 2),
                Item(name(number + 1), "attendance.mark", mark(made, 0, 0, "hadir", "tepat"), ago(5), 420),
                Item(name(number + 200), "checkin.void", early, ago(1), 420),
            ]
            assert {v.word for v in send(before, actor)} <= {"diterima", "ganda"}
            db.session.commit()
        yield made


def ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def checkin(item_id: UUID, kind: str, place: str, minutes: int, **more: str | list[str]) -> Item:
    fields = {"jenis": kind, "tempat": place, "kegiatan": "kanvasing", **more}
    return Item(item_id, "checkin", fields, ago(minutes), 420)


def mark(stage: Stage, meeting: int, seat: int, status: str, when: str) -> dict[str, str]:
    told = {"rapat": str(stage.meetings[meeting]), status: str(stage.seats[seat])}
    return told | ({"waktu": when} if when else {})


IDS = st.integers(0, 30).map(name)
WHERE = st.fixed_dictionaries(
    {},
    optional={
        "lat": st.sampled_from(["-6.14", "-6.9", "-6.5", "x"]),
        "lng": st.sampled_from(["106.73", "107.6"]),
        "accuracy": st.just("30"),
        "catatan": st.sampled_from(["", " dua  kata ", "satu", "x" * 600]),
        "foto": st.lists(st.sampled_from(["a" * 64, "b" * 64, "?"]), max_size=2),
    },
)
CHECK_INS = st.builds(
    lambda item_id, kind, place, minutes, more: checkin(item_id, kind, place, minutes, **more),
    IDS,
    st.sampled_from(["posko", "lapangan", "tps", "posko", "lapangan", "tps", ""]),
    st.sampled_from(PLACES),
    st.sampled_from(MINUTES),
    WHERE,
)
UNDOS = st.builds(
    lambda item_id, kind, gone, minutes: Item(item_id, kind, {"urung": str(gone)}, ago(minutes), 420),
    IDS,
    st.sampled_from(["checkin.void", "checkin.void", "attendance.void", "dance"]),
    st.integers(0, 30).map(name) | st.sampled_from([name(90), name(91), name(190), name(192)]),
    st.sampled_from(MINUTES),
)
Mark = tuple[UUID, int, int, str, str, int]
MARKS: st.SearchStrategy[Mark] = st.tuples(
    IDS,
    st.sampled_from([0] * 9 + [1]),
    st.sampled_from([0, 1, 2, 3] * 3 + [4, 5]),
    st.sampled_from(["hadir", "hadir", "hadir", "terlambat", "izin", "alpa", "hadir", "sakit", "lama"]),
    st.sampled_from(["tepat", "tepat", "terlambat", "tepat", "terlambat", ""]),
    st.sampled_from([0, 0, 3, 12, 35, 130]),
)
REPEATS = st.sampled_from([90, 91, 92, 190, 192])
BATCHES = st.one_of(
    *(
        st.lists(st.one_of(*things), min_size=2, max_size=14)
        for things in ([CHECK_INS, MARKS, UNDOS, REPEATS], [CHECK_INS], [MARKS], [CHECK_INS, UNDOS, REPEATS])
    )
)


def as_items(stage: Stage, things: Sequence[Any], clock: timedelta | None) -> list[Item]:
    """Marks need the ids of the stage; a number is something that is known by its id already."""
    items = []
    for thing in things:
        if isinstance(thing, int):
            items.append(checkin(name(thing), "posko", KAPUK, 2))
        elif isinstance(thing, tuple):
            item_id, *where, minutes = thing
            items.append(Item(item_id, "attendance.mark", mark(stage, *where), ago(minutes), 420))
        else:
            items.append(thing)
    return [replace(item, clock=NOW + clock) for item in items] if clock is not None else items


def send(items: Sequence[Item], actor: Actor) -> list[submissions.Verdict]:
    def admit(needs: Permission) -> AbstractContextManager[None] | None:
        allowed = needs not in DENIED.get(actor, ())
        return narrowed(Scope(SCOPES[actor], actor.id)) if allowed else None

    return submissions.receive_all(items, Sender(actor.id, actor.home, actor.device), admit)


def kept() -> Rows:
    """All that a batch can move, without numbers that the database gives."""
    found: Rows = {}
    with everywhere("a test looks"):
        for model, names in KEPT:
            columns = [getattr(model, one) for one in names.split()]
            rows = db.session.execute(select(*columns)).all()
            found[model.__name__] = sorted((tuple(row) for row in rows), key=repr)
        photos = select(CheckIn.submission_id, CheckInPhoto.sha256, CheckInPhoto.place)
        photos = photos.join(CheckInPhoto, CheckInPhoto.check_in_id == CheckIn.id)
        found["CheckInPhoto"] = sorted((tuple(row) for row in db.session.execute(photos)), key=repr)
    return found


def tried(items: Sequence[Item], actor: Actor, way: AbstractContextManager[None]) -> tuple[list[Any], Rows]:
    """What the batch ends in when it is taken in this `way`; then it is all undone."""
    ended: tuple[list[Any], Rows] = ([], {})
    with pytest.raises(Undone), way, writing():
        verdicts = [(v.as_json(), v.status) for v in send(items, actor)]
        ended = (verdicts, kept())
        raise Undone
    db.session.expunge_all()
    return ended


def one_by_one(patch: pytest.MonkeyPatch) -> None:
    for kind, told in list(submissions.kinds.items()):
        patch.setitem(submissions.kinds, kind, replace(told, rule_all=None))


def each_alone(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError("nothing goes in one go")

    patch.setattr(receiving, "_in_one_go", refuse)


@given(
    things=BATCHES,
    actor=st.sampled_from([ANI, KARTIKA, BUDI]),
    clock=st.sampled_from([None, timedelta(), timedelta(hours=-3)]),
)
@settings(derandomize=True, max_examples=up_to(60), deadline=None, suppress_health_check=list(HealthCheck))
def test_a_batch_ends_the_same_in_whatever_way_it_is_taken(
    stage: Stage, things: list[Any], actor: Actor, clock: timedelta | None
) -> None:
    items = as_items(stage, things, clock)
    with time_machine.travel(NOW, tick=False):
        bulk = tried(items, actor, nullcontext())
        for way in (one_by_one, each_alone):
            with pytest.MonkeyPatch.context() as patch:
                way(patch)
                assert tried(items, actor, nullcontext()) == bulk


@pytest.mark.parametrize("number", [10, 50])
def test_many_of_one_kind_take_a_handful_of_statements(
    stage: Stage, statements: Callable[[], Any], number: int
) -> None:
    kinds = [("tps", GOOD[0]), ("tps", GOOD[3]), ("posko", KAPUK)]
    check_ins = [checkin(name(n), *kinds[n % 3], 10 * n, foto=["c" * 64]) for n in range(number)]
    told = [mark(stage, 0, n % 4, "hadir", "tepat") for n in range(number)]
    marks = [Item(name(500 + n), "attendance.mark", fields, ago(3), 420) for n, fields in enumerate(told)]
    with time_machine.travel(NOW, tick=False):
        for items, most in ((check_ins, 9), (marks, 7)):
            with statements() as seen:
                words = {verdict.word for verdict in send(items, ANI)}
            assert words <= {"diterima", "ganda"}
            assert len(seen.work) <= most, seen.work
            db.session.commit()

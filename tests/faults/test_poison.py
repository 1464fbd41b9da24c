"""Bar 2: one item of fifty is poisoned, in whatever way, at whatever place."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import insert, select

from tests.attendance.scenes import Scene, meeting_of
from tests.cast import ANI, CITRA, GROGOL, TOMANG, station_id
from tests.conftest import ON_POSTGRES
from tests.faults.conftest import FULL, PLACES
from tests.faults.crowd import understudies
from tests.faults.phones import WIB, Tap
from tests.visits import Visitor
from webapp.attendance.models import AttendanceRecord
from webapp.checkins.models import CheckIn
from webapp.people.models import Person
from webapp.places.models import Region
from webapp.places.rules.scope import everywhere
from webapp.plumbing import submissions
from webapp.plumbing.database import db

MOST, ROUNDS = 50, (3 if FULL else 1)
EVERY = 1 if FULL or not ON_POSTGRES else 4  # what cannot be read, no database has read
EACH = 11  # batches of one keeper: nobody leaves more here in an hour
POISONED = "racun"
FINAL = {"belum dikenal", "diterima", "sudah ada", "ganda", "perlu diperiksa", "ditolak"}
DEEP: Any = [[[[[["tps-1"]]]]]]
Item = dict[str, Any]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.bar(
        2,
        "a batch of 50 with one poisoned item: unknown kind, unreadable stamps and ids, fields of every wrong shape, "
        "out of scope, unknown rows, a rule that breaks",
        "49 stored, 1 explained, nothing left on the phone but what only we can mend",
    ),
]


def _field(**fields: Any) -> Callable[[Item], Item]:
    return lambda item: item | {"fields": item["fields"] | fields}


def _told(**told: Any) -> Callable[[Item], Item]:
    return lambda item: item | told


POISONS: dict[str, Callable[[Item], Any]] = {
    "unknown kind": _told(kind="menari"),
    "kind of 10,000 signs": _told(kind="x" * 10_000),
    "kind that is a list": _told(kind=["checkin"]),
    "no fields": _told(fields={}),
    "fields that are a word": _told(fields="tempat"),
    "fields that are nothing": _told(fields=None),
    "wrong choice": _field(jenis="di rumah"),
    "note of 10,000 signs": _field(catatan="a" * 10_000),
    "not a number": _field(lat="utara", lng="timur"),
    "NaN": _field(lat=float("nan"), lng=float("nan")),
    "infinity": _field(lat="1e999", lng="1e999"),
    "a number of 400 digits": _field(orang="9" * 400),
    "NUL in the place": _field(tempat="\0\0"),
    "half a sign in the place": _field(tempat="\ud800"),
    "a list for a place": _field(tempat=DEEP),
    "TPS next door": _field(tempat=f"tps-{station_id(TOMANG, 1)}", jenis="tps"),
    "TPS of no number": _field(tempat="tps-999999999", jenis="tps"),
    "TPS beyond numbers": _field(tempat="tps-" + "9" * 40, jenis="tps"),
    "no such kelurahan": _field(tempat="31.73.99.9999", jenis="posko"),
    "photo that is no hash": _field(foto=["x"]),
    "no id": _told(id=None),
    "id that is no id": _told(id="satu"),
    "the year 9999": _told(happened_at="9999-12-31T23:59:59+07:00"),
    "a time that is no time": _told(happened_at="kemarin"),
    "offset of many days": _told(offset="99999", happened_at="2024-11-27T07:00:00"),
    "an item that is a word": lambda _item: "racun",
    "an item that is nothing": lambda _item: None,
}
BREAKS = {
    "RuntimeError": lambda: _raise(RuntimeError("a defect")),
    "KeyError": lambda: _raise(KeyError("a defect")),
    "RecursionError": lambda: _raise(RecursionError("a defect")),
    "a broken constraint": lambda: db.session.execute(insert(Region), [{"code": "31", "name": "x"}]),
    "a row that refuses to be written": lambda: (
        db.session.add(Person(id=ANI.id, name="x")),
        db.session.flush(),
    ),
}


@pytest.fixture
def scene(app: Flask) -> Scene:
    """A meeting of Ani's that runs now."""
    with app.app_context():
        return meeting_of(60, start=_ago(60))


@pytest.fixture
def foreign(app: Flask) -> Scene:
    """One of Citra's, whom Ani must not see."""
    with app.app_context():
        return meeting_of(1, by=CITRA, code=GROGOL, start=_ago(60))


def test_one_poisoned_item_of_fifty_is_explained_and_the_others_are_stored(
    app: Flask,
    scene: Scene,
    foreign: Scene,
    dice: random.Random,
    monkeypatch: pytest.MonkeyPatch,
    verdict: dict[str, object],
) -> None:
    of_others = {
        "a seat next door": _mark(dice, foreign.meeting, hadir=foreign.seats[0]),
        "their seat in our meeting": _mark(dice, scene.meeting, hadir=foreign.seats[0]),
        "two statuses at once": _mark(dice, scene.meeting, hadir=scene.seats[0], izin=scene.seats[0]),
        "an undo of nothing": Tap.of(dice, "attendance.void", _ago(5), urung=uuid4()).as_item(),
    }
    poisons = POISONS | {name: lambda _item, other=item: other for name, item in of_others.items()}
    poisons = dict(list(poisons.items())[::EVERY])
    count = (len(poisons) + len(BREAKS)) * ROUNDS
    people = understudies(app, ANI, count // EACH)
    keepers = iter([Visitor(app, one) for one in people for _ in range(EACH)])
    for name, spoil in list(poisons.items()) * ROUNDS:
        good, sent, place = _batch(dice, scene, spoil)
        _check(app, good, _send(next(keepers), sent), sent[place], name)
    for name, fault in list(BREAKS.items()) * ROUNDS:
        keeper = next(keepers)
        good, sent, place = _batch(dice, scene, _field(catatan=POISONED))
        with _breaking(monkeypatch, fault):
            said = _send(keeper, sent)
        _check(app, good, said, sent[place], name, {"coba lagi"})
        [again] = _send(keeper, [sent[place]])
        assert again["verdict"] == "diterima", name
    verdict |= {"poisons": len(poisons), "broken_rules": len(BREAKS), "batches": count}
    verdict["says"] = (
        f"{count} batches with {len(poisons) + len(BREAKS)} poisons: 49 stored, 1 explained each time"
    )


def _batch(
    dice: random.Random, scene: Scene, spoil: Callable[[Item], Any]
) -> tuple[list[UUID], list[Any], int]:
    """The ids of 49 good items, what is sent, and the place of the poison in it."""
    taps = [_tap(dice, scene) for _ in range(MOST - 1)]
    sent: list[Any] = [tap.as_item() for tap in taps]
    place = dice.randrange(MOST)
    sent.insert(place, spoil(Tap.made(dice, PLACES[ANI]).as_item()))
    return [tap.id for tap in taps], sent, place


def _tap(dice: random.Random, scene: Scene) -> Tap:
    if dice.random() < 0.6:
        return Tap.made(dice, PLACES[ANI])
    return Tap.of(
        dice,
        "attendance.mark",
        _ago(dice.randint(1, 50)),
        rapat=scene.meeting,
        hadir=dice.choice(scene.seats),
    )


def _mark(dice: random.Random, meeting: int, **status: int) -> Item:
    return Tap.of(dice, "attendance.mark", _ago(5), rapat=meeting, **status).as_item()


def _send(who: Visitor, sent: Sequence[Any]) -> list[Item]:
    body = {"items": sent, "clock": datetime.now(WIB).isoformat()}
    told: list[Item] = who.post("/kirim", json=body, status=200).response.get_json()["verdicts"]
    return told


def _check(
    app: Flask, good: list[UUID], said: list[Item], poison: Any, name: str, words: set[str] | None = None
) -> None:
    assert len(said) == MOST, name
    by_id = {one["id"]: one for one in said}
    assert {by_id[str(one)]["verdict"] for one in good} <= {"diterima", "ganda"}, name
    [bad] = [one for one in said if one["id"] not in {str(one) for one in good}]
    assert bad["id"] == (poison.get("id") if isinstance(poison, dict) else None), name
    assert bad["verdict"] in (words or FINAL - {"diterima", "sudah ada", "ganda"}), (name, bad)
    assert bad["reason"], name
    with app.app_context(), everywhere("a test looks"):
        rows = set(db.session.scalars(select(CheckIn.submission_id)))
        rows |= set(db.session.scalars(select(AttendanceRecord.id)))
    assert rows >= set(good), name
    assert str(bad["id"]) not in {str(row) for row in rows}, name


@contextmanager
def _breaking(monkeypatch: pytest.MonkeyPatch, fault: Callable[[], Any]):  # type: ignore[no-untyped-def]
    """Check-ins break on the poison, one by one and together."""
    kind = submissions.kinds["checkin"]

    def one(data: Any, stamp: Any) -> Any:
        if data.get("catatan") == POISONED:
            fault()
        return kind.rule(data, stamp)

    def several(told: Any) -> Any:
        if any(data.get("catatan") == POISONED for data, _ in told):
            fault()
        assert kind.rule_all
        return kind.rule_all(told)

    with monkeypatch.context() as patch:
        patch.setitem(submissions.kinds, "checkin", replace(kind, rule=one, rule_all=several))
        yield


def _raise(fault: Exception) -> None:
    raise fault


def _ago(minutes: float) -> datetime:
    return datetime.now(WIB) - timedelta(minutes=minutes)

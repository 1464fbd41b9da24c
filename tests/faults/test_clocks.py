"""Bar 10: the phone's clock is wrong, or is set right between the tap and the sending, in all three zones."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.attendance.scenes import meeting_of, verdict_of
from tests.cast import ANI, KARTIKA, Actor
from tests.faults.crowd import Witness, gather
from tests.faults.phones import Phone, Tap
from webapp.checkins.models import CheckIn, Oddity
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

pytestmark = pytest.mark.slow
ZONES = {"31.74": 420, "73.71": 480, "91.71": 540}  # WIB, WITA, WIT
BORN = datetime(1970, 1, 1, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SKEWS = {
    "1970": BORN - datetime.now(UTC),
    "a day ahead": DAY,
    "3 hours behind": -3 * HOUR,
    "11 minutes ahead": 11 * MINUTE,
    "9 minutes behind": -9 * MINUTE,
    "right": timedelta(),
}
FLAGGED = {"1970", "a day ahead", "3 hours behind", "11 minutes ahead"}
NEAR = 10.0  # s: how long a sending may have been under way


@pytest.mark.bar(
    10,
    "the phone's clock stands in 1970, a day ahead, 3 hours behind, 11 minutes ahead, 9 behind, in WIB, WITA and "
    "WIT, around midnight",
    "accepted, in the true order, on the true local day; flagged from 10 minutes on",
)
def test_a_wrong_clock_in_any_zone_is_put_right_and_flagged(
    app: Flask,
    single_phone: Callable[[Witness], Phone],
    dice: random.Random,
    verdict: dict[str, object],
) -> None:
    count = 0
    for one, zone in zip(gather(app, len(ZONES), tuple(ZONES)), ZONES.values(), strict=True):
        handset, begin = single_phone(one), _before_midnight(zone)
        handset.zone = timezone(timedelta(minutes=zone))
        truth = {
            name: begin + 10 * MINUTE * turn for turn, name in enumerate(dice.sample(list(SKEWS), len(SKEWS)))
        }
        sent = {
            name: _send(handset, one, name, truth[name], dice)
            for name in dice.sample(list(SKEWS), len(SKEWS))
        }
        rows = _rows(app, sent)
        for name, moment in truth.items():
            assert abs((rows[name].happened_at - moment).total_seconds()) < NEAR, name
            assert rows[name].day == moment.astimezone(handset.zone).date(), name
            assert (Oddity.CLOCK in rows[name].odd) == (name in FLAGGED), name
            count += 1
        assert sorted(rows, key=lambda name: rows[name].happened_at) == list(truth)
        assert len({row.day for row in rows.values()}) == 2
    verdict["says"] = f"{count} taps in 3 zones: accepted, in order, on their day, {3 * len(FLAGGED)} flagged"


@pytest.mark.bar(
    10,
    "the clock or the zone is set anew between the tap and the sending",
    "accepted, never in the future; flagged unless it looks like something that only waited longer or shorter",
)
def test_a_clock_that_changes_between_tap_and_sending_is_flagged(
    app: Flask,
    single_phone: Callable[[Witness], Phone],
    dice: random.Random,
    verdict: dict[str, object],
) -> None:
    [one] = gather(app, 1, ("91.71",))
    handset, truth = single_phone(one), datetime.now(UTC) - 2 * HOUR
    changes = [(tap, later) for tap in SKEWS for later in SKEWS if tap != later]
    sent = {f"{tap}, then {later}": _send(handset, one, tap, truth, dice, later) for tap, later in changes}
    handset.zone = timezone(timedelta(minutes=540))
    tap = _tap(handset, one, truth, dice)
    handset.zone = timezone(timedelta(minutes=420))
    assert handset.send_all([tap]).told[0]["verdict"] == "diterima"
    rows = _rows(app, sent | {"WIT, then WIB": tap.id})
    moved = rows.pop("WIT, then WIB")
    assert (moved.happened_at, Oddity.CLOCK in moved.odd) == (moved.claimed_at, False)
    flagged = 0
    for name, row in rows.items():
        assert row.happened_at <= row.received_at, name
        tap_clock, _, later = name.partition(", then ")
        beyond_belief = tap_clock in ("1970", "a day ahead")
        assert (Oddity.CLOCK in row.odd) == (later in FLAGGED or beyond_belief), name
        flagged += Oddity.CLOCK in row.odd
    verdict["says"] = (
        f"{len(rows)} changes of the clock: accepted, {flagged} flagged; of the zone: exact, not flagged"
    )


@pytest.mark.bar(
    10,
    "two who mark one seat, one with a clock 3 hours behind, one a day ahead, in either order of arrival",
    "who tapped last holds; flagged",
)
def test_two_wrong_clocks_at_one_door_do_not_turn_the_order_around(
    app: Flask, single_phone: Callable[[Actor], Phone], dice: random.Random, verdict: dict[str, object]
) -> None:
    phones, behind, ahead = (
        {ANI: single_phone(ANI), KARTIKA: single_phone(KARTIKA)},
        SKEWS["3 hours behind"],
        DAY,
    )
    phones[ANI].skew, phones[KARTIKA].skew = behind, ahead
    with app.app_context():
        scene = meeting_of(4, start=datetime.now(UTC) - HOUR)
    for place, seat in enumerate(scene.seats):
        first, last = (ANI, KARTIKA) if place % 2 else (KARTIKA, ANI)
        taps = [
            (first, _mark(phones[first], scene.meeting, seat, 50, "hadir", dice)),
            (last, _mark(phones[last], scene.meeting, seat, 45, "izin", dice)),
        ]
        for actor, tap in taps if place < 2 else reversed(taps):
            assert phones[actor].send_all([tap]).told[0]["verdict"] in ("diterima", "ganda")
        with app.app_context():
            known = verdict_of(seat)
            assert (known.status, known.odd_clock) == ("izin", True)
            db.session.rollback()
    verdict["says"] = f"{len(scene.seats)} of {len(scene.seats)}"


def _before_midnight(zone: int) -> datetime:
    """25 minutes before the last midnight of that zone after which half an hour has gone by."""
    local = (datetime.now(UTC) - 30 * MINUTE).astimezone(timezone(timedelta(minutes=zone)))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - 25 * MINUTE


def _send(
    handset: Phone, one: Witness, name: str, truth: datetime, dice: random.Random, later: str = ""
) -> UUID:
    """Tap at the moment `truth` with the clock of `name`, and send now, with another clock if `later` names one."""
    handset.skew = SKEWS[name]
    tap = _tap(handset, one, truth, dice)
    handset.skew = SKEWS[later or name]
    answer = handset.send(tap)
    assert answer.told[0]["verdict"] in ("diterima", "sendiri"), answer
    handset.skew = timedelta()
    return tap.id


def _tap(handset: Phone, one: Witness, truth: datetime, dice: random.Random) -> Tap:
    return Tap.made(dice, one.places, handset.clock(truth))


def _mark(handset: Phone, meeting: int, seat: int, minutes: int, status: str, dice: random.Random) -> Tap:
    moment = handset.clock(datetime.now(UTC) - minutes * MINUTE)
    return Tap.of(dice, "attendance.mark", moment, rapat=meeting, **{status: seat})


def _rows(app: Flask, sent: dict[str, UUID]) -> dict[str, CheckIn]:
    with app.app_context(), everywhere("a test looks"):
        rows = {row.submission_id: row for row in db.session.scalars(select(CheckIn))}
    assert set(rows) >= set(sent.values())
    return {name: rows[tap] for name, tap in sent.items()}

"""What is past its date is forgotten, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from tests.cast import ANI, BUDI, KAPUK, station_id
from tests.checkins.rows import check_in
from tests.visits import Visitor
from webapp.checkins.models import CheckIn, EarlyVoid
from webapp.people.models import DeviceSession, SignInAttempt, SignInTurn
from webapp.places.models import Election, Station
from webapp.places.rules.elections import KEEP_POSITION, RESULT_DAYS
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

POLLING = date(2024, 11, 27)
LAST = POLLING + timedelta(days=RESULT_DAYS) + KEEP_POSITION
HERE = {"lat": -6.14, "lng": 106.73, "accuracy": 12}
AT_TPS = {"kind": "tps", "station_id": station_id(KAPUK, 1)}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def located(app: Flask) -> list[date]:
    """The days of the check-ins that still have a position."""
    with app.app_context(), everywhere("a test looks"):
        rows = db.session.query(CheckIn).order_by(CheckIn.day)
        return [
            row.day for row in rows if row.lat is not None or row.lng is not None or row.accuracy is not None
        ]


def run_on(app: Flask, day: date) -> dict[str, int]:
    """What `flask retention run` printed on that day."""
    with time_machine.travel(noon(day), tick=False):
        answer = app.test_cli_runner().invoke(args=["retention", "run"])
    assert answer.exit_code == 0, answer.output
    lines = (line.rsplit(": ", 1) for line in answer.output.splitlines())
    return {what: int(number) for what, number in lines}


@pytest.fixture
def filled(app: Flask) -> Flask:
    """A check-in at a TPS before polling day, one elsewhere on it, one after the result."""
    with app.app_context():
        check_in(BUDI.id, KAPUK, noon(POLLING - timedelta(days=60)), **AT_TPS, **HERE)
        check_in(ANI.id, KAPUK, noon(POLLING), **HERE, note="tetap", people_met=3)
        check_in(ANI.id, KAPUK, noon(POLLING + timedelta(days=RESULT_DAYS + 10)), **HERE)
        db.session.commit()
    return app


def test_nothing_goes_before_its_day(filled: Flask) -> None:
    assert run_on(filled, LAST)["coordinates of check-ins deleted"] == 0
    assert len(located(filled)) == 3


def test_90_days_after_the_result_the_coordinates_go_and_the_rest_stays(filled: Flask) -> None:
    done = run_on(filled, LAST + timedelta(days=1))
    assert done["coordinates of check-ins deleted"] == 2
    assert located(filled) == [POLLING + timedelta(days=RESULT_DAYS + 10)]
    with filled.app_context(), everywhere("a test looks"):
        row = db.session.query(CheckIn).filter_by(day=POLLING).one()
        assert (row.note, row.people_met, row.accuracy) == ("tetap", 3, None)
    assert run_on(filled, LAST + timedelta(days=1))["coordinates of check-ins deleted"] == 0


def test_after_the_last_election_90_days_count_from_the_check_in(filled: Flask) -> None:
    assert run_on(filled, LAST + timedelta(days=10))["coordinates of check-ins deleted"] == 2
    assert run_on(filled, LAST + timedelta(days=11))["coordinates of check-ins deleted"] == 1
    assert located(filled) == []


def test_a_running_election_keeps_all_that_is_its_own(filled: Flask) -> None:
    next_day = date(2025, 6, 1)
    with filled.app_context(), everywhere("a test prepares"):
        other = Election(code="ulang-2025", name="Pemungutan ulang", date=next_day, volunteer_target=3)
        db.session.add(other)
        db.session.flush()
        station = Station(election_id=other.id, village_code=KAPUK, number=1)
        db.session.add(station)
        db.session.flush()
        check_in(BUDI.id, KAPUK, noon(POLLING - timedelta(days=5)), kind="tps", station_id=station.id, **HERE)
        db.session.commit()
    assert run_on(filled, LAST + timedelta(days=30))["coordinates of check-ins deleted"] == 2
    assert located(filled) == [POLLING - timedelta(days=5), POLLING + timedelta(days=RESULT_DAYS + 10)]
    assert (
        run_on(filled, next_day + timedelta(days=RESULT_DAYS + 91))["coordinates of check-ins deleted"] == 2
    )


def test_without_any_election_90_days_count_from_the_check_in(app: Flask) -> None:
    with app.app_context(), everywhere("a test prepares"):
        db.session.query(Election).one().date = date(2020, 1, 1)
        check_in(ANI.id, KAPUK, noon(date(2024, 1, 1)), **HERE)
        check_in(ANI.id, KAPUK, noon(date(2024, 3, 1)), **HERE)
        db.session.commit()
    assert run_on(app, date(2024, 4, 1))["coordinates of check-ins deleted"] == 1
    assert located(app) == [date(2024, 3, 1)]


def test_traces_go_after_30_days_and_devices_when_nobody_uses_them(app: Flask) -> None:
    today = date(2026, 11, 20)

    def ago(days: int) -> datetime:
        return noon(today) - timedelta(days=days)

    with app.app_context(), everywhere("a test prepares"):
        for days in (10, 31):
            db.session.add(SignInAttempt(phone_key="a", address_key="b", at=ago(days), succeeded=True))
            db.session.add(
                EarlyVoid(check_in_id=uuid4(), person_id=ANI.id, happened_at=ago(days), received_at=ago(days))
            )
        db.session.add_all(SignInTurn(key=f"{days}", ready_at=ago(days)) for days in (0, 2))
        db.session.query(DeviceSession).update({"last_seen_at": ago(1)})
        db.session.get_one(DeviceSession, BUDI.device).last_seen_at = ago(366)
        db.session.get_one(DeviceSession, ANI.device).revoked_at = ago(31)
        db.session.commit()
    done = run_on(app, today)
    assert done["attempts to sign in deleted"] == 1
    assert done["turns to sign in deleted"] == 1
    assert done["undos without a check-in deleted"] == 1
    assert done["device sessions deleted"] == 2
    assert set(run_on(app, today).values()) == {0}


def test_raw_contents_are_dropped_after_30_days(app: Flask, budi: Visitor) -> None:
    budi.post("/check-in", {"jenis": "posko", "tempat": "99.99", "catatan": "rahasia"}, status=422)
    today = datetime.now(UTC).date()
    assert run_on(app, today + timedelta(days=29))["raw contents dropped"] == 0
    assert run_on(app, today + timedelta(days=32))["raw contents dropped"] == 1

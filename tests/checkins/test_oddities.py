"""What a supervisor is asked to look at, whatever order things arrive in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask

from tests.cast import CENGKARENG, GROGOL, KAPUK, KOTA, TOMANG
from tests.checkins.taps import tap
from tests.visits import Visitor
from webapp.checkins.models import CheckIn, Oddity
from webapp.places.models import Region
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db
from webapp.plumbing.geo import metres_between

NOON = datetime(2024, 11, 9, 5, 0, tzinfo=UTC)
JAKARTA, BANDUNG = {"lat": "-6.17500", "lng": "106.82700"}, {"lat": "-6.92200", "lng": "107.60700"}


def odd(app: Flask) -> list[list[Oddity]]:
    """What is odd about each, in the order of what happened."""
    with app.app_context(), everywhere("a test looks"):
        return [row.odd for row in db.session.query(CheckIn).order_by(CheckIn.happened_at)]


def at(visitor: Visitor, minute: int, code: str = KAPUK, **more: str) -> str:
    """A check-in that happened so many minutes after noon and arrives now."""
    sent = tap({"jenis": "posko", "tempat": code, **more}, at=NOON + timedelta(minutes=minute))
    visitor.post("/check-in", sent)
    return sent["id"]


@pytest.fixture(autouse=True)
def _afternoon() -> object:
    with time_machine.travel(NOON + timedelta(hours=3), tick=False) as moment:
        yield moment


@pytest.mark.parametrize("order", [(0, 4), (4, 0)])
def test_twice_in_five_minutes_is_flagged_on_both(app: Flask, ani: Visitor, order: tuple[int, int]) -> None:
    for minute in order:
        at(ani, minute)
    assert odd(app) == [[Oddity.TWICE], [Oddity.TWICE]]


def test_five_minutes_are_enough(app: Flask, ani: Visitor) -> None:
    at(ani, 0)
    at(ani, 5)
    assert odd(app) == [[], []]


@pytest.mark.parametrize(
    ("minute", "first", "second", "flagged"),
    [
        (29, KAPUK, TOMANG, True),
        (30, KAPUK, TOMANG, False),
        (10, KAPUK, CENGKARENG, False),
        (10, KOTA, TOMANG, False),
        (10, CENGKARENG, GROGOL, True),
    ],
)
def test_two_kecamatan_within_half_an_hour(
    app: Flask, ani: Visitor, minute: int, first: str, second: str, flagged: bool
) -> None:
    at(ani, 0, first)
    at(ani, minute, second)
    assert odd(app) == ([[Oddity.APART]] * 2 if flagged else [[], []])


@pytest.mark.parametrize(("minute", "flagged"), [(45, True), (61, False)])
def test_120_kilometres_an_hour_is_the_fastest(app: Flask, ani: Visitor, minute: int, flagged: bool) -> None:
    at(ani, 0, **JAKARTA)
    at(ani, minute, **BANDUNG)
    assert odd(app) == ([[Oddity.APART]] * 2 if flagged else [[], []])
    assert 115_000 < metres_between(-6.175, 106.827, -6.922, 107.607) < 122_000


def test_a_rough_position_is_given_the_benefit(app: Flask, ani: Visitor) -> None:
    at(ani, 0, **JAKARTA, accuracy="20000")
    at(ani, 55, **BANDUNG, accuracy="20000")
    assert odd(app) == [[], []]


def test_another_person_in_the_same_minute_is_not_odd(app: Flask, ani: Visitor, citra: Visitor) -> None:
    at(ani, 0)
    at(citra, 0, TOMANG)
    assert odd(app) == [[], []]


def test_taking_one_back_clears_the_other(app: Flask, ani: Visitor) -> None:
    at(ani, 0)
    wrong = at(ani, 2, TOMANG)
    at(ani, 9)
    assert odd(app) == [[Oddity.TWICE, Oddity.APART], [Oddity.TWICE, Oddity.APART], [Oddity.APART]]
    ani.post("/check-in/batal", tap({"urung": wrong}))
    assert odd(app) == [[], [], []]


def test_a_wrong_clock_is_set_right_and_flagged(app: Flask, ani: Visitor) -> None:
    sent = tap({"jenis": "posko", "tempat": KAPUK}, at=NOON, off=timedelta(minutes=-11))
    ani.post("/check-in", sent)
    [row] = rows(app)
    assert row.happened_at == NOON and row.claimed_at == NOON - timedelta(minutes=11)
    assert row.odd == [Oddity.CLOCK] and row.drift == 660


def test_a_phone_that_lives_in_1970_is_taken_at_the_time_it_happened(app: Flask, ani: Visitor) -> None:
    away = datetime(1970, 1, 1, tzinfo=UTC) - (NOON + timedelta(hours=3))
    ani.post("/check-in", tap({"jenis": "posko", "tempat": KAPUK}, at=NOON, off=away))
    [row] = rows(app)
    assert row.happened_at == NOON and row.odd == [Oddity.CLOCK]


def test_a_tap_of_1970_with_a_right_clock_is_not_believed(app: Flask, ani: Visitor) -> None:
    old = tap({"jenis": "posko", "tempat": KAPUK}, at=datetime(1970, 1, 1, tzinfo=UTC))
    ani.post("/check-in", old)
    [row] = rows(app)
    assert row.happened_at == row.received_at and row.odd == [Oddity.CLOCK]


@pytest.mark.parametrize(
    ("ago", "found"),
    [
        (timedelta(hours=23), []),
        (timedelta(hours=25), [Oddity.LATE]),
        (timedelta(days=29), [Oddity.LATE]),
    ],
)
def test_what_comes_more_than_a_day_later_says_so_and_keeps_saying_it(
    app: Flask, ani: Visitor, ago: timedelta, found: list[Oddity]
) -> None:
    sent = tap({"jenis": "posko", "tempat": KAPUK}, at=NOON)
    with time_machine.travel(NOON + ago, tick=False):
        ani.send("checkin", sent | {"clock": (NOON + ago).isoformat()})
        undo = tap({"urung": sent["id"]}, at=NOON)
        ani.send("checkin.void", undo | {"clock": (NOON + ago).isoformat()})
    [row] = rows(app)
    assert row.odd == found and row.is_voided and row.day == NOON.date()


def test_an_earlier_hour_of_a_phone_that_says_no_time_of_its_own_is_looked_at(
    app: Flask, ani: Visitor, eko: Visitor
) -> None:
    sent = tap({"jenis": "posko", "tempat": KAPUK}, at=NOON)
    with time_machine.travel(NOON + timedelta(hours=3), tick=False):
        ani.send("checkin", {name: value for name, value in sent.items() if name != "clock"})
        assert [row.odd for row in rows(app)] == [[Oddity.UNTIMED]]
        page = eko.get(f"/check-in/wilayah?hari={NOON.date()}&janggal=1")
    assert "Jam HP tidak disertakan" in page.words("main")


@pytest.mark.parametrize(
    "clock",
    [{"happened_at": "kemarin"}, {"offset": "x"}, {"clock": "0"}, {"id": "1"}, {"happened_at": "9999-12-31"}],
)
def test_a_stamp_that_cannot_be_read_breaks_nothing(app: Flask, ani: Visitor, clock: dict[str, str]) -> None:
    sent = tap({"jenis": "posko", "tempat": KAPUK}) | clock
    status = ani.client.post("/check-in", data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code
    assert status in (303, 422)


def rows(app: Flask) -> list[CheckIn]:
    with app.app_context(), everywhere("a test looks"):
        return list(db.session.query(CheckIn).order_by(CheckIn.happened_at))


@pytest.mark.parametrize(
    ("code", "utc", "day"),
    [
        ("63.01.01.2001", datetime(2024, 11, 8, 15, 59, tzinfo=UTC), "2024-11-08"),  # 23.59 WITA
        ("63.01.01.2001", datetime(2024, 11, 8, 16, 0, tzinfo=UTC), "2024-11-09"),  # 00.00 WITA
        ("91.01.01.2001", datetime(2024, 11, 8, 14, 59, tzinfo=UTC), "2024-11-08"),  # 23.59 WIT
        ("91.01.01.2001", datetime(2024, 11, 8, 15, 0, tzinfo=UTC), "2024-11-09"),  # 00.00 WIT
        (KAPUK, datetime(2024, 11, 8, 16, 59, tzinfo=UTC), "2024-11-08"),  # 23.59 WIB
    ],
)
def test_the_day_is_that_of_the_place(app: Flask, ani: Visitor, code: str, utc: datetime, day: str) -> None:
    with app.app_context():
        if code != KAPUK:
            line = [code[:2], code[:5], code[:8], code]
            for level, one in enumerate(line, 1):
                parent = line[level - 2] if level > 1 else "ID"
                db.session.add(Region(code=one, name=one, search_name=one, level=level, parent_code=parent))
                db.session.flush()
            db.session.commit()
    ani.post("/check-in", tap({"jenis": "posko", "tempat": code}, at=utc))
    [row] = rows(app)
    assert row.day.isoformat() == day


def test_tomorrow_it_is_too_late_to_take_it_back(app: Flask, ani: Visitor) -> None:
    mine = at(ani, 0)
    assert ani.get("/check-in/riwayat").soup.select("[name=urung]")
    with time_machine.travel(NOON + timedelta(hours=12, minutes=1), tick=False):  # 00.01 WIB
        assert not ani.get("/check-in/riwayat").soup.select("[name=urung]")
        assert "hari lain" in ani.send("checkin.void", tap({"urung": mine}), "ditolak")["reason"]
        late = tap({"urung": mine}, at=NOON + timedelta(hours=11))  # tapped yesterday, sent today
        ani.post("/check-in/batal", late)
    assert rows(app)[0].is_voided


def test_an_undo_that_comes_first_is_remembered(app: Flask, ani: Visitor) -> None:
    mine, undo = str(uuid4()), str(uuid4())
    stamp = {"happened_at": "2024-11-09T12:00:00+07:00", "offset": 420}
    late = {"id": undo, "kind": "checkin.void", "fields": {"urung": mine}, **stamp}
    first = {"id": mine, "kind": "checkin", "fields": {"jenis": "posko", "tempat": KAPUK}, **stamp}
    for item in (late, late, first, first):
        answer = ani.client.post(
            "/kirim", json={"items": [item], "clock": "2024-11-09T15:00:00+07:00"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )  # fmt: skip
        assert answer.get_json()["verdicts"][0]["verdict"] in ("diterima", "sudah ada"), answer.get_json()
    [row] = rows(app)
    assert row.is_voided

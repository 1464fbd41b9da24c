"""The kept counters say what the rows say, after any mix of check-ins, undos and replays."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.cast import BUDI, CENGKARENG_BARAT, KAPUK, KARTIKA, KOTA, station_id
from tests.checkins.taps import tap
from tests.effort import up_to
from tests.visits import Visitor
from webapp.checkins.figures.counts import expected_counts
from webapp.checkins.models import CheckIn
from webapp.places.models import Station, StationDay, VillageDay
from webapp.places.rules.scope import Scope, everywhere, narrowed
from webapp.plumbing import submissions
from webapp.plumbing.database import db, writing
from webapp.plumbing.submissions import Item, Sender

PLACES = [station_id(KAPUK, 1), station_id(KAPUK, 2), station_id(CENGKARENG_BARAT, 1)]
DAYS = [timedelta(), timedelta(hours=30)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["in", "in", "undo", "replay", "undo-replay", "early"]),
        st.integers(0, 30),
        st.sampled_from(PLACES),
        st.sampled_from(DAYS),
    ),
    min_size=1,
    max_size=25,
)
Step = tuple[str, int, int, timedelta]


class Phone:
    """A phone that sends, undoes and repeats itself."""

    def __init__(self) -> None:
        self.sent: list[Item] = []
        self.undone: list[Item] = []

    def play(self, step: Step) -> None:
        act, which, place, ago = step
        moment = datetime.now(UTC) - ago
        match act:
            case "in":
                self.sent.append(self.arrive(self._tap(uuid4(), place, moment)))
            case "early":
                item = self._tap(uuid4(), place, moment)
                self.undone.append(self.arrive(self._undo(item)))
                self.sent.append(self.arrive(item))
            case "undo" if self.sent:
                self.undone.append(self.arrive(self._undo(self.sent[which % len(self.sent)])))
            case "replay" if self.sent:
                self.arrive(self.sent[which % len(self.sent)])
            case "undo-replay" if self.undone:
                self.arrive(self.undone[which % len(self.undone)])

    def arrive(self, item: Item) -> Item:
        with writing(), narrowed(Scope((KOTA,), KARTIKA.id)):
            verdict = submissions.receive(item, Sender(KARTIKA.id, KOTA))
            assert verdict.status == 200, verdict
        return item

    @staticmethod
    def _tap(name: UUID, place: int, moment: datetime) -> Item:
        return Item(name, "checkin", {"jenis": "tps", "tempat": f"tps-{place}"}, moment, 420)

    @staticmethod
    def _undo(item: Item) -> Item:
        return Item(uuid4(), "checkin.void", {"urung": str(item.id)}, item.claimed_at, 420)


def kept() -> dict[tuple[int, date], int]:
    return {
        (row.station_id, row.day): row.checkins
        for row in db.session.scalars(select(StationDay))
        if row.checkins
    }


def villages() -> dict[tuple[str, date], int]:
    return {
        (row.region_code, row.day): row.stations
        for row in db.session.scalars(select(VillageDay))
        if row.stations
    }


def nothing_differs() -> None:
    with everywhere("a test counts"):
        expected = {(station, day): number for station, day, number in db.session.execute(expected_counts())}
        assert kept() == expected
        lies = {station.id: station.village_code for station in db.session.scalars(select(Station))}
        assert villages() == Counter((lies[station], day) for station, day in expected)


@given(steps=STEPS)
@settings(max_examples=up_to(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_counters_never_drift(inside: None, steps: list[Step]) -> None:
    phone = Phone()
    for step in steps:
        phone.play(step)
    nothing_differs()


def together(app: Flask, path: str, *taps: dict[str, str]) -> list[str]:
    """Send all at the same moment from as many phones of Budi."""
    gate = threading.Barrier(len(taps))
    said: list[str] = []

    def send(fields: dict[str, str]) -> None:
        phone = Visitor(app, BUDI)
        gate.wait()
        said.append(phone.post(path, fields).headers["Location"])

    threads = [threading.Thread(target=send, args=(fields,)) for fields in taps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def test_a_double_tap_is_one_check_in(app: Flask) -> None:
    sent = tap()
    said = together(app, "/check-in", *[sent] * 6)
    assert len(said) == 6 and len(set(said)) == 1
    with app.app_context(), everywhere("a test looks"):
        assert db.session.query(CheckIn).count() == 1
        nothing_differs()


def test_many_undos_at_once_take_it_back_once(app: Flask, budi: Visitor) -> None:
    kept_one, gone = tap(), tap()
    for fields in (kept_one, gone):
        budi.post("/check-in", fields)
    said = together(app, "/check-in/batal", *[tap({"urung": gone["id"]}) for _ in range(6)])
    assert len(said) == 6
    with app.app_context(), everywhere("a test looks"):
        assert list(kept().values()) == [1]
        nothing_differs()


def test_different_taps_at_once_are_all_counted(app: Flask) -> None:
    together(app, "/check-in", *[tap() for _ in range(6)])
    with app.app_context(), everywhere("a test looks"):
        assert list(kept().values()) == [6]
        nothing_differs()

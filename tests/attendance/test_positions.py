"""Saya hadir with a position: near, far or nowhere, it is taken, and what is odd about it is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.attendance.codes import records
from tests.attendance.scenes import NINE, Scene, also_invited, meeting_of, stamp, verdict_of
from tests.cast import BUDI
from tests.visits import Visitor
from webapp.attendance.models import AttendancePosition, Site
from webapp.attendance.rules.positions import UNJUDGED, Position, beyond
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db, writing

HALL = (-6.15, 106.75)
AT = NINE + timedelta(minutes=2)
DEGREE_M = 111_195  # of latitude
pytestmark = pytest.mark.usefixtures("inside")


def hall(scene: Scene, radius: int = 150) -> None:
    """The site of a scene gets a position."""
    with writing(), everywhere("a scene is set"):
        placed = update(Site).where(Site.meeting_id == scene.meeting)
        db.session.execute(placed.values(latitude=HALL[0], longitude=HALL[1], radius=radius))


def away(metres: float, accuracy: float = 10) -> dict[str, str]:
    """So many metres north of the hall."""
    return {"lat": str(HALL[0] + metres / DEGREE_M), "lng": str(HALL[1]), "accuracy": str(accuracy)}


def says(
    visitor: Visitor, scene: Scene, position: dict[str, str], verdict: str = "diterima"
) -> dict[str, Any]:
    """Saya hadir, from there."""
    with time_machine.travel(AT):
        return visitor.send(
            "attendance.self", {"rapat": str(scene.meeting), **position, **stamp(AT)}, verdict
        )


def positions() -> list[AttendancePosition]:
    with everywhere("a test looks"):
        return list(db.session.scalars(select(AttendancePosition)))


@pytest.mark.parametrize(
    ("metres", "accuracy", "over"),
    [(0, 5, 0), (149, 5, 0), (154, 5, 0), (190, 40, 0), (199, 4000, 0), (1000, 4000, 800), (500, 0, 350)],
)
def test_near_is_within_the_radius_and_at_most_fifty_metres_of_the_phone_s_own_doubt(
    budi: Visitor, metres: int, accuracy: float, over: int
) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    hall(scene)
    says(budi, scene, away(metres, accuracy))
    (record,) = records()
    assert record.beyond == pytest.approx(over, abs=2)
    assert verdict_of(seat).far is (over > 0)
    assert verdict_of(seat).claims_since is not None
    assert [round(one.accuracy) for one in positions()] == [accuracy]


def test_without_a_position_it_is_taken_and_said(budi: Visitor) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    hall(scene)
    says(budi, scene, {})
    (record,) = records()
    assert record.beyond is None and verdict_of(seat).far and positions() == []


def test_where_the_site_has_no_position_nobody_is_far(budi: Visitor) -> None:
    scene = meeting_of(1)
    (seat,) = also_invited(scene, BUDI)
    says(budi, scene, {})
    assert not verdict_of(seat).far


@pytest.mark.parametrize("bad", ["lat=x", "lat=91", "lng=181", "accuracy=-1", "lat=nan", "lat=inf"])
def test_a_position_that_cannot_be_is_refused_in_a_sentence(budi: Visitor, bad: str) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    hall(scene)
    verdict = says(budi, scene, away(0) | dict([bad.split("=")]), "ditolak")
    assert "Posisi ini tidak masuk akal" in verdict["reason"]
    assert records() == [] and positions() == []


def test_the_way_around_the_world_is_measured_along_its_surface() -> None:
    site = Site(mode="tatap muka", latitude=0.0, longitude=179.999, radius=100)
    assert beyond(site, Position(0.0, -179.999, 0)) == pytest.approx(222 - 100, abs=2)
    assert beyond(site, Position(0.0, 0.0, 0)) == pytest.approx(20_015_000, rel=0.01)
    assert beyond(Site(mode="zoom", latitude=0.0, longitude=0.0, radius=1), None) == UNJUDGED


def test_positions_are_forgotten_ninety_days_after_the_result_and_what_they_said_stays(
    app: Flask, budi: Visitor
) -> None:
    scene = meeting_of(1)
    also_invited(scene, BUDI)
    hall(scene)
    says(budi, scene, away(400))
    for days, left in ((89, 1), (92, 0), (92, 0)):
        with time_machine.travel(AT + timedelta(days=days), tick=False):
            told = app.test_cli_runner().invoke(args=["retention", "run"])
        assert told.exit_code == 0, told.output
        assert len(positions()) == left
    (record,) = records()
    assert record.beyond is not None
    assert "positions of self check-ins deleted: 0" in told.output

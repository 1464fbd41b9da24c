"""Where nobody brought boundaries, every region is a circle where it lies, sized by its TPS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, select

from tests.cast import KOTA
from tests.visits import Visitor
from webapp.coverage.figures.maps import LARGE, WIDTH, Drawing, Spot, drawing
from webapp.coverage.figures.regions import overview
from webapp.coverage.rules.measures import Measure
from webapp.places.figures.elections import current_election
from webapp.places.models import Region, Shape
from webapp.places.rules.scope import EVERYWHERE, bind
from webapp.plumbing.database import db

pytestmark = pytest.mark.usefixtures("west_jakarta")


@pytest.fixture
def drawn(app: Flask) -> Iterator[Drawing]:
    with app.app_context():
        bind(EVERYWHERE)
        db.session.execute(delete(Shape))
        db.session.commit()
        found = drawing(overview(KOTA, current_election(), Measure.WITNESSES))
        assert found is not None
        yield found


def spots_of(drawn: Drawing) -> dict[str, Spot]:
    return {spot.part.code: spot for group in drawn.groups for spot in group.spots}


def test_they_stand_as_on_the_ground_inside_the_drawing(drawn: Drawing) -> None:
    spots = spots_of(drawn)
    placed = {row.code: row for row in db.session.scalars(select(Region).where(Region.code.in_(spots)))}
    north = max(placed.values(), key=lambda one: one.lat or 0.0)
    west = min(placed.values(), key=lambda one: one.lng or 0.0)
    assert spots[north.code].y == min(spot.y for spot in spots.values())
    assert spots[west.code].x == min(spot.x for spot in spots.values())
    assert all(0 <= spot.x <= WIDTH and 0 <= spot.y <= drawn.height for spot in spots.values())


def test_the_most_tps_make_the_largest(drawn: Drawing) -> None:
    spots = spots_of(drawn).values()
    most = max(spots, key=lambda spot: spot.part.numbers.stations)
    assert most.r == max(spot.r for spot in spots) == LARGE


def test_the_page_draws_them(drawn: Drawing, kartika: Visitor) -> None:
    page = kartika.get(f"/cakupan/{KOTA}")
    assert len(page.soup.select("svg.map circle:not(.pin1)")) == len(spots_of(drawn))
    assert not page.soup.select("svg.map use")

"""Finding people by name and by office."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from tests.cast import ANI, BUDI, CENGKARENG, CITRA, GROGOL, KAPUK, KARTIKA, KOTA, TOMANG
from webapp.people.figures.people import coordinators_of, holders, line_above
from webapp.people.figures.search import search
from webapp.people.rules.naming import names_of
from webapp.places.rules.scope import Scope, bind


def test_ani_finds_budi_by_a_part_of_his_name_and_nobody_next_door(app: Flask) -> None:
    with app.app_context():
        bind(Scope((CENGKARENG,), ANI.id))
        assert [found.id for found in search("santo BUDI")] == [BUDI.id]
        assert search("citra") == []
        assert search(" ") == []
        assert search("100%") == []


def test_the_nearest_coordinator_is_the_one_to_call(inside: None) -> None:
    assert coordinators_of([KAPUK, TOMANG, KOTA, "31.73.03.1001", "31.74"]) == {
        KAPUK: (ANI.id, ANI.name),
        TOMANG: (CITRA.id, CITRA.name),
        KOTA: (KARTIKA.id, KARTIKA.name),
        "31.73.03.1001": (KARTIKA.id, KARTIKA.name),
    }


def test_finding_coordinators_costs_one_statement_however_many_regions(
    app: Flask, inside: None, statements: Callable[[], Any]
) -> None:
    with statements() as few:
        coordinators_of([KAPUK])
    with statements() as many:
        coordinators_of([KAPUK, TOMANG, *(f"31.73.0{n}.10{m:02}" for n in range(1, 9) for m in range(1, 20))])
    assert len(few.work) == len(many.work) == 1


def test_holders_of_a_level_below_a_region(app: Flask) -> None:
    with app.app_context():
        bind(Scope((KOTA,), KARTIKA.id))
        assert [one.person_id for one in holders(3, KOTA)] == [ANI.id, CITRA.id]
        assert [one.region_code for one in holders(2, KOTA)] == [KOTA]
        assert holders(3, "31.74") == []
        bind(Scope((CENGKARENG,), ANI.id))
        assert holders(3, GROGOL) == []


def test_the_line_upward_begins_next_to_me(inside: None) -> None:
    assert [one.name.split()[0] for one in line_above([KAPUK])] == ["Ani", "Kartika", "Eko"]


def test_names_are_known_anywhere(app: Flask) -> None:
    with app.app_context():
        bind(Scope((CENGKARENG,), ANI.id))
        assert names_of([BUDI.id, CITRA.id]) == {BUDI.id: BUDI.name, CITRA.id: CITRA.name}
        assert names_of([]) == {}


def test_no_office_of_a_foreign_region_is_told(app: Flask) -> None:
    with app.app_context():
        bind(Scope((CENGKARENG,), ANI.id))
        assert line_above([TOMANG, GROGOL, KOTA]) == [], "nor the line that both share"
        assert coordinators_of([TOMANG, KAPUK]) == {KAPUK: (ANI.id, ANI.name)}
        bind(Scope((), BUDI.id))
        assert line_above([KAPUK]) == []
        assert coordinators_of([KAPUK]) == {}

"""A register of the real size for this room, and nothing kept from the test before."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

import webapp.home.rules.demo
from tests.cast import CENGKARENG, KAPUK, KOTA
from webapp.coverage.figures import national
from webapp.places.models import Region, Shape, Station, StationCount, VillageCount
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import db

DEMO = Path(webapp.home.rules.demo.__file__).parent


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    national.forget()
    yield
    national.forget()


def rows_of(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def west_jakarta(app: Flask) -> None:
    """The 8 kecamatan and 56 kelurahan with their map; numbers of all kinds, TPS rows only in Kapuk (451)."""
    with app.app_context(), everywhere("a test fills the kota"):
        known = {"31.73.01", "31.73.02", "31.73.01.1001", "31.73.01.1005", "31.73.02.1003"}
        villages = rows_of("west_jakarta.csv")
        places = {row["kecamatan"]: (row["kecamatan_name"], KOTA, 3, row) for row in villages}
        places |= {row["code"]: (row["name"], row["kecamatan"], 4, row) for row in villages}
        new = [region(code, *told) for code, told in places.items() if code not in known]
        db.session.execute(insert(Region), new)
        db.session.execute(insert(Shape), [shape(row) for row in rows_of("cells.csv")])
        fill_numbers(villages, known)
        numbers = [*range(6, 447), 902, 903, 904, 905]
        kapuk = [
            {"election_id": 1, "village_code": "31.73.01.1005", "number": n, "retired": False}
            for n in numbers
        ]
        db.session.execute(insert(Station), kapuk)
        chance = random.Random(451)
        seated = [
            {
                "station_id": id_,
                "election_id": 1,
                "region_code": KAPUK,
                "witnesses": n,
                "volunteers": n,
                "version": 1,
            }
            for id_ in db.session.scalars(select(Station.id).where(Station.village_code == KAPUK))
            if (n := chance.choice((0, 1, 1, 2, 2, 2)))
        ]
        db.session.execute(insert(StationCount), seated)
        db.session.commit()


def fill_numbers(villages: list[dict[str, str]], known: set[str]) -> None:
    for n, row in enumerate(villages):
        tps = 451 if row["name"] == "Kapuk" else int(row["tps"])
        one, two = tps * (n % 7) // 14, tps * (n % 8) // 16
        told = {
            "stations": tps,
            "one_witness": one,
            "two_witnesses": two,
            "full": two // 2,
            "volunteers": 3 * one,
        }
        if row["code"] in known:
            db.session.execute(
                update(VillageCount).where(VillageCount.region_code == row["code"]).values(told)
            )
        else:
            db.session.add(VillageCount(election_id=1, region_code=row["code"], **told))


def region(code: str, name: str, parent: str, level: int, row: dict[str, str]) -> dict[str, object]:
    return {
        "code": code, "name": name, "search_name": name.lower(), "level": level, "parent_code": parent,
        "kind": None, "lat": float(row["lat"]), "lng": float(row["lng"]), "retired": False,
    }  # fmt: skip


def shape(row: dict[str, str]) -> dict[str, object]:
    return {
        "map_code": KOTA, "code": row["code"], "kind": row["kind"], "path": row["path"],
        "label_x": int(row["label_x"] or 0) or None, "label_y": int(row["label_y"] or 0) or None,
        "width": 360, "height": 340, "scheme": True,
    }  # fmt: skip


@pytest.fixture
def add_villages(app: Flask) -> Callable[[int], None]:
    """Put that many more kelurahan, of 3 TPS each, into Cengkareng."""

    def add(many: int) -> None:
        with app.app_context(), everywhere("a test fills a kecamatan"):
            place = {"lat": "-6.1", "lng": "106.7"}
            codes = [f"{CENGKARENG}.{2000 + n}" for n in range(1, many + 1)]
            db.session.execute(insert(Region), [region(c, f"Desa {c}", CENGKARENG, 4, place) for c in codes])
            told = {"one_witness": 1, "two_witnesses": 1, "full": 0, "volunteers": 3, "version": 0}
            db.session.execute(
                insert(VillageCount),
                [{"election_id": 1, "region_code": c, "stations": 3, **told} for c in codes],
            )
            db.session.commit()

    return add

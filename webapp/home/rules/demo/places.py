"""The places of the demo: the tree above and below West Jakarta, its 3,452 TPS, and the schematic map."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import func, insert, select

from webapp.places.models import NATION, Election, Region, Shape, Station, VillageCount
from webapp.places.rules.codes import level_of, parent_of
from webapp.places.rules.names import fold
from webapp.plumbing.database import db

HERE = Path(__file__).parent
PROVINCE, KOTA = "31", "31.73"
MAP_HEIGHT = 340
ABOVE = ((NATION, "Indonesia", None), (PROVINCE, "DKI Jakarta", None), (KOTA, "Jakarta Barat", "kota"))


def rows_of(name: str) -> Iterator[Mapping[str, str]]:
    """The rows of one of the files beside this module; their columns are described in the package."""
    with (HERE / name).open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def add_regions() -> None:
    """Indonesia, DKI Jakarta, Jakarta Barat, 8 kecamatan, 56 kelurahan, and the cells that draw them."""
    villages = list(rows_of("west_jakarta.csv"))
    districts = {row["kecamatan"]: row["kecamatan_name"] for row in villages}
    centre = _middle(villages)
    for code, name, kind in ABOVE:
        db.session.execute(insert(Region), [_region(code, name, kind, *centre)])
    db.session.execute(
        insert(Region),
        [
            _region(code, name, None, *_middle([row for row in villages if row["kecamatan"] == code]))
            for code, name in districts.items()
        ],
    )
    db.session.execute(
        insert(Region),
        [
            _region(row["code"], row["name"], "kelurahan", float(row["lat"]), float(row["lng"]))
            for row in villages
        ],
    )
    db.session.execute(insert(Shape), [_shape(row) for row in rows_of("cells.csv")])


def add_election(code: str, day: date) -> Election:
    """The made-up election of the demo, on the register of November 2024."""
    election = Election(code=code, name="Pilkada (contoh)", kind="pilkada", date=day, current=True)
    db.session.add(election)
    db.session.flush()
    for row in rows_of("west_jakarta.csv"):
        count = int(row["tps"])
        numbers = range(1, count + 1)
        stations = [{"election_id": election.id, "village_code": row["code"], "number": n} for n in numbers]
        db.session.execute(insert(Station), [station | {"retired": False} for station in stations])
        db.session.add(VillageCount(election_id=election.id, region_code=row["code"], stations=count))
    db.session.flush()
    return election


def stations_of(election: Election) -> dict[str, list[int]]:
    """Station ids by kelurahan, in the order of their numbers."""
    found: dict[str, list[int]] = {}
    query = select(Station.village_code, Station.id).where(Station.election_id == election.id)
    for code, station_id in db.session.execute(query.order_by(Station.village_code, Station.number)):
        found.setdefault(code, []).append(station_id)
    return found


def total(election: Election) -> int:
    """TPS in the register."""
    return db.session.scalar(select(func.count(Station.id)).where(Station.election_id == election.id)) or 0


def _region(code: str, name: str, kind: str | None, lat: float, lng: float) -> dict[str, object]:
    return {
        "code": code,
        "name": name,
        "search_name": fold(name),
        "level": level_of(code),
        "parent_code": parent_of(code),
        "kind": kind,
        "lat": lat,
        "lng": lng,
        "retired": False,
    }


def _shape(row: Mapping[str, str]) -> dict[str, object]:
    return {
        "map_code": KOTA,
        "code": row["code"],
        "kind": row["kind"],
        "path": row["path"],
        "label_x": int(row["label_x"] or 0) or None,
        "label_y": int(row["label_y"] or 0) or None,
        "width": 360,
        "height": MAP_HEIGHT,
        "scheme": True,
    }


def _middle(rows: list[Mapping[str, str]]) -> tuple[float, float]:
    return (
        round(sum(float(row["lat"]) for row in rows) / len(rows), 4),
        round(sum(float(row["lng"]) for row in rows) / len(rows), 4),
    )

"""Boundaries become maps: neighbours share their edges, nothing is lost, and the same file changes nothing."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from tests.cast import CENGKARENG, CENGKARENG_BARAT, GROGOL, KAPUK, KOTA, TOMANG
from webapp.places.figures.shapes import CELL, OUTLINE, map_svg
from webapp.places.models import Region, Shape
from webapp.places.rules.imports import geojson
from webapp.places.rules.imports.boundaries import import_boundaries
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.limits import Consent
from webapp.places.rules.imports.report import Report
from webapp.plumbing.database import db

pytest.importorskip("shapely")
pytestmark = pytest.mark.usefixtures("inside")
WEST, NORTH, STEP = 106.7, -6.1, 0.02


def square(code: str, x: float, y: float, size: float = 1.0, **more: Any) -> dict[str, Any]:
    """A region of `size` steps whose western and northern corner lies `x` and `y` steps from the origin."""
    left, top, edge = WEST + x * STEP, NORTH - y * STEP, size * STEP
    ring = [[left, top], [left + edge, top], [left + edge, top - edge], [left, top - edge], [left, top]]
    properties = {"kode": code, "nama": code, "lat": top - edge / 2, "lng": left + edge / 2} | more
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


VILLAGES = [square(CENGKARENG_BARAT, 0, 0), square(KAPUK, 1, 0), square(TOMANG, 0, 1, 2)]


def take(folder: Path, features: list[Any], **options: Any) -> Report:
    db.session.commit()
    path = folder / "map.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    report = import_boundaries(path, folder / "refused.csv", **options)
    db.session.expire_all()
    return report


@dataclass(frozen=True)
class MapSheet:
    """What is kept of one map: where the label of each cell and each line stands, by code."""

    cells: dict[str, tuple[int | None, int | None]]
    outlines: dict[str, tuple[int | None, int | None]]
    width: int
    height: int
    scheme: bool


def sheet_of(map_code: str) -> MapSheet:
    rows = db.session.scalars(select(Shape).where(Shape.map_code == map_code)).all()
    cells, outlines = (
        {row.code: (row.label_x, row.label_y) for row in rows if row.kind == kind} for kind in (CELL, OUTLINE)
    )
    return MapSheet(cells, outlines, rows[0].width, rows[0].height, rows[0].scheme)


def path_of(map_code: str, code: str, kind: str = "cell") -> str:
    found = db.session.get(Shape, (map_code, code, kind))
    assert found is not None
    return found.path


def test_villages_draw_the_map_of_their_kota_with_lines_around_the_kecamatan(tmp_path: Path) -> None:
    report = take(tmp_path, VILLAGES)
    assert (report.read, report.found, report.refused) == (3, 3, 0)
    sheet = sheet_of(KOTA)
    assert set(sheet.cells) == {CENGKARENG_BARAT, KAPUK, TOMANG}
    assert set(sheet.outlines) == {CENGKARENG, GROGOL, KOTA}
    assert (sheet.width, sheet.scheme) == (360, False)
    own = sheet_of(CENGKARENG)
    assert set(own.cells) == {CENGKARENG_BARAT, KAPUK}
    assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for x, y in sheet.cells.values())


def test_paths_are_whole_relative_steps(tmp_path: Path) -> None:
    take(tmp_path, VILLAGES)
    for path in db.session.scalars(select(Shape.path)):
        assert re.fullmatch(r"(M\d+ \d+([hvl]-?\d+([ -]\d+)*)+z)+", path), path


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    first = take(tmp_path, VILLAGES)
    again = take(tmp_path, VILLAGES)
    assert first.new == 6 + 3  # the kota's cells and lines, and a map for each kecamatan
    assert (again.new, again.changed, again.retired) == (0, 0, 0)


def test_a_moved_boundary_changes_the_address_of_the_map(tmp_path: Path) -> None:
    take(tmp_path, VILLAGES)
    before = map_svg(KOTA)
    report = take(tmp_path, [square(CENGKARENG_BARAT, 0, 0), square(KAPUK, 1, 0), square(TOMANG, 0, 1, 1)])
    after = map_svg(KOTA)
    assert report.changed > 0
    assert before is not None and after is not None and before[1] != after[1]


def test_boundaries_that_overlap_a_little_are_fitted(tmp_path: Path) -> None:
    report = take(
        tmp_path, [square(CENGKARENG_BARAT, 0, 0, 1.03), square(KAPUK, 1, 0), square(TOMANG, 0, 1, 2)]
    )
    assert any("fitted to their neighbours" in note for note in report.notes)


def test_an_island_too_small_to_be_seen_is_a_dot_inside_the_map(tmp_path: Path) -> None:
    take(tmp_path, [square(CENGKARENG_BARAT, 0, 0, 5), square(KAPUK, 7, 9, 0.001), square(TOMANG, 5, 0, 5)])
    sheet = sheet_of(KOTA)
    assert set(sheet.cells) == {CENGKARENG_BARAT, KAPUK, TOMANG}
    x, y = sheet.cells[KAPUK]
    assert 0 < x < sheet.width and 0 < y < sheet.height
    assert path_of(KOTA, KAPUK).startswith("M")


def test_kecamatan_do_not_replace_the_villages_on_the_map_of_a_kota(tmp_path: Path) -> None:
    take(tmp_path, VILLAGES)
    report = take(tmp_path, [square(CENGKARENG, 0, 0), square(GROGOL, 1, 0)])
    assert any("stay as their villages drew them" in note for note in report.notes)
    sheet = sheet_of(KOTA)
    assert KAPUK in sheet.cells


def test_kecamatan_draw_the_map_of_a_kota_that_has_none(tmp_path: Path) -> None:
    take(tmp_path, [square(CENGKARENG, 0, 0), square(GROGOL, 1, 0)])
    sheet = sheet_of(KOTA)
    assert set(sheet.cells) == {CENGKARENG, GROGOL} and not sheet.outlines


def test_the_villages_of_a_kota_take_the_place_of_its_kecamatan(tmp_path: Path) -> None:
    take(tmp_path, [square(CENGKARENG, 0, 0, 2), square(GROGOL, 0, 2, 2)])
    take(tmp_path, VILLAGES)
    assert set(sheet_of(KOTA).cells) == {CENGKARENG_BARAT, KAPUK, TOMANG}


def test_all_can_be_drawn_onto_one_map(tmp_path: Path) -> None:
    take(tmp_path, VILLAGES, onto="31", width=500)
    sheet = sheet_of("31")
    assert (sheet.width, set(sheet.outlines)) == (500, {"31", KOTA})
    with pytest.raises(BadFile, match="Nothing in this file lies in 32"):
        take(tmp_path, VILLAGES, onto="32")


def test_regions_get_their_middle(tmp_path: Path) -> None:
    take(tmp_path, VILLAGES)
    region = db.session.get(Region, KAPUK)
    assert region is not None and region.lat is not None and region.lng is not None
    assert (round(region.lat, 3), round(region.lng, 3)) == (-6.11, 106.73)


@pytest.mark.parametrize(
    ("feature", "why"),
    [
        (square("31.74.010", 0, 0), "codes of BPS"),
        (square(KAPUK, 0, 0) | {"properties": [KAPUK]}, "no Kemendagri code"),
        (square("99.99", 0, 0), "no Kemendagri code|not in our list"),
        (square("31.73.01.1009", 0, 0), "not in our list"),
        (square(KAPUK, 0, 0), "already"),
        (square(TOMANG, 9_000, 0), "not in degrees"),
        (square(TOMANG, 0, 0) | {"geometry": None}, "no polygon|cannot|can be read"),
        (square(TOMANG, 0, 0) | {"geometry": {"type": "Point", "coordinates": [106.7, -6.1]}}, "no polygon"),
        (square(TOMANG, 0, 0) | {"geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}}, "can be read"),
        ("no feature", "no Kemendagri code"),
    ],
)
def test_a_bad_feature_is_refused_and_the_others_are_drawn(tmp_path: Path, feature: Any, why: str) -> None:
    report = take(tmp_path, [square(CENGKARENG_BARAT, 0, 0), square(KAPUK, 1, 0), feature])
    assert (report.found, report.refused) == (2, 1)
    assert report.first[0][0] == 3
    assert re.search(why, report.first[0][2])


NAMED = {CENGKARENG_BARAT: "Cengkareng Barat", KAPUK: "KAPUK", TOMANG: "Tomang"}


@pytest.mark.parametrize("bare", [int, str, float])
def test_bare_codes_are_taken_with_our_names_and_refused_with_others(tmp_path: Path, bare: Any) -> None:
    codes = {code: bare(code.replace(".", "")) for code in NAMED}
    ours = [square(codes[code], place, 0, nama=name) for place, (code, name) in enumerate(NAMED.items())]
    assert take(tmp_path, ours).found == 3 and set(sheet_of(KOTA).cells) == set(NAMED)
    with pytest.raises(BadFile, match=r"No region of .* can be taken"):
        take(tmp_path, [one | {"properties": one["properties"] | {"nama": "x"}} for one in ours])


def test_features_without_the_property_that_holds_the_code_stop_the_map(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"No region of .* can be taken"):
        take(tmp_path, [one | {"properties": {"KODE": KAPUK}} for one in VILLAGES])


def test_of_two_shapes_with_one_code_and_two_names_none_is_drawn(tmp_path: Path) -> None:
    twice = square(CENGKARENG_BARAT, 1, 0, nama="Kapuk")
    report = take(tmp_path, [twice, *VILLAGES])
    assert report.refused == 2 and set(sheet_of(CENGKARENG).cells) == {KAPUK}


def test_a_property_that_stands_twice_stops_the_map(tmp_path: Path) -> None:
    told = json.dumps({"type": "FeatureCollection", "features": VILLAGES})
    path = tmp_path / "map.geojson"
    path.write_text(told.replace(f'"kode": "{KAPUK}"', f'"kode": "{TOMANG}", "kode": "{KAPUK}"'))
    with pytest.raises(BadFile, match=r"twice \(kode"):
        import_boundaries(path, tmp_path / "refused.csv")


def test_a_map_keeps_a_shape_that_the_file_has_and_that_cannot_be_read(tmp_path: Path) -> None:
    take(tmp_path, VILLAGES)
    before = path_of(KOTA, TOMANG)
    broken = square(TOMANG, 0, 1, 2) | {"geometry": None}
    report = take(tmp_path, [square(CENGKARENG_BARAT, 0, 0), square(KAPUK, 1, 0, 2), broken])
    assert path_of(KOTA, TOMANG) == before and report.refused == 1
    assert any(f"map {KOTA} stays as it is" in note and TOMANG in note for note in report.notes)


def test_a_file_with_a_part_of_a_map_does_not_take_the_rest_away(tmp_path: Path) -> None:
    take(tmp_path, VILLAGES)
    with pytest.raises(BadFile, match=f"1 of 3 shapes of the map {KOTA} would be retired"):
        take(tmp_path, VILLAGES[:2])
    assert set(sheet_of(KOTA).cells) == {CENGKARENG_BARAT, KAPUK, TOMANG}
    report = take(tmp_path, VILLAGES[:2], consent=Consent(retire=True))
    assert f"  {TOMANG} on the map {KOTA} (cell)" in report.lines()
    assert any("come back by importing a map that has them" in line for line in report.lines())
    assert set(sheet_of(KOTA).cells) == {CENGKARENG_BARAT, KAPUK}


def test_a_map_of_many_loses_not_even_one_without_a_yes(tmp_path: Path) -> None:
    codes = [f"{GROGOL}.2{n:03}" for n in range(1, 101)]
    rows = [{"code": code, "name": code, "search_name": code, "level": 4} for code in codes]
    db.session.execute(insert(Region).values(parent_code=GROGOL), rows)
    many = VILLAGES + [square(code, 3 + n % 10, n // 10) for n, code in enumerate(codes)]
    take(tmp_path, many)
    with pytest.raises(BadFile, match=f"1 of 103 shapes of the map {KOTA} would be retired"):
        take(tmp_path, many[:-1])
    assert codes[-1] in sheet_of(KOTA).cells


def test_middles_with_a_decimal_comma_are_read_and_what_is_none_changes_nothing(tmp_path: Path) -> None:
    take(tmp_path, [square(KAPUK, 0, 0, lat="-6,1513", lng="106,7379"), square(TOMANG, 1, 0, lat="x")])
    found = {code: db.session.get_one(Region, code) for code in (KAPUK, TOMANG)}
    assert (found[KAPUK].lat, found[KAPUK].lng) == (-6.1513, 106.7379)
    assert (found[TOMANG].lat, found[TOMANG].lng) == (-6.14, 106.73)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"[" * 200_000, id="deep"),
        b"",
        b"{}",
        b"[1]",
        b"\x00\x01\xff",
        b'{"features": []}',
    ],
)
def test_a_file_that_is_no_geojson_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "map.geojson"
    path.write_bytes(content)
    with pytest.raises(BadFile, match="no GeoJSON"):
        import_boundaries(path, tmp_path / "refused.csv")


def test_a_file_that_no_memory_holds_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geojson, "MOST_BYTES", 100)
    with pytest.raises(BadFile, match="province by province"):
        take(tmp_path, VILLAGES)


def test_without_the_extra_the_command_says_what_to_install(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "shapely", None)
    told = app.test_cli_runner().invoke(args=["places", "import-boundaries", str(tmp_path / "x.geojson")])
    assert told.exit_code == 1
    assert "needs the extra `geo`" in told.output


def test_a_map_costs_one_statement(tmp_path: Path, statements: Any) -> None:
    take(tmp_path, VILLAGES)
    with statements() as seen:
        map_svg(KOTA)
    assert len(seen.work) == 1

"""Boundaries from GeoJSON (WGS84; properties kode, nama, lat, lng) become maps that are ready to draw.

A map belongs to the region whose parts it shows: provinces make the nation's, kabupaten and kota their
province's. Villages make the map of their kabupaten where it has at most 120, and of their kecamatan always.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select

from webapp.places.models import NATION, Region, Shape
from webapp.places.rules.codes import KABKOTA, KECAMATAN, VILLAGE, level_of, lineage, parent_of
from webapp.places.rules.imports.coding import Coding
from webapp.places.rules.imports.doubts import clash, surplus
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.geojson import features_of
from webapp.places.rules.imports.limits import NONE, Consent, listed, stop_at_refused, would_go
from webapp.places.rules.imports.regions import EAST, NORTH, SOUTH, WEST, known_names
from webapp.places.rules.imports.report import Report
from webapp.places.rules.imports.stage import Tell, silent
from webapp.plumbing.database import db, writing
from webapp.plumbing.written import degrees

NEEDS_GEO = (
    "import-boundaries needs the extra `geo`, which is not installed: "
    "run `.venv/bin/pip install 'shapely>=2.2'` and try again."
)
VILLAGES = 120  # a kabupaten with more is shown by its kecamatan
NOT_OURS = "this region is not in our list: import the list of regions first"
Shapes = dict[str, Any]


def import_boundaries(
    path: Path,
    refused: Path,
    *,
    onto: str | None = None,
    width: int | None = None,
    tell: Tell = silent,
    consent: Consent = NONE,
) -> Report:
    """Draw the maps that these boundaries make, or the one of `onto`. Raises `BadFile`.

    A map that would lose a shape which the file has and which cannot be read stays as it is.
    """
    drawing, shapely = _needed()
    report = Report(path, refused, unit="regions", back="They come back by importing a map that has them.")
    try:
        places: dict[str, tuple[float, float]] = {}
        shapes = dict(_features(path, shapely, report, places))
        stop_at_refused(report, consent)
        if not shapes:
            raise BadFile(f"No region of {path.name} can be taken; see {report.refused_file}.")
        maps = _without_loss(_maps(shapes, onto, report), report, consent)
        db.session.rollback()
        sheets = {}
        for code, inside in maps.items():
            usual = drawing.NATION_WIDTH if code == NATION else drawing.WIDTH
            sheets[code] = drawing.draw(inside, _lines(code, inside), width or usual)
            tell(f"maps drawn, {code} with {len(inside):,}", len(sheets))
        with writing():
            for code, sheet in sheets.items():
                _keep(code, sheet, report)
            _place(places)
    finally:
        report.close()
    return report


def _needed() -> tuple[Any, Any]:
    try:
        import shapely

        from webapp.places.rules.imports import drawing
    except ImportError as missing:
        raise BadFile(NEEDS_GEO) from missing
    return drawing, shapely


def _features(
    path: Path, shapely: Any, report: Report, places: dict[str, tuple[float, float]]
) -> Iterator[tuple[str, Any]]:
    collection = features_of(path)
    coded = _coded([_properties(feature) for feature in collection], known_names())
    for number, (feature, (code, why)) in enumerate(zip(collection, coded, strict=True), 1):
        report.read += 1
        shape, wrong = (None, why) if why else _shape(feature, shapely)
        if wrong:
            report.refuse(number, code[:40], wrong)
            continue
        report.found += 1
        if position := _position(feature["properties"]):
            places[code] = position
        yield code, shape


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _coded(features: Sequence[Mapping[str, Any]], known: Mapping[str, str]) -> list[tuple[str, str]]:
    """The code of each feature, or what stands there with the reason why it cannot be taken."""
    coding, claims = Coding(register=known), defaultdict[str, dict[int, str]](dict)
    told = [(str(one.get("kode") or ""), str(one.get("nama") or "")) for one in features]
    for code, name in told:
        coding.note(code, name)
    found = [_known(coding, code, name) for code, name in told]
    for place, (code, why) in enumerate(found):
        if not why:
            claims[code][place + 1] = told[place][1]
    for code, rows in claims.items():
        out = surplus(rows)
        for number in out:
            found[number - 1] = code, clash(number, rows, out)
    return found


def _known(coding: Coding, told: str, name: str) -> tuple[str, str]:
    code, why = coding.read(told, name)
    if code is None:
        return told, f"the property kode: {why}"
    return code, "" if code in coding.register else NOT_OURS


def _shape(feature: Mapping[str, Any], shapely: Any) -> tuple[Any, str]:
    """The geometry and what is wrong with it."""
    try:
        shape = shapely.from_geojson(json.dumps(feature.get("geometry")))
    except (ValueError, RecursionError, shapely.errors.GEOSException):
        return None, "no geometry that can be read"
    return shape, _wrong(shape)


def _wrong(shape: Any) -> str:
    if shape is None or shape.is_empty or shape.geom_type not in ("Polygon", "MultiPolygon"):
        return "no polygon"
    west, south, east, north = shape.bounds
    if west < WEST or east > EAST or south < SOUTH or north > NORTH:
        return "not in degrees (WGS84) inside Indonesia"
    return ""


def _position(properties: Mapping[str, Any]) -> tuple[float, float] | None:
    found = degrees(str(properties.get("lat", "")), str(properties.get("lng", "")))
    return found if found and SOUTH <= found[0] <= NORTH and WEST <= found[1] <= EAST else None


def _maps(shapes: Shapes, onto: str | None, report: Report) -> dict[str, Shapes]:
    """Which map shows which of the shapes."""
    if onto is not None:
        inside = {code: shape for code, shape in shapes.items() if code != onto and onto in lineage(code)}
        if not inside:
            raise BadFile(f"Nothing in this file lies in {onto}.")
        return {onto: inside}
    maps: dict[str, Shapes] = defaultdict(dict)
    small, drawn = _small_kabkota(), _drawn_by_village()
    for code, shape in shapes.items():
        for target in _targets(code, small):
            if level_of(code) == KECAMATAN and target in drawn:
                continue
            maps[target][code] = shape
    if kept := {parent_of(code) for code in shapes if level_of(code) == KECAMATAN} & drawn:
        report.notes.append(f"{len(kept):,} maps stay as their villages drew them")
    return maps


def _without_loss(maps: Mapping[str, Shapes], report: Report, consent: Consent) -> dict[str, Shapes]:
    """The maps that may be drawn anew. Raises `BadFile` when one would lose regions that nobody said are gone."""
    kept, cells = {}, _cells(maps)
    for target, inside in maps.items():
        parted = {above for code in inside for above in lineage(code)}  # drawn by what lies in it
        lost = sorted(cells[target] - parted)
        unread = [code for code in lost if any(_touch(code, held) for held in report.unread)]
        if unread and not consent.retire:
            of = f"map {target} stays as it is: it would lose what could not be read"
            report.notes.append(f"{of} ({listed(unread, len(unread))})")
            continue
        if lost and not consent.retire:
            raise BadFile(would_go(len(lost), len(cells[target]), f"shapes of the map {target}", lost))
        kept[target] = inside
    return kept


def _cells(maps: Iterable[str]) -> dict[str, set[str]]:
    """What fills each of these maps now, as far as it is in use still and no mere scheme."""
    found: dict[str, set[str]] = defaultdict(set)
    rows = select(Shape.map_code, Shape.code).join(Region, Region.code == Shape.code)
    now = rows.where(Shape.kind == "cell", ~Shape.scheme, ~Region.retired, Shape.map_code.in_(list(maps)))
    for map_code, code in db.session.execute(now):
        found[map_code].add(code)
    return found


def _touch(code: str, held: str) -> bool:
    """Whether a feature that could be read only so far may have been about the region."""
    return not held or held in lineage(code) or code in lineage(held)


def _targets(code: str, small: set[str]) -> list[str]:
    above = lineage(code)[:-1]
    if level_of(code) != VILLAGE:
        return above[-1:]
    return [above[-1], *({above[KABKOTA]} & small)]


def _small_kabkota() -> set[str]:
    """The kabupaten and kota with few enough villages to draw them all."""
    kota = func.substr(Region.code, 1, 5)
    found = select(kota).where(Region.level == VILLAGE, ~Region.retired).group_by(kota)
    return set(db.session.scalars(found.having(func.count() <= VILLAGES)))


def _drawn_by_village() -> set[str]:
    found = select(Shape.map_code).where(Shape.kind == "cell", func.length(Shape.code) == 13, ~Shape.scheme)
    return {code for code in db.session.scalars(found.distinct()) if level_of(code) == KABKOTA}


def _lines(onto: str, inside: Iterable[str]) -> dict[str, list[str]]:
    """The direct parts that are drawn by cells of their own, and the whole: what a line goes around."""
    lines: dict[str, list[str]] = defaultdict(list)
    for code in inside:
        way = lineage(code)
        part = way[way.index(onto) + 1]
        if part != code:
            lines[part].append(code)
            lines[onto].append(code)
    return lines


def _keep(map_code: str, sheet: Any, report: Report) -> None:
    rows = [
        {
            "map_code": map_code, "code": one.code, "kind": one.kind, "path": one.path, "label_x": one.label[0],
            "label_y": one.label[1], "width": sheet.width, "height": sheet.height, "scheme": False,
        }
        for one in sheet.drawn
    ]  # fmt: skip
    columns = [getattr(Shape, name) for name in rows[0]]
    before = {
        (row.code, row.kind): tuple(row)
        for row in db.session.execute(select(*columns).where(Shape.map_code == map_code))
    }
    after = {(row["code"], row["kind"]): tuple(row.values()) for row in rows}
    report.new += len(after.keys() - before.keys())
    lost = sorted(before.keys() - after.keys())
    report.retired += len(lost)
    report.gone += [f"{code} on the map {map_code} ({kind})" for code, kind in lost]
    changed = sum(before[key] != after[key] for key in after.keys() & before.keys())
    report.changed += changed
    report.notes.append(_said(map_code, sheet))
    if before != after:
        db.session.execute(delete(Shape).where(Shape.map_code == map_code))
        db.session.execute(insert(Shape), rows)


def _said(map_code: str, sheet: Any) -> str:
    size = sum(len(one.path) for one in sheet.drawn) / 1024
    cells = sum(one.kind == "cell" for one in sheet.drawn)
    mended = f", {sheet.mended} boundaries fitted to their neighbours" if sheet.mended else ""
    return f"map {map_code}: {cells} cells, {sheet.width} x {sheet.height}, {size:.1f} KB of paths{mended}"


def _place(places: Mapping[str, tuple[float, float]]) -> None:
    """Give the regions their middle, where the file says it and it is new."""
    for code, (lat, lng) in places.items():
        region = db.session.get(Region, code)
        if region is not None and (region.lat, region.lng) != (lat, lng):
            region.lat, region.lng = lat, lng

"""The list of regions: `kode,nama` with, if there, `tingkat,kode_induk,jenis,lat,lng`.

A region that a newer list leaves out is retired, never deleted. A list speaks only for the part of the country
that it covers: in each province the smallest region that holds all its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from webapp.places.models import NATION, Region
from webapp.places.rules import names
from webapp.places.rules.codes import level_of, parent_of, village_kind
from webapp.places.rules.imports.coding import Coding, survey
from webapp.places.rules.imports.files import BadFile, ListFile, Row
from webapp.places.rules.imports.report import Report
from webapp.places.rules.imports.stage import Stage, Tell, refresh, silent, staging
from webapp.plumbing.database import db

LEVELS = {"provinsi": 1, "kabkota": 2, "kecamatan": 3, "desakel": 4}
NAME = 80
WEST, EAST, SOUTH, NORTH = 92.0, 142.0, -12.0, 8.0
TABLE = """
    line INTEGER, code VARCHAR(13) {C}, name VARCHAR, search_name VARCHAR, level INTEGER,
    parent_code VARCHAR(13) {C}, kind VARCHAR, lat DOUBLE PRECISION, lng DOUBLE PRECISION
"""
FIELDS = "code, name, search_name, level, parent_code, kind, lat, lng"
DIFFERS = """
    r.retired OR r.name <> s.name OR r.search_name <> s.search_name OR r.level <> s.level
    OR coalesce(r.parent_code, '') <> coalesce(s.parent_code, '') OR coalesce(r.kind, '') <> coalesce(s.kind, '')
    OR (s.lat IS NOT NULL AND (r.lat IS NULL OR r.lat <> s.lat OR r.lng IS NULL OR r.lng <> s.lng))
"""
ORPHAN = """
    level > 1 AND NOT EXISTS (SELECT 1 FROM staged p WHERE p.code = staged.parent_code)
    AND NOT EXISTS (SELECT 1 FROM region p WHERE p.code = staged.parent_code AND NOT p.retired)
"""
NEW = f"""
    INSERT INTO region ({FIELDS}, retired, first_edition)
    SELECT {", ".join(f"s.{field.strip()}" for field in FIELDS.split(","))}, false, :edition FROM staged s
    WHERE NOT EXISTS (SELECT 1 FROM region r WHERE r.code = s.code) ORDER BY s.level
"""  # noqa: S608
CHANGED = f"""
    UPDATE region AS r SET name = s.name, search_name = s.search_name, level = s.level,
    parent_code = s.parent_code, kind = s.kind, lat = coalesce(s.lat, r.lat), lng = coalesce(s.lng, r.lng),
    retired = false, last_edition = NULL
    FROM staged s WHERE s.code = r.code AND ({DIFFERS})
"""  # noqa: S608
RETIRED = """
    UPDATE region SET retired = true, last_edition = :before
    WHERE NOT retired AND level > 0 AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.code = region.code)
    AND EXISTS (SELECT 1 FROM covered c WHERE region.code >= c.code AND region.code < c.code || '/')
"""
THE_NATION = """
    INSERT INTO region (code, name, search_name, level, retired, lat, lng)
    VALUES ('ID', 'Indonesia', 'indonesia', 0, false, -2.5, 118.0) ON CONFLICT (code) DO NOTHING
"""


def import_regions(path: Path, edition: str, refused: Path, tell: Tell = silent) -> Report:
    """Take over a list of regions as `edition`. Raises `BadFile`; then nothing has changed."""
    report = Report(path, refused, unit="regions")
    try:
        source = ListFile(path, ("kode", "nama"))
        coding = survey(_pairs(source), known_names())
        with staging(tell) as stage:
            _stage(stage, source, coding, report)
            _take_over(stage, edition, report)
    finally:
        report.close()
    refresh()
    return report


def known_names() -> dict[str, str]:
    """Code to comparable name, of every region there is: 92,000 short texts at most."""
    rows = db.session.execute(select(Region.code, Region.name))
    known = {code: names.key(name) for code, name in rows}
    db.session.rollback()
    return known


def covered(codes: set[str]) -> list[str]:
    """What a list speaks for: in each province the smallest region that holds all its rows."""
    areas: dict[str, list[str]] = {}
    for code in codes - {NATION}:
        parts = code.split(".")
        area = areas.setdefault(parts[0], parts)
        same = 0
        while same < min(len(area), len(parts)) and area[same] == parts[same]:
            same += 1
        areas[parts[0]] = area[:same]
    return sorted(".".join(parts) for parts in areas.values())


def _pairs(source: ListFile) -> Iterator[tuple[str, str]]:
    return ((row.get("kode"), row.get("nama")) for row in source.rows())


def _stage(stage: Stage, source: ListFile, coding: Coding, report: Report) -> None:
    stage.make("staged", TABLE.replace("{C}", "" if stage.on_sqlite else 'COLLATE "C"'))
    stage.make("covered", "code VARCHAR(13)" + ("" if stage.on_sqlite else ' COLLATE "C"'))
    seen: dict[str, int] = {}
    stage.fill("staged", 9, _good(source, coding, report, seen), "rows read")
    stage.prepare("CREATE UNIQUE INDEX staged_code ON staged (code)", "ANALYZE staged")
    _refuse_orphans(stage, report)
    stage.fill("covered", 1, ((code,) for code in covered(set(seen))), "parts of the country")
    report.found = stage.number("SELECT count(*) FROM staged")
    if not report.found:
        raise BadFile(f"No row of {source.path.name} can be taken; see {report.refused_file}.")


def _good(
    source: ListFile, coding: Coding, report: Report, seen: dict[str, int]
) -> Iterator[tuple[Any, ...]]:
    for row in source.rows():
        report.read += 1
        code, why = coding.read(row.get("kode"))
        why = row.mistake or why or _mistake(row, code or "", seen)
        if why or code is None:
            report.refuse(row.number, row.get("kode"), why)
            continue
        seen[code] = row.number
        yield _staged(row, code)


def _mistake(row: Row, code: str, seen: dict[str, int]) -> str:
    if code in seen:
        return f"the code stands in row {seen[code]} already"
    if not row.get("nama") or len(row.get("nama")) > NAME:
        return f"a name of 1 to {NAME} letters is needed"
    level = row.get("tingkat").casefold()
    if level and LEVELS.get(level) != level_of(code):
        return f"the code is not that of a {level}"
    above = row.get("kode_induk")
    if above and above.replace(".", "") != (parent_of(code) or "").replace(".", ""):
        return f"the code does not lie in {above}"
    if (row.get("lat") or row.get("lng")) and _position(row) is None:
        return "lat and lng are not degrees inside Indonesia"
    return ""


def _staged(row: Row, code: str) -> tuple[Any, ...]:
    name = names.short(row.get("nama"))
    kind = row.get("jenis").casefold() or village_kind(code) or None
    place = _position(row) or (None, None)
    return (row.number, code, name, names.fold(name), level_of(code), parent_of(code), kind, *place)


def _position(row: Row) -> tuple[float, float] | None:
    try:
        lat, lng = float(row.get("lat")), float(row.get("lng"))
    except ValueError:
        return None
    return (lat, lng) if SOUTH <= lat <= NORTH and WEST <= lng <= EAST else None


def _refuse_orphans(stage: Stage, report: Report) -> None:
    """Level by level: who loses the parent loses the place."""
    while orphans := stage.ask(f"SELECT line, code, parent_code FROM staged WHERE {ORPHAN} ORDER BY line"):  # noqa: S608
        for line, code, parent in orphans:
            report.refuse(line, code, f"its parent {parent} is neither in the file nor known")
        stage.prepare(f"DELETE FROM staged WHERE {ORPHAN}")  # noqa: S608


def _take_over(stage: Stage, edition: str, report: Report) -> None:
    before = stage.ask("SELECT max(first_edition) FROM region WHERE NOT retired")[0][0] or edition
    with stage.swap():
        stage.run(THE_NATION)
        report.retired = stage.run(RETIRED, before=before)
        report.changed = stage.run(CHANGED)
        report.new = stage.run(NEW, edition=edition)

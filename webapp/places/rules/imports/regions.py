"""The list of regions: `kode,nama` with, if there, `tingkat,kode_induk,jenis,lat,lng`.

A region that a newer list abolishes is retired, never deleted; `leaving_out` tells which those are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select

from webapp.places.models import Region
from webapp.places.rules import names
from webapp.places.rules.codes import begun, level_of, lost_zero, parent_of, tidied, village_kind, with_dots
from webapp.places.rules.imports import leaving_out
from webapp.places.rules.imports.coding import Coding, survey
from webapp.places.rules.imports.doubts import Doubts, clash, drop, surplus
from webapp.places.rules.imports.files import BadFile, ListFile, Row
from webapp.places.rules.imports.limits import NONE, Consent, listed, spread, stop_at_refused, stop_at_renamed
from webapp.places.rules.imports.report import Report
from webapp.places.rules.imports.stage import Stage, Tell, refresh, silent, staging
from webapp.plumbing.database import db
from webapp.plumbing.written import degrees

READ = ("tingkat", "kode_induk", "jenis", "lat", "lng")  # if they are there
LEVELS = {"provinsi": 1, "kabkota": 2, "kecamatan": 3, "desakel": 4}
NAME = 80
NOWHERE = "no degrees inside Indonesia; the row was taken, the position stays as it was"
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
    AND NOT EXISTS (SELECT 1 FROM region p WHERE p.code = staged.parent_code)
"""
ORPHANS = f"SELECT line, code, parent_code, name FROM staged WHERE {ORPHAN} ORDER BY line"  # noqa: S608
DOUBLED = """
    SELECT line, code, name FROM staged
    WHERE EXISTS (SELECT 1 FROM staged o WHERE o.code = staged.code AND o.line <> staged.line) ORDER BY line
"""
RENAMED = """
    SELECT s.code, r.name, s.name FROM staged s JOIN region r ON r.code = s.code
    WHERE NOT r.retired AND r.search_name <> s.search_name ORDER BY s.code
"""
KEPT = """
    SELECT substr(s.code, 1, 8), count(*) FROM staged s JOIN region r ON r.code = s.code
    WHERE NOT r.retired GROUP BY substr(s.code, 1, 8)
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
THE_NATION = """
    INSERT INTO region (code, name, search_name, level, retired, lat, lng)
    VALUES ('ID', 'Indonesia', 'indonesia', 0, false, -2.5, 118.0) ON CONFLICT (code) DO NOTHING
"""


def import_regions(
    path: Path, edition: str, refused: Path, tell: Tell = silent, consent: Consent = NONE
) -> Report:
    """Take over a list of regions as `edition`. Raises `BadFile`; then nothing has changed."""
    report = Report(path, refused, unit="regions")
    try:
        source = ListFile(path, ("kode", "nama"), also=READ)
        coding = survey(_pairs(source), known_names())
        with staging(tell) as stage:
            _stage(stage, source, coding, report, consent)
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


def _pairs(source: ListFile) -> Iterator[tuple[str, str]]:
    return ((row.get("kode"), row.get("nama")) for row in source.rows())


def _stage(stage: Stage, source: ListFile, coding: Coding, report: Report, consent: Consent) -> None:
    stage.make("staged", TABLE.replace("{C}", "" if stage.on_sqlite else 'COLLATE "C"'))
    leaving_out.make_tables(stage)
    doubts = Doubts(coding.register)
    stage.fill("staged", 9, _good(source, coding, report, doubts), "rows read")
    stage.prepare("CREATE INDEX staged_code ON staged (code)", "ANALYZE staged")
    _refuse_doubles(stage, report, doubts)
    _refuse_orphans(stage, report, doubts)
    codes = {code for (code,) in stage.ask("SELECT code FROM staged")}
    report.found = len(codes)
    if not report.found:
        raise BadFile(f"No row of {source.path.name} can be taken; see {report.refused_file}.")
    stop_at_refused(report, consent)
    report.unread |= doubts.meant(twice=codes, whole=codes)
    _judge_names(stage, report, consent)
    leaving_out.find(stage, codes, report, consent)
    if coding.mended:
        read = ", ".join(f"{told} as {code}" for told, code in sorted(coding.mended.items()))
        report.notes.append(f"codes that had lost their last zero were read with it: {read}")


def _good(source: ListFile, coding: Coding, report: Report, doubts: Doubts) -> Iterator[tuple[Any, ...]]:
    for row in source.rows():
        report.read += 1
        code, why = coding.read(row.get("kode"), row.get("nama"))
        why = row.mistake or why or _mistake(row, code or "")
        if why or code is None:
            report.refuse(row.number, row.get("kode"), why, *_about(row, code))
            if code:
                doubts.note(code, row.get("nama"))
            continue
        position = _position(row)
        if position is None and (row.get("lat") or row.get("lng")):
            report.remark(row.number, code, f"{row.get('lat')} {row.get('lng')}: {NOWHERE}")
        yield _staged(row, code, position)


def _mistake(row: Row, code: str) -> str:
    if not names.is_name(row.get("nama")) or len(row.get("nama")) > NAME:
        return f"a name of 1 to {NAME} letters is needed"
    level = row.get("tingkat").casefold()
    if level and LEVELS.get(level) != level_of(code):
        return f"the code is not that of a {level}"
    above = row.get("kode_induk")
    if above and parent_of(code) not in (with_dots(above), lost_zero(above), tidied(above)):
        return f"the code does not lie in {above}"
    return ""


def _about(row: Row, code: str | None) -> tuple[str, ...]:
    """The regions that a row which is not taken may tell of; "" is any."""
    above = with_dots(row.get("kode_induk"))
    if code and above in (None, parent_of(code)):
        return (code,)
    return tuple(filter(None, (code or begun(row.get("kode")), above))) or ("",)


def _staged(row: Row, code: str, position: tuple[float, float] | None) -> tuple[Any, ...]:
    name = names.short(row.get("nama"))
    kind = row.get("jenis").casefold() or village_kind(code) or None
    place = position or (None, None)
    return (row.number, code, name, names.fold(name), level_of(code), parent_of(code), kind, *place)


def _position(row: Row) -> tuple[float, float] | None:
    found = degrees(row.get("lat"), row.get("lng"))
    return found if found and SOUTH <= found[0] <= NORTH and WEST <= found[1] <= EAST else None


def _refuse_doubles(stage: Stage, report: Report, doubts: Doubts) -> None:
    """Rows with one code and one name are one; with two names nobody can tell which of them has the wrong code."""
    claims: dict[str, dict[int, str]] = defaultdict(dict)
    for line, code, name in stage.ask(DOUBLED):
        claims[code][line] = name
        doubts.note(code, name)
    refused: list[int] = []
    for code, rows in claims.items():
        out = surplus(rows)
        for line in out:
            report.refuse(line, code, clash(line, rows, out))
        refused += out
    drop(stage, refused)


def _refuse_orphans(stage: Stage, report: Report, doubts: Doubts) -> None:
    """Level by level: who loses the parent loses the place."""
    while orphans := stage.ask(ORPHANS):
        for line, code, parent, name in orphans:
            report.refuse(line, code, f"its parent {parent} is neither in the file nor known")
            doubts.note(code, name)
        stage.prepare(f"DELETE FROM staged WHERE {ORPHAN}")  # noqa: S608


def _judge_names(stage: Stage, report: Report, consent: Consent) -> None:
    """Note which regions get another name. Raises `BadFile` when they are more than lists usually rename."""
    renamed = [
        (code, f"{code} {before} > {now}")
        for code, before, now in stage.ask(RENAMED)
        if names.key(before) != names.key(now)
    ]
    if renamed:
        told = listed((text for _code, text in renamed), len(renamed))
        report.notes.append(f"{len(renamed):,} regions get another name: {told}")
        stop_at_renamed(renamed, spread((code, number) for code, number in stage.ask(KEPT)), consent)


def _take_over(stage: Stage, edition: str, report: Report) -> None:
    before = stage.ask("SELECT max(first_edition) FROM region WHERE NOT retired")[0][0] or edition
    with stage.swap():
        stage.run(THE_NATION)
        report.retired = leaving_out.retire(stage, before)
        report.changed = stage.run(CHANGED) + leaving_out.revive(stage)
        report.new = stage.run(NEW, edition=edition)

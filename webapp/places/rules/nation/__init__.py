"""A country of the real size to measure with: 38/514/7,285/83,762 regions, 820,161 TPS, 8.2 million volunteers.

People exist as counts only, so the election is marked as a sample: there are no seats to recount them from.
`DATA=dir` loads real files of the formats of docs/data-formats.md instead, and invents the people alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from webapp.places.rules.imports import regions as region_list
from webapp.places.rules.imports import taking_over
from webapp.places.rules.imports.boundaries import import_boundaries
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.geojson import features_of
from webapp.places.rules.imports.register import Wanted, import_register
from webapp.places.rules.imports.report import Report
from webapp.places.rules.imports.stage import Stage, Tell, refresh, staging
from webapp.places.rules.nation import people
from webapp.places.rules.nation.country import SEED, Country
from webapp.plumbing.clock import local_day, now

INVENTED = Wanted("negeri-contoh", "Pemilihan negeri contoh", date(2024, 11, 27), current=True)
Words = Callable[[str], None]


def invent_nation(data: Path | None, progress: Words, country: Country | None = None) -> str:
    """Fill the database with the country; again changes nothing but the day. Returns the election's code."""

    def tell(what: str, count: int) -> None:
        progress(f"{count:,} {what}")

    code = _load(data, progress, tell) if data else _invent(country or Country(), progress, tell)
    progress("inventing the people as counts")
    with staging(tell) as stage:
        people.fill(stage, code, local_day(now()), SEED)
        said = people.said(stage, code)
    refresh()
    progress(said)
    return code


def _invent(country: Country, progress: Words, tell: Tell) -> str:
    progress("inventing the regions")
    with staging(tell) as stage:
        _take_regions(stage, country)
    progress("inventing the TPS")
    with staging(tell) as stage:
        taking_over.make_tables(stage)
        stage.fill("staged", 3, country.numbers(), "TPS")
        stage.prepare("CREATE INDEX staged_key ON staged (code, number, line)", "ANALYZE staged")
        report = Report(
            Path("negeri-contoh"),
            Path("negeri-contoh.refused.csv"),
            found=sum(n for _c, n in country.stations),
        )
        taking_over.take_over(stage, INVENTED, report)
    return INVENTED.code


def _take_regions(stage: Stage, country: Country) -> None:
    """Regions that are there already keep their names: the demo's, or those of an earlier run."""
    stage.make("staged", region_list.TABLE.replace("{C}", "" if stage.on_sqlite else 'COLLATE "C"'))
    stage.fill("staged", 9, country.rows(), "regions")
    stage.prepare("CREATE UNIQUE INDEX staged_code ON staged (code)", "ANALYZE staged")
    with stage.swap():
        stage.run(region_list.THE_NATION)
        stage.run(region_list.NEW, edition="contoh")


def _load(data: Path, progress: Words, tell: Tell) -> str:
    """The importers themselves, over the real files of a folder. Raises `BadFile`."""
    for path in sorted(data.glob("wilayah*.csv")):
        progress(f"regions of {path.name}")
        _show(region_list.import_regions(path, _year(path), _refused(path), tell), progress)
    for path in sorted((data / "boundaries").glob("*.geojson"), key=_depth):
        progress(f"boundaries of {path.name}")
        _show(import_boundaries(path, _refused(path), tell=tell), progress)
    code = ""
    for path in sorted(data.glob("tps_per_desa*.csv")):
        progress(f"TPS of {path.name}")
        wanted = Wanted(f"pemilu-{_year(path)}", f"Pemilu {_year(path)}", _day(path), "pemilu", current=True)
        _show(import_register(path, wanted, _refused(path), tell), progress)
        code = wanted.code
    if not code:
        raise BadFile(f"{data} holds no tps_per_desa*.csv.")
    return code


def _refused(path: Path) -> Path:
    """Refused rows go to the working folder: the data may be read-only."""
    return Path(f"{path.stem}.refused.csv")


def _depth(path: Path) -> tuple[int, int]:
    """From the provinces down, and of two lists of one level the larger first: the finer one stays."""
    told = [one.get("properties") for one in features_of(path) if isinstance(one, dict)]
    codes = [str(one.get("kode", "")) for one in told if isinstance(one, dict)]
    return max(map(len, codes), default=0), -len(codes)


def _show(report: Report, progress: Words) -> None:
    for line in report.lines():
        progress(line)


def _year(path: Path) -> str:
    found = re.search(r"20\d\d", path.stem)
    return found[0] if found else str(now().year)


def _day(path: Path) -> date:
    """General elections fall on a Wednesday in the middle of February."""
    middle = date(int(_year(path)), 2, 14)
    return middle + timedelta(days=(2 - middle.weekday()) % 7)

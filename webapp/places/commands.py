"""What the command line offers of this room."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.places.figures.elections import elections
from webapp.places.rules.imports.boundaries import import_boundaries
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.limits import Consent
from webapp.places.rules.imports.regions import import_regions
from webapp.places.rules.imports.register import Wanted, import_register
from webapp.places.rules.imports.report import Report
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import writing

places = AppGroup("places", help="Regions, elections, the TPS register and shapes.")
groups: tuple[AppGroup, ...] = (places,)
FILE = click.argument("file", type=click.Path(path_type=Path))
REFUSED = click.option("--refused", type=click.Path(path_type=Path), help="Where the refused rows go.")
RETIRE = click.option(
    "--retire", is_flag=True, help="Say yes to retiring more than a list usually leaves out."
)
SKIP = click.option("--skip", is_flag=True, help="Say yes to doing without many rows that cannot be read.")

RENAME = click.option(
    "--rename", is_flag=True, help="Say yes to giving more regions another name than a list usually does."
)


def tell(what: str, count: int) -> None:
    """Progress on stderr, on one line where somebody watches."""
    click.echo(
        f"\r{count:>9,} {what}" if sys.stderr.isatty() else f"{count:,} {what}",
        err=True,
        nl=not sys.stderr.isatty(),
    )


@contextmanager
def timed() -> Iterator[None]:
    """Say at the end how long it took and how much memory was needed; a bad file ends with its sentence."""
    start = time.perf_counter()
    try:
        yield
    except BadFile as mistake:
        raise click.ClickException(f"{mistake} Nothing was changed.") from mistake
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    click.echo(f"took {time.perf_counter() - start:.1f} s, at most {peak:.0f} MB")


def say(report: Report) -> None:
    """The report on stdout."""
    if sys.stderr.isatty():
        click.echo(err=True)
    click.echo("\n".join(report.lines()))


@places.command("import-regions")
@FILE
@click.option("--edition", help="Name of this list, kept with what it brings (default: today's date).")
@REFUSED
@RETIRE
@RENAME
@SKIP
def regions(
    file: Path, edition: str | None, refused: Path | None, retire: bool, rename: bool, skip: bool
) -> None:
    """Take over a list of regions (CSV: kode,nama[,tingkat,kode_induk,jenis,lat,lng])."""
    with timed():
        edition = edition or local_day(now()).isoformat()
        said = Consent(retire, skip, rename)
        say(import_regions(file, edition, refused or beside(file), tell, said))


@places.command("import-register")
@FILE
@click.option("--election", required=True, help="Code of the election; it is made if it is not there.")
@click.option("--name", help="Its name, for a new election.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Its day, for a new election.")
@click.option("--kind", default="pilkada", show_default=True, help="Its kind, for a new election.")
@click.option(
    "--current", is_flag=True, help="Make it the current one; the first election is that by itself."
)
@REFUSED
@RETIRE
@SKIP
def register(
    file: Path,
    election: str,
    name: str | None,
    date: datetime | None,
    kind: str,
    current: bool,
    refused: Path | None,
    retire: bool,
    skip: bool,
) -> None:
    """Take over a TPS register, one row a village or one row a TPS."""
    with timed():
        wanted = Wanted(election, name, date.date() if date else None, kind, current)
        say(import_register(file, wanted, refused or beside(file), tell, Consent(retire, skip)))


@places.command("import-boundaries")
@FILE
@click.option(
    "--map", "onto", help="Draw all of the file on the map of this region (default: as their codes say)."
)
@click.option(
    "--width", type=click.IntRange(100, 2000), help="Units of the map (default: 360; the nation 540)."
)
@REFUSED
@RETIRE
@SKIP
def boundaries(
    file: Path, onto: str | None, width: int | None, refused: Path | None, retire: bool, skip: bool
) -> None:
    """Draw maps from boundaries (GeoJSON, WGS84, properties kode, nama, lat, lng). Needs the extra `geo`."""
    with timed():
        said = Consent(retire, skip)
        drawn = import_boundaries(
            file, refused or beside(file), onto=onto, width=width, tell=tell, consent=said
        )
        say(drawn)


def beside(file: Path) -> Path:
    """Where the refused rows of a file go unless told."""
    return file.with_name(f"{file.stem}.refused.csv")


@places.command("elections")
def list_elections() -> None:
    """List the elections, the newest first; * marks the current one."""
    for election in elections():
        mark = "*" if election.current else " "
        click.echo(f"{mark} {election.code:<20} {election.date} {election.name}")


@places.command("set-current")
@click.argument("code")
def set_current(code: str) -> None:
    """Make the election CODE the current one."""
    with writing():
        known = elections()
        if code not in {election.code for election in known}:
            raise click.ClickException(
                f"There is no election {code}; see `flask --app wsgi places elections`."
            )
        for election in known:
            election.current = election.code == code
    click.echo(f"current: {code}")

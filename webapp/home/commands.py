"""`flask demo …`: a made-up organisation to look around in, and a country of the real size to measure with.

`flask retention …`: what is forgotten when its time is over, in every room.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.attendance.rules.changing import forget_counts
from webapp.attendance.rules.evidence import forget_photos as forget_sheet_photos
from webapp.attendance.rules.positions import forget_positions
from webapp.attendance.rules.undoing import forget_early_undos
from webapp.checkins.rules.retention import forget, forget_photos, forget_photos_of
from webapp.config import Config, settings
from webapp.home.rules.demo import apart
from webapp.home.rules.demo import load as demo_load
from webapp.people.rules.retention import forget_sign_ins
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.nation import invent_nation
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import writing
from webapp.plumbing.files import StoreAway
from webapp.plumbing.submissions import forget_payloads

NOT_HERE = "this database has people, elections or places of its own; what is made up stays out of it"
AWAY = "the storage of photos does not answer; run this again"

demo = AppGroup("demo", help="A made-up organisation; never beside real people.")
retention = AppGroup("retention", help="Forget what need not be kept any longer (docs/privacy.md).")


@demo.command("load")
def load() -> None:
    """Load West Jakarta once, and print one login for every role."""
    config = _only_in_a_demo()
    if not apart.is_loaded():
        if not apart.is_empty():
            raise click.ClickException(NOT_HERE)
        click.echo("loading the demo …", err=True)
        demo_load.load(config.pin_pepper)
    tell()


@demo.command("logins")
def tell_again() -> None:
    """Print the logins of the demo."""
    tell()


@demo.command("nation")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=None)
def nation(data: Path | None) -> None:
    """Invent a country of the real size, or load the real files of a folder; never beside people or elections."""
    _only_in_a_demo()
    if apart.has_its_own():
        raise click.ClickException(NOT_HERE)
    try:
        invent_nation(data, lambda words: click.echo(words, err=True))
    except BadFile as mistake:
        raise click.ClickException(str(mistake)) from mistake


def _only_in_a_demo() -> Config:
    config = settings()
    if not config.demo:
        raise click.ClickException(
            "what is made up belongs to a demo alone: set DEMO=1, and a DATABASE_URL of its own"
        )
    return config


def tell() -> None:
    """One line a role: `login: ROLE PHONE SECRET`."""
    for login in demo_load.logins():
        click.echo(f"login: {login.role} {login.phone.replace('+62', '0', 1)} {login.secret}")


def _forget_early_undos() -> int:
    with everywhere("what is past its date is forgotten everywhere"):
        return forget_early_undos()


def _forget_payloads() -> int:
    with everywhere("what is past its date is forgotten everywhere"):
        return forget_payloads()


@retention.command("run")
def run() -> None:
    """Delete what is past its date. Run it once a day; running it again does nothing more."""
    idle = timedelta(seconds=settings().session_seconds)
    with writing():
        done = forget() | forget_sign_ins(idle)
        done |= {
            "raw contents dropped": _forget_payloads(),
            "positions of self check-ins deleted": forget_positions(),
            "undos without a guest deleted": _forget_early_undos(),
            "counts of changed answers deleted": forget_counts(),
            "photos of sheets deleted": forget_sheet_photos(),
        }
    try:
        done |= forget_photos()
    except StoreAway as away:
        raise click.ClickException(f"{AWAY} ({away})") from away
    for what, number in done.items():
        click.echo(f"{what}: {number}")


@retention.command("photos")
@click.argument("person", type=int)
def photos(person: int) -> None:
    """Delete all photos of PERSON (the number in the address of their page), who asked to be forgotten."""
    try:
        click.echo(f"files deleted: {forget_photos_of(person)}")
    except StoreAway as away:
        raise click.ClickException(f"{AWAY} ({away})") from away


groups = [demo, retention]

"""`flask retention ...`: what is forgotten when its time is over."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from webapp.checkins.rules.retention import forget, forget_photos, forget_photos_of
from webapp.plumbing.database import writing
from webapp.plumbing.files import StoreAway

AWAY = "the storage of photos does not answer; run this again"

retention = AppGroup("retention", help="Forget what need not be kept any longer (docs/privacy.md).")


@retention.command("run")
def run() -> None:
    """Delete what is past its date. Run it once a day; running it again does nothing more."""
    idle = timedelta(seconds=current_app.config["SIMPUL"].session_seconds)
    with writing():
        done = forget(idle)
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


groups = [retention]

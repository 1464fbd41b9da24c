"""`flask retention ...`: what is forgotten when its time is over."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from webapp.checkins.rules.retention import forget
from webapp.plumbing.database import writing

retention = AppGroup("retention", help="Forget what need not be kept any longer (docs/privacy.md).")


@retention.command("run")
def run() -> None:
    """Delete what is past its date. Run it once a day; running it again does nothing more."""
    idle = timedelta(seconds=current_app.config["SIMPUL"].session_seconds)
    with writing():
        done = forget(idle)
    for what, number in done.items():
        click.echo(f"{what}: {number}")


groups = [retention]

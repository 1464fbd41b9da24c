"""`flask static ...`: what has to be done to the static files before a release."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from webapp.plumbing import assets

static = AppGroup("static", help="The files that browsers get as they stand.")


@static.command("build")
def build() -> None:
    """Minify, name by content, compress; the files of earlier builds stay for 30 days."""
    built = assets.build()
    size = f"{built.bytes_sent / 1024:.1f} KB as sent"
    click.echo(f"static: {len(built.manifest)} files, {size}, {built.removed} old ones removed")


groups = [static]

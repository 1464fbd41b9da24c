"""What the command line offers of this room."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from webapp.coverage.rules.recount import rebuild
from webapp.plumbing.database import writing
from webapp.plumbing.refusal import Refusal

SHOWN = 20
counts = AppGroup("counts", help="The kept numbers of TPS and kelurahan.")


@counts.command("rebuild")
@click.option("--election", metavar="CODE", help="Only this election; all of them otherwise.")
def rebuild_counts(election: str | None) -> None:
    """Count everything anew from seats, check-ins and the register, and mend what differs."""
    try:
        with writing():
            found = rebuild(election)
    except Refusal as refusal:
        raise click.ClickException(refusal.says) from refusal
    for one in found[:SHOWN]:
        click.echo(f"{one.table} {one.key}: kept {one.kept}, counted {one.counted}")
    if len(found) > SHOWN:
        click.echo(f"... and {len(found) - SHOWN:,} more")
    click.echo(f"counts: {len(found)} differences mended")


groups = (counts,)

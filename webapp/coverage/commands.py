"""What the command line offers of this room."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from webapp.coverage.rules.recount import rebuild, set_target
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


@counts.command("target")
@click.argument("election")
@click.argument("volunteers", type=click.IntRange(1, 1000))
def keep_target(election: str, volunteers: int) -> None:
    """Set how many volunteers each TPS of ELECTION should have (10 unless said), and count the full TPS anew."""
    try:
        with writing():
            found = set_target(election, volunteers)
    except Refusal as refusal:
        raise click.ClickException(refusal.says) from refusal
    click.echo(f"target: {volunteers} volunteers per TPS; {len(found)} counters changed")


groups = (counts,)

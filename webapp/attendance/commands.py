"""What the command line offers of this room."""

import click
from flask.cli import AppGroup

from webapp.attendance.rules import moving, rebuilding
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import writing

attendance = AppGroup("attendance", help="Meetings and who was there.")


@attendance.command("rebuild")
def rebuild() -> None:
    """Make all verdicts anew from the records, and say how many differed (it should be 0)."""
    with writing(), everywhere("all verdicts are made anew"):
        seen, differed = rebuilding.rebuild()
    click.echo(f"attendance: {seen} verdicts, {differed} differed")


@attendance.command("follow")
def follow() -> None:
    """Let seats that follow an office change with mandates that began or ended by their date; run it every night."""
    meetings = moving.to_follow()
    changed = 0
    for meeting_id in meetings:
        with writing():
            changed += moving.follow(meeting_id)
    click.echo(f"attendance: {len(meetings)} meetings follow mandates, {changed} seats changed")


groups = [attendance]

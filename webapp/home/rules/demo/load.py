"""Fills an empty database with West Jakarta: its real register, invented people, and what they do these days."""

from __future__ import annotations

from datetime import date, timedelta

from webapp.coverage.rules.recount import rebuild
from webapp.home.rules.demo import days, places, weeks
from webapp.home.rules.demo.apart import ELECTION
from webapp.home.rules.demo.staff import LOGINS, Login, add_people
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import writing

SEED = 2024
WHY = "the demo fills an empty database"


def load(pepper: str) -> None:
    """Load everything in one transaction: half a demo is none."""
    with writing(), everywhere(WHY):
        places.add_regions()
        election = places.add_election(ELECTION, polling_day())
        people = add_people(election, SEED, pepper)
        weeks.add_groups(people, SEED)
        weeks.add_weeks(people, SEED)
        days.add_meetings(people, SEED)
        days.add_checkins(people, SEED)
        rebuild(ELECTION)


def polling_day() -> date:
    """Thirty days after loading."""
    return local_day(now()) + timedelta(days=30)


def logins() -> tuple[Login, ...]:
    """One login for every role, highest first."""
    return LOGINS

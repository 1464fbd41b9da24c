"""How long before and after an election things may be known: the law on personal data wants an end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.places.models import Election

RESULT_DAYS = 35  # the result is announced at most so many days after polling day
KEEP_POSITION = timedelta(days=90)  # after the result


def result_day(election: Election) -> date:
    """The last day on which the result may be announced."""
    return election.date + timedelta(days=RESULT_DAYS)


def is_over(election: Election, today: date) -> bool:
    """Whether positions that were given for this election must go."""
    return result_day(election) + KEEP_POSITION < today


@dataclass(frozen=True)
class Gone:
    """Days whose positions must go: up to `until` (None: no election is over), and those after `last`, before `since`.

    A day belongs to the first election whose result was still to come; where none was, 90 days count from the day.
    """

    until: date | None
    last: date
    since: date


def gone_days(elections: Iterable[Election], today: date) -> Gone:
    """The days whose positions must go today."""
    known = list(elections)
    return Gone(
        until=max((result_day(one) for one in known if is_over(one, today)), default=None),
        last=max((result_day(one) for one in known), default=date.min),
        since=today - KEEP_POSITION,
    )

"""Months as first and last day, for what the figures are asked about."""

from __future__ import annotations

from datetime import date, timedelta

Days = tuple[date, date]


def month_of(day: date) -> Days:
    """The whole month of `day`."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month_before(day: date) -> Days:
    """The whole month before that of `day`."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def three_months(day: date) -> Days:
    """The month of `day` and the two before it."""
    return month_before(month_before(day)[0])[0], month_of(day)[1]

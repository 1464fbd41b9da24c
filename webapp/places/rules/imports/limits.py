"""How much of a list may be unreadable, or of what we have may go, before a person has to say yes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.report import Report

FEW = 3  # so many are never a reason to stop
MOST_REFUSED, REFUSED = 20, 0.01  # rows, and share of the rows read
RETIRED = 0.02  # share of what is in use where the list speaks
SHOWN = 10


@dataclass(frozen=True)
class Consent:
    """What whoever runs the import has said yes to."""

    retire: bool = False
    skip: bool = False


NONE = Consent()


def stop_at_refused(report: Report, consent: Consent) -> None:
    """Raise `BadFile` when more rows cannot be read than a list may have by accident."""
    most = min(MOST_REFUSED, max(FEW, int(REFUSED * report.read)))
    if report.refused <= most or consent.skip:
        return
    rows = "; ".join(f"row {row}: {what}: {why}" for row, what, why in report.first[:FEW])
    raise BadFile(
        f"{report.refused:,} of {report.read:,} rows cannot be taken, more than the {most} that pass without a "
        f"word ({rows}). All of them: {report.refused_file}. Mend the list, or say --skip to do without them."
    )


def stop_at_retired(
    gone: int, in_use: int, unit: str, named: Iterable[str], consent: Consent, *, least: int = FEW
) -> None:
    """Raise `BadFile` when more would go than lists usually abolish; `named` tells the first of them."""
    if gone <= max(least, int(RETIRED * in_use)) or consent.retire:
        return
    raise BadFile(
        f"{gone:,} of {in_use:,} {unit} would be retired, because this list does not have them: {listed(named, gone)}. "
        "Is the list whole? If they are gone indeed, say --retire."
    )


def listed(named: Iterable[str], total: int) -> str:
    """The first of many, and that there are more."""
    shown = list(named)[:SHOWN]
    return ", ".join(shown) + (" and others" if total > len(shown) else "")

"""How much of a list may be unreadable, or of what we have may go, before a person has to say yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from webapp.places.models import NATION
from webapp.places.rules.codes import lineage
from webapp.places.rules.imports.files import BadFile
from webapp.places.rules.imports.report import Report

FEW = 3  # so many are never a reason to stop
MOST_REFUSED, REFUSED = 20, 0.01  # rows, and share of the rows read
RETIRED = 0.02  # share of what is in use where the list speaks: in the country, and in each part of it
SHOWN = 10

Named = Iterable[tuple[str, str]]


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


def spread(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    """Numbers of parts of the country, counted for each part and for all above it, up to the nation."""
    found: Counter[str] = Counter()
    for code, number in counts:
        for step in lineage(code):
            found[step] += number
    return found


def stop_at_retired(
    going: Mapping[str, int], in_use: Mapping[str, int], unit: str, named: Named, consent: Consent
) -> None:
    """Raise `BadFile` when the country, or any part of it, would lose more than lists usually abolish.

    `going` and `in_use` are counted as `spread` does; `named` tells what goes, with the code of where it lies.
    """
    over = {code for code, number in going.items() if number > max(FEW, int(RETIRED * in_use[code]))}
    if not over or consent.retire:
        return
    first, *others = sorted(_told(over, going), key=lambda code: (-going[code], code))
    where = "" if first == NATION else f" of {first}"
    more = [f"{going[code]:,} of {in_use[code]:,} in {code}" for code in others]
    inside = [text for code, text in named if first in lineage(code)]
    said = would_go(going[first], in_use[first], unit + where, inside)
    raise BadFile(
        f"{said} Too many would go in other parts as well: {listed(more, len(more))}." if more else said
    )


def _told(over: set[str], going: Mapping[str, int]) -> set[str]:
    """The country, or of the parts that lose too much the widest, each as narrow as still holds all that it loses."""
    if NATION in over:
        return {NATION}
    outer = [code for code in over if over.isdisjoint(lineage(code)[:-1])]
    return {
        max((code for code in over if wide in lineage(code) and going[code] == going[wide]), key=len)
        for wide in outer
    }


def would_go(gone: int, in_use: int, unit: str, named: Sequence[str]) -> str:
    """The sentence for a list that would take too much away."""
    names = listed(named, len(named))
    return (
        f"{gone:,} of {in_use:,} {unit} would be retired, because this list does not have them: {names}. "
        "Is the list whole? If they are gone indeed, say --retire."
    )


def listed(named: Iterable[str], total: int) -> str:
    """The first of many, and that there are more."""
    shown = list(named)[:SHOWN]
    return ", ".join(shown) + (" and others" if total > len(shown) else "")

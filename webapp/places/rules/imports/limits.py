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
MUCH = 0.02  # share of what is in use where the list speaks: in the country, and in each part of it
SHOWN = 10

Named = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Consent:
    """What whoever runs the import has said yes to."""

    retire: bool = False
    skip: bool = False
    rename: bool = False


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
    if over := None if consent.retire else _over(going, in_use, named):
        said = would_go(over.number, over.of, unit + over.where, over.named)
        raise BadFile(said + _others("go", over.more))


def stop_at_renamed(renamed: Sequence[tuple[str, str]], in_use: Mapping[str, int], consent: Consent) -> None:
    """Raise `BadFile` when the country, or any part of it, would get more new names than lists usually give.

    `renamed` has a code and what becomes of its name; `in_use` counts, as `spread` does, the regions that the list has.
    """
    if (
        over := None
        if consent.rename
        else _over(spread((code, 1) for code, _text in renamed), in_use, renamed)
    ):
        said = (
            f"{over.number:,} of {over.of:,} regions{over.where} would get another name: "
            f"{listed(over.named, len(over.named))}. Do the names stand beside their own codes? "
            "If they are called so now, say --rename."
        )
        raise BadFile(said + _others("be renamed", over.more))


@dataclass(frozen=True)
class _Over:
    """Where too much would change: there `number` of `of` would, and in other parts `more`."""

    number: int
    of: int
    where: str
    named: list[str]
    more: list[str]


def _over(counts: Mapping[str, int], in_use: Mapping[str, int], named: Named) -> _Over | None:
    """The part in which more would change than passes without a word, and the others in words."""
    over = {code for code, number in counts.items() if number > max(FEW, int(MUCH * in_use[code]))}
    if not over:
        return None
    first, *others = sorted(_told(over, counts), key=lambda code: (-counts[code], code))
    where = "" if first == NATION else f" of {first}"
    more = [f"{counts[code]:,} of {in_use[code]:,} in {code}" for code in others]
    inside = [text for code, text in named if first in lineage(code)]
    return _Over(counts[first], in_use[first], where, inside, more)


def _others(what: str, more: Sequence[str]) -> str:
    return f" Too many would {what} in other parts as well: {listed(more, len(more))}." if more else ""


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

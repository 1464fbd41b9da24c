"""A meeting as a whole: every person once, however many sites and sessions; and each site for itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from webapp.attendance.figures.rates import Rates, rates_of
from webapp.attendance.models import Status
from webapp.attendance.rules.finding import Kept, sheets_of
from webapp.attendance.rules.lines import Line, lines_at

STRENGTH = (Status.BELUM, Status.ALPA, Status.IZIN, Status.SAKIT, Status.TERLAMBAT, Status.HADIR)


@dataclass(frozen=True)
class Part:
    """One list: its own numbers, and what the person in charge counted."""

    kept: Kept
    lines: Sequence[Line]
    rates: Rates

    @property
    def uncounted(self) -> int | None:
        """Heads that no mark stands for; below 0: marks without a head. None before anybody counted."""
        heads = self.kept.sheet.head_count
        return None if heads is None else heads - self.rates.came - self.rates.walk_ins


@dataclass(frozen=True)
class Totals:
    """Every list of a meeting that one sees, and the persons on them, each once with the strongest word."""

    parts: Sequence[Part]
    persons: Rates


def part_of(kept: Kept, lines: Sequence[Line]) -> Part:
    """One list with its numbers."""
    return Part(kept, lines, rates_of(lines))


def totals_of(meeting_id: int) -> Totals:
    """The numbers of a meeting in one's own region. Two statements, whatever the number of lists."""
    return totals_among(sheets_of(meeting_id), lines_at(meeting_id))


def totals_among(lists: Iterable[Kept], lines: Sequence[Line]) -> Totals:
    """The same of lists and lines that are known already."""
    listed: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for line in lines:
        listed[line.site_id, line.session_id].append(line)
    parts = [part_of(kept, listed[kept.site.id, kept.session.id]) for kept in lists]
    return Totals(parts, rates_of(once(line for part in parts for line in part.lines)))


def once(lines: Iterable[Line]) -> list[Line]:
    """Each person's strongest line, by name; a guest without a name of ours counts by the seat.

    Somebody invited who came as a guest elsewhere is no guest: the seat is filled. Whose delegate came to
    a part of it was represented.
    """
    best: dict[tuple[str, int], Line] = {}
    for line in lines:
        key = ("person", line.person_id) if line.person_id is not None else ("seat", line.seat)
        best[key] = _stronger(best[key], line) if key in best else line
    return sorted(best.values(), key=lambda line: (line.name.casefold(), line.seat))


def _stronger(one: Line, other: Line) -> Line:
    first, second = sorted((one, other), key=lambda line: STRENGTH.index(line.status), reverse=True)
    if second.represented and not first.represented:
        first = replace(first, delegate=second.delegate, delegate_status=second.delegate_status)
    return first if first.walk_in == second.walk_in else first.as_invited()

"""Handing a list in is a decision: whoever hands it in was told before what it does to whom.

A list on which nothing is left to decide goes at once. Any other goes by the mark of what was told, and when that has
changed meanwhile it is told anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from webapp.attendance.models import Mode, Sheet, Status
from webapp.attendance.rules.cancelling import refuse_cancelled
from webapp.attendance.rules.finding import Kept, kept_sheet
from webapp.attendance.rules.lines import Line, lines_of
from webapp.attendance.rules.meetings import mark_for
from webapp.attendance.rules.review import get_sheet, submit, wait_for_taps
from webapp.plumbing.clock import now
from webapp.plumbing.refusal import Refusal


@dataclass(frozen=True)
class Standing:
    """What is known of a list at `at`, as far as handing it in would decide something."""

    kept: Kept
    lines: Sequence[Line]
    at: datetime

    @property
    def silent(self) -> list[Line]:
        """The invited of whom nothing is recorded: they would become absent."""
        return [line for line in self.lines if line.status is Status.BELUM and not line.walk_in]

    @property
    def claims(self) -> list[Line]:
        """Those who say themselves that they are here, and wait for an answer."""
        return [line for line in self.lines if line.claims_since]

    @property
    def is_ahead(self) -> bool:
        """Whether the session has not begun."""
        return self.at < self.kept.session.starts_at

    @property
    def runs(self) -> bool:
        """Whether somebody may still come."""
        return self.kept.session.starts_at <= self.at <= self.kept.session.ends_at

    @property
    def uncounted(self) -> bool:
        """Whether nobody counted the heads where there are any to count."""
        return self.kept.sheet.head_count is None and self.kept.site.mode != Mode.ZOOM

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to decide."""
        return not (self.silent or self.claims or self.is_ahead or self.runs or self.uncounted)

    @property
    def mark(self) -> str:
        """Names what is told; the hour that passes meanwhile makes it no other."""
        sheet, seats = self.kept.sheet, [line.seat for line in self.silent]
        claims = [line.seat for line in self.claims]
        return mark_for([sheet.version, seats, claims, sheet.head_count, self.kept.session.ends_at])


class Undecided(Refusal):
    """There is something to decide first. `changed`: it is another thing than what was told."""

    status = 409

    def __init__(self, standing: Standing, *, changed: bool) -> None:
        super().__init__(_("Daftar ini berubah. Periksa sekali lagi, lalu ajukan."))
        self.standing = standing
        self.changed = changed


def standing_of(sheet_id: int) -> Standing:
    """How a list of one's own stands now. Two statements. Raises `NotThere`."""
    kept = kept_sheet(sheet_id)
    return Standing(kept, lines_of(kept.sheet), now())


def hand_in(sheet_id: int, version: int, seen: str, actor: int) -> Sheet:
    """Close the list if nothing is left to decide, or if `seen` is the mark of what would be decided.

    Raises `Undecided`, `Cancelled`, and `OverTaken` when somebody else has handed it in. Twice by one hand is once.
    """
    sheet = get_sheet(sheet_id, lock=True)
    wait_for_taps(sheet)
    standing = standing_of(sheet_id)
    refuse_cancelled(standing.kept.meeting)
    if sheet.stage.is_open:
        told = standing.mark == seen or standing.is_settled
        if not told or version != sheet.version:
            raise Undecided(standing, changed=bool(seen) or version != sheet.version)
    return submit(sheet, version, actor)

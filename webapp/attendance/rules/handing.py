"""Handing a list in is a decision: whoever hands it in was told before what it does to whom.

A list on which nothing is left to decide goes at once. Any other goes by the mark of what was told, and when that has
changed meanwhile it is told anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from webapp.attendance.models import Invitation, Mode, Sheet, Site, Status, Verdict, site_name
from webapp.attendance.rules.cancelling import refuse_cancelled
from webapp.attendance.rules.finding import Kept, kept_sheet
from webapp.attendance.rules.lines import Line, lines_of
from webapp.attendance.rules.meetings import mark_for
from webapp.attendance.rules.review import get_sheet, submit, wait_for_taps
from webapp.places.models import Region
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import Refusal


@dataclass(frozen=True)
class Standing:
    """What is known of a list at `at`, as far as handing it in would decide something."""

    kept: Kept
    lines: Sequence[Line]
    at: datetime
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """Of the silent so many came to another site at this session: by its name, as far as the keeper sees its list."""

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
    """How a list of one's own stands now. Three statements at most. Raises `NotThere`."""
    kept = kept_sheet(sheet_id)
    standing = Standing(kept, lines_of(kept.sheet), now())
    return replace(standing, elsewhere=_came_elsewhere(standing))


def _came_elsewhere(standing: Standing) -> Mapping[str, int]:
    """How many of the silent came to which other site. One statement at most."""
    silent = [line.person_id for line in standing.silent if line.person_id is not None]
    if not silent:
        return {}
    kept = standing.kept
    found = (
        select(Site.mode, Site.place, Region.name)
        .join(Invitation, Invitation.site_id == Site.id)
        .join(Verdict, Verdict.invitation_id == Invitation.id)
        .join(Region, Region.code == Site.region_code)
        .where(Site.meeting_id == kept.meeting.id, Site.id != kept.site.id)
        .where(Verdict.session_id == kept.session.id, Verdict.status.in_((Status.HADIR, Status.TERLAMBAT)))
        .where(Invitation.person_id.in_(silent))
        .order_by(Site.id)
    )
    return Counter(site_name(*row) for row in db.session.execute(found))


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

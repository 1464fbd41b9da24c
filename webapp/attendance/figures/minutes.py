"""The minutes of a meeting as one reader may see them: agenda, decisions, and who promised what by when.

Agenda and decisions are for all who see the meeting. Who owns a follow-up is for those who answer for its region; its
owner sees her own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, exists, not_, or_, select
from sqlalchemy.orm import aliased

from webapp.attendance.figures.agenda import decisions_of
from webapp.attendance.figures.rates import Rates
from webapp.attendance.figures.totals import Totals, once, totals_among
from webapp.attendance.models import Decision, FollowUp, Meeting, MeetingSession, Site
from webapp.attendance.rules.finding import Held, Kept, lists_among, most_wanted, parts_of
from webapp.attendance.rules.lines import lines_at, named
from webapp.places.figures.tree import names_of
from webapp.places.rules.scope import Scope, narrowed
from webapp.plumbing.clock import date_words, day_words, local_day, now
from webapp.plumbing.database import db

MOST = 30
DOER = named.alias("doer")


@dataclass(frozen=True)
class Promise:
    """One follow-up on the day `today`. `meeting` is the title, None for whoever may not open the meeting.

    `item` is the id under which a phone sent it.
    """

    today: date
    id: int
    meeting_id: int
    meeting: str | None
    words: str
    owner_id: int
    owner: str
    region_code: str
    due: date
    done_at: datetime | None
    doer: str | None
    item: UUID | None

    @property
    def done(self) -> bool:
        """Whether it is done."""
        return self.done_at is not None

    @property
    def state(self) -> str:
        """As a phone says it."""
        return "selesai" if self.done else "belum"

    @property
    def late(self) -> int:
        """By how many days it is overdue; 0 when it is not, or when it is done."""
        return 0 if self.done else max((self.today - self.due).days, 0)

    @property
    def day(self) -> str:
        """Sabtu 9 November; with the year when it is another one."""
        return day_words(self.due) if self.due.year == self.today.year else date_words(self.due)

    @property
    def haste(self) -> str:
        """How the due day stands to today, in words; empty when there is time, or when it is done."""
        left = (self.due - self.today).days
        if self.done or left > 1:
            return ""
        if left < 0:
            return _("lewat %(n)s hari", n=-left)
        return _("besok") if left else _("hari ini")


@dataclass(frozen=True)
class Record:
    """Everything that the minutes say. `totals` is None for those who see no list."""

    parts: Sequence[Held]
    regions: Mapping[str, str]
    decisions: Sequence[Decision]
    promises: Sequence[Promise]
    totals: Totals | None

    @property
    def held(self) -> Held:
        """What matters most to the reader."""
        return most_wanted(list(self.parts))

    @property
    def sessions(self) -> list[MeetingSession]:
        """Each once, by the hour."""
        return list({part.session.id: part.session for part in self.parts}.values())

    @property
    def sites(self) -> list[Site]:
        """Each once."""
        return list({part.site.id: part.site for part in self.parts}.values())

    @property
    def lists(self) -> list[Kept]:
        """Those that the reader sees."""
        return [part.kept for part in self.totals.parts] if self.totals else []

    @property
    def persons(self) -> Rates | None:
        """How many came; None for those who see no list, where nobody was invited, or when the meeting is off."""
        if self.totals is None or self.held.meeting.cancelled_at is not None:
            return None
        return self.totals.persons if self.totals.persons.seats else None

    @property
    def open_promises(self) -> Sequence[Promise]:
        """Those that are not done."""
        return [one for one in self.promises if not one.done]

    @property
    def invited(self) -> list[tuple[int, str, str]]:
        """Who may be given something to do: person, name, office; each once."""
        lines = once(line for part in self.totals.parts for line in part.lines) if self.totals else ()
        return [(line.person_id, line.name, line.office) for line in lines if line.person_id is not None]


def record_of(meeting_id: int) -> Record:
    """Gather it for the bound scope. Five statements at most, however long it is. Raises `NotThere`."""
    parts = parts_of(meeting_id)
    lists = lists_among(parts)
    unnamed = {part.site.region_code for part in parts if not part.site.place}
    return Record(
        parts,
        names_of(unnamed) if unnamed else {},
        decisions_of(meeting_id),
        promises_of(meeting_id, local_day(now(), most_wanted(parts).offset)),
        totals_among(lists, lines_at(meeting_id)) if lists else None,
    )


def promises_of(meeting_id: int, today: date) -> list[Promise]:
    """The follow-ups of a meeting that the bound scope lets one see: what is open first, by day. One statement."""
    found = _promises().where(FollowUp.meeting_id == meeting_id)
    return _read(found.order_by(FollowUp.done_at.is_not(None), FollowUp.due, FollowUp.id), today)


def are_empty(meeting_id: Any) -> ColumnElement[bool]:
    """Whether nothing was agreed nor promised at the meeting of `meeting_id`, as far as the reader sees."""
    point, task = aliased(Decision), aliased(FollowUp)
    written = exists().where(point.meeting_id == meeting_id), exists().where(task.meeting_id == meeting_id)
    return not_(or_(*written))


def is_bare(meeting_id: int) -> bool:
    """The same of one meeting. One statement."""
    return bool(db.session.scalar(select(are_empty(meeting_id))))


def own_promises(scope: Scope, today: date, limit: int = MOST) -> list[Promise]:
    """What this person still has to do, the longest overdue first. One statement."""
    found = _promises().where(FollowUp.owner_id == scope.person_id, FollowUp.done_at.is_(None))
    with narrowed(scope):
        return _read(found.order_by(FollowUp.due, FollowUp.id).limit(limit), today)


def _promises() -> Select[*tuple[Any, ...]]:
    return (
        select(
            FollowUp.id,
            FollowUp.meeting_id,
            Meeting.title,
            FollowUp.words,
            FollowUp.owner_id,
            named.c.name,
            FollowUp.region_code,
            FollowUp.due,
            FollowUp.done_at,
            DOER.c.name,
            FollowUp.submission_id,
        )
        .join(named, named.c.id == FollowUp.owner_id)
        .outerjoin(DOER, DOER.c.id == FollowUp.done_by)
        .outerjoin(Meeting, Meeting.id == FollowUp.meeting_id)
    )


def _read(found: Select[*tuple[Any, ...]], today: date) -> list[Promise]:
    return [Promise(today, *row) for row in db.session.execute(found)]

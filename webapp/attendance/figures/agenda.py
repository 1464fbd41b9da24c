"""Which meetings there are: what runs, what comes, what was; and what was agreed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, false, func, not_, or_, select

from webapp.attendance.figures.totals import STRENGTH
from webapp.attendance.models import (
    Decision,
    Invitation,
    Meeting,
    MeetingSession,
    Sheet,
    SheetState,
    Site,
    Status,
    Verdict,
)
from webapp.attendance.models.guests import is_gone
from webapp.attendance.rules.laying import OPEN
from webapp.attendance.rules.verdicts import EARLY
from webapp.places.models import Region
from webapp.places.rules.scope import Scope, narrowed
from webapp.plumbing.clock import WIB, day_bounds, local_day, now
from webapp.plumbing.database import db, within

PAGE = 30
ORDER = ("draf", "dikembalikan", "diajukan", "disetujui", "dikunci")
CAME = tuple(status for status in Status if status.came)
seat, other = Invitation.__table__.alias("seat_of_verdict"), Invitation.__table__.alias("other_seat")
LISTS = (func.count(Sheet.id), func.min(Sheet.id))
STEP = case({state: step for step, state in enumerate(ORDER)}, value=Sheet.state)


@dataclass(frozen=True)
class Entry:
    """One meeting in an agenda. Times are UTC. `own`: what is known of oneself, None when not invited; `claims_since`:
    since when one says to be there and waits for whoever keeps the list.

    The tally is 0 for those who do not see the list (`state` None): of the invited `seats` so many `answered`, of so
    many something is known (`done`), so many `came`, and `guests` beside them; each person once, as in `totals.once`.
    Of several lists `state` is the least far; `open_lists` of those that one keeps may still be marked, the first of
    them is `open_id`. `sites`: at how many places; `place`, `link` and `offset` are those of one's own, or of the
    first. `title` is the meeting's, `part` the session's. `lists`: how many of it one sees.
    """

    meeting_id: int
    title: str
    kind: str
    region_code: str
    region: str
    starts_at: datetime
    ends_at: datetime
    offset: int
    part: str | None
    cancelled: bool
    why_cancelled: str | None
    sites: int
    place: str | None
    link: str | None
    state: str | None
    own: str | None
    claims_since: datetime | None
    seats: int
    answered: int
    done: int
    came: int
    guests: int
    lists: int
    open_lists: int
    open_id: int | None

    @property
    def runs(self) -> bool:
        """Whether it is going on right now."""
        return not self.cancelled and self.starts_at <= now() < self.ends_at

    @property
    def closed(self) -> bool:
        """Whether every list of it that one sees has been handed in."""
        return self.state is not None and not SheetState(self.state).is_open

    @property
    def ahead(self) -> bool:
        """Whether it is too early to mark anybody."""
        return not self.done and now() < self.starts_at - EARLY

    @property
    def at_the_door(self) -> bool:
        """Whether its doors are open."""
        return not self.cancelled and self.starts_at - EARLY <= now() < self.ends_at

    @property
    def missed(self) -> bool:
        """Whether one was invited to it and it is off."""
        return self.cancelled and self.own is not None


class Due(NamedTuple):
    """What the first page asks for. `out`: what is over, with a list that one keeps and nobody has handed in."""

    day: list[Entry]
    off: list[Entry]
    out: list[Entry]


JUST_OVER = timedelta(hours=6)  # whoever comes home from it after midnight still has its list to hand in
FORGOTTEN = timedelta(days=14)  # so long a list that is out is asked for
STATE = [field.name for field in fields(Entry)].index("state")


def _around(offset: int) -> tuple[datetime, datetime]:
    """The day at `offset`, and beside midnight what is just over and what opens its doors already."""
    start, end = day_bounds(local_day(now(), offset), offset)
    return min(start, now() - JUST_OVER), max(end, now() + EARLY)


def today(scope: Scope, offset: int = WIB) -> list[Entry]:
    """Meetings of the day at `offset` that lie in `scope` or to which its person is invited. One statement."""
    return due(scope, offset).day


def due(scope: Scope, offset: int = WIB, keeps: Scope | None = None) -> Due:
    """Those of the day and just beside it; what is off and not over, to which one was invited; what is still out.

    What is off may be of whatever day; what is out lies at most `FORGOTTEN` back, the latest first. `keeps`: where one
    keeps lists. One statement, in which the day comes first.
    """
    start, end = _around(offset)
    moment = now()
    of_today = and_(MeetingSession.starts_at < end, MeetingSession.ends_at > start)
    off = and_(Meeting.cancelled_at.is_not(None), Invitation.id.is_not(None), MeetingSession.ends_at > moment)
    wanted = or_(of_today, off, _is_out(keeps))
    order = case((of_today, 0), (off, 1), else_=2), MeetingSession.starts_at, Meeting.id
    with narrowed(scope):
        found = _entries(scope.person_id, keeps).where(MeetingSession.ends_at > moment - FORGOTTEN, wanted)
        rows = _read(found.order_by(*order).limit(PAGE))
    told = [one for one in rows if one.missed and one.ends_at > moment]
    out = [one for one in rows if one.ends_at <= start and one.seats]
    return Due([one for one in rows if one not in told and one.ends_at > start], told, out[::-1])


def _is_out(keeps: Scope | None) -> Any:
    """Whether a list of it that one keeps is still open after the end."""
    if keeps is None:
        return false()
    still = _of_lists(func.count(Sheet.id), Sheet.state.in_(OPEN), _lies_in(keeps))
    return and_(Meeting.cancelled_at.is_(None), MeetingSession.ends_at <= now(), still > 0)


def lists_today(scope: Scope, offset: int = WIB) -> list[tuple[int, int]]:
    """The lists of the day and just beside it in `scope`: meeting and list, by the hour. One statement."""
    start, end = _around(offset)
    found = select(Sheet.meeting_id, Sheet.id).join(MeetingSession, MeetingSession.id == Sheet.session_id)
    on = found.join(Meeting, Meeting.id == Sheet.meeting_id).where(Meeting.cancelled_at.is_(None))
    held = on.where(MeetingSession.starts_at < end, MeetingSession.ends_at > start)
    with narrowed(scope):
        rows = db.session.execute(held.order_by(MeetingSession.starts_at, Sheet.id).limit(PAGE))
        return [(row[0], row[1]) for row in rows]


def ahead(scope: Scope) -> list[Entry]:
    """What runs or comes, the nearest first. One statement."""
    found = _entries(scope.person_id).where(MeetingSession.ends_at > now())
    return _read(found.order_by(MeetingSession.starts_at, Meeting.id).limit(PAGE))


def past(scope: Scope, page: int = 1) -> tuple[list[Entry], bool]:
    """What is over, the newest first, and whether there is more. One statement."""
    found = _entries(scope.person_id).where(MeetingSession.ends_at <= now())
    rows = _read(
        found.order_by(MeetingSession.starts_at.desc(), Meeting.id.desc())
        .offset((page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    return rows[:PAGE], len(rows) > PAGE


def decisions_of(meeting_id: int) -> Sequence[Decision]:
    """The agreed points, in the order they were added."""
    found = select(Decision).where(Decision.meeting_id == meeting_id).order_by(Decision.id)
    return db.session.scalars(found).all()


def meeting_sent_as(submission_id: Any) -> Meeting | None:
    """The meeting that this submission made: for a form that came twice. Of a series the first."""
    found = select(Meeting).where(Meeting.submission_id == submission_id)
    return db.session.scalars(found).one_or_none()


def _entries(person_id: int | None, keeps: Scope | None = None) -> Select[*tuple[Any, ...]]:
    sites = select(func.count(Site.id)).where(Site.meeting_id == Meeting.id)
    first = select(func.min(Site.id)).where(Site.meeting_id == Meeting.id).correlate(Meeting)
    kept = _of_lists(func.min(Sheet.site_id))
    mine = and_(Verdict.invitation_id == Invitation.id, Verdict.session_id == MeetingSession.id)
    return (
        select(
            Meeting.id,
            Meeting.title,
            Meeting.kind,
            Meeting.region_code,
            Region.name,
            MeetingSession.starts_at,
            MeetingSession.ends_at,
            Site.offset,
            MeetingSession.title,
            Meeting.cancelled_at.is_not(None),
            Meeting.cancel_reason,
            sites.correlate(Meeting).scalar_subquery(),
            Site.place,
            Site.link,
            _of_lists(func.min(STEP)),
            Verdict.status,
            Verdict.claims_since,
            *_tally(),
            _of_lists(func.count(Sheet.id)),
            *(_of_lists(number, Sheet.state.in_(OPEN), _lies_in(keeps)) for number in LISTS),
        )
        .join(MeetingSession, MeetingSession.meeting_id == Meeting.id)
        .join(Region, Region.code == Meeting.region_code)
        .outerjoin(Invitation, Invitation.id == _own_seat(person_id))
        .join(Site, Site.id == func.coalesce(Invitation.site_id, kept, first.scalar_subquery()))
        .outerjoin(Verdict, mine)
    )


def _tally() -> Sequence[Any]:
    """The invited, those who answered, of whom something is known, and who came; and the guests who came."""
    invited, came = or_(seat.c.walk_in.is_(False), _invited_elsewhere()), Verdict.status.in_(CAME)
    known = Verdict.status != Status.BELUM
    sorts = ((), (seat.c.rsvp.is_not(None),), (known,), (came,))
    return (*(_number(invited, *sort) for sort in sorts), _number(not_(invited), came))


def _number(*which: Any) -> Any:
    """How many persons on the lists that one sees, each once; one's own elsewhere is on none of them."""
    listed = select(Sheet.id).where(
        Sheet.session_id == Verdict.session_id, Sheet.region_code == Verdict.region_code
    )
    person = func.coalesce(seat.c.person_id, -seat.c.id)
    found = select(func.count(person.distinct())).select_from(Verdict)
    found = found.join(seat, seat.c.id == Verdict.invitation_id)
    found = found.where(Verdict.session_id == MeetingSession.id, *which)
    return found.where(listed.correlate(Verdict).exists()).correlate(MeetingSession).scalar_subquery()


def _invited_elsewhere() -> Any:
    """Whether the person of a guest's seat is invited at another site of the meeting, of the lists that one sees."""
    listed = select(Sheet.id).where(Sheet.meeting_id == other.c.meeting_id, Sheet.site_id == other.c.site_id)
    same = and_(other.c.meeting_id == seat.c.meeting_id, other.c.person_id == seat.c.person_id)
    held = listed.correlate(other).exists()
    found = select(other.c.id).where(same, other.c.walk_in.is_(False), held)
    return found.correlate(seat).exists()


def _lies_in(keeps: Scope | None) -> Any:
    return or_(false(), *(within(Sheet.region_code, code) for code in (keeps.codes if keeps else ())))


def _own_seat(person_id: int | None) -> Any:
    """One's seat at a session; of several the one with the strongest word. A guest who was taken back has none."""
    own, said = Invitation.__table__.alias("own"), Verdict.__table__.alias("said_of_own")
    here = and_(said.c.invitation_id == own.c.id, said.c.session_id == MeetingSession.id)
    strength = case({status: place for place, status in enumerate(STRENGTH)}, value=said.c.status, else_=-1)
    mine = (own.c.meeting_id == Meeting.id, own.c.person_id == person_id, ~is_gone(own.c))
    found = select(own.c.id).outerjoin(said, here).where(*mine)
    found = found.order_by(strength.desc(), own.c.id).limit(1)
    return found.correlate(Meeting, MeetingSession).scalar_subquery()


def _of_lists(number: Any, *which: Any) -> Any:
    found = select(number).where(Sheet.session_id == MeetingSession.id, *which)
    return found.correlate(MeetingSession).scalar_subquery()


def _read(found: Select[Any]) -> list[Entry]:
    entries = []
    for row in db.session.execute(found):
        told = list(row)
        told[STATE] = None if told[STATE] is None else ORDER[told[STATE]]
        entries.append(Entry(*told))
    return entries

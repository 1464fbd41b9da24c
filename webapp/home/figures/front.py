"""The first page: what is due now for this viewer, each part judged by its own permission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from webapp.attendance.figures.agenda import Entry, due
from webapp.attendance.figures.minutes import Promise, own_promises
from webapp.attendance.figures.sheets import Returned, SheetCard, returned, waiting
from webapp.attendance.models import SheetState, Status
from webapp.checkins.figures.own import own_recent
from webapp.checkins.models import CheckIn
from webapp.coverage.figures.missing import Uncovered, uncovered
from webapp.home.figures.waits import Waits, waits
from webapp.people.figures.seats import duties_of
from webapp.people.rules.permissions import Permission, Role
from webapp.people.rules.viewer import Viewer
from webapp.places.figures.elections import NoElection, current_election
from webapp.places.rules.scope import narrowed
from webapp.plumbing.clock import local_day, now

RECENT = 3


@dataclass(frozen=True)
class Action:
    """The one big button."""

    url: str
    icon: str
    words: str


@dataclass(frozen=True)
class Front:
    """Everything that the page shows; empty parts are left out."""

    meetings: Sequence[Entry]
    recent: Sequence[CheckIn]
    action: Action
    cancelled: Sequence[Entry] = ()  # to which one was invited
    out: Sequence[Entry] = ()  # over, with a list that was not handed in
    days_left: int | None = None
    returned: Sequence[tuple[int, str, Returned]] = ()
    waiting: Sequence[SheetCard] = ()  # for a review, or with a correction
    uncovered: Uncovered | None = None
    top: str | None = None
    duties: Sequence[tuple[str, str, str]] = ()  # slot, TPS, kelurahan
    promises: Sequence[Promise] = ()
    waits: Waits = field(default_factory=Waits)
    unready: bool = False  # nobody has brought the TPS yet, and this viewer may see to it
    nothing_due: bool = field(init=False)

    @property
    def sheets(self) -> Sequence[SheetCard]:
        """Those that were handed in."""
        return [one for one in self.waiting if one.state is SheetState.SUBMITTED]

    @property
    def wishes(self) -> Sequence[SheetCard]:
        """Those with a correction that waits."""
        return [one for one in self.waiting if one.wishes]

    def __post_init__(self) -> None:
        empty = self.uncovered is None or not self.uncovered.empty
        lists = self.out or self.returned or self.waiting
        due = lists or self.unready or self.waits.people or self.waits.things
        object.__setattr__(self, "nothing_due", not due and empty)


def front(who: Viewer) -> Front:
    """Gather the page. At most six statements, whatever the number of rows."""
    keeps = who.scope(Permission.KEEP_ATTENDANCE) if who.may(Permission.KEEP_ATTENDANCE) else None
    meetings, off, over = due(who.scope(Permission.SEE_MEETINGS), who.offset, keeps)
    queue = _to_review(who)
    back = returned(keeps) if keeps else []
    out = [one for one in over if one.open_id not in {sheet_id for sheet_id, _title, _why in back}]
    top = who.scope(Permission.SEE_COVERAGE).top if who.may(Permission.SEE_COVERAGE) else None
    bare = _uncovered(who, top)
    left = _days_left(who.offset, bare.polling_day if bare else None)
    return Front(
        meetings=meetings,
        cancelled=off,
        out=out,
        recent=own_recent(who.person_id, RECENT),
        action=_action(who, [*meetings, *out], queue, back),
        days_left=left,
        returned=back,
        waiting=queue,
        uncovered=bare,
        top=top,
        waits=waits(who),
        duties=duties_of(who.person_id) if _is_witness(who) else (),
        promises=_promises(who),
        unready=left is None and who.may(Permission.MANAGE_USERS) and not _is_ready(),
    )


def _to_review(who: Viewer) -> list[SheetCard]:
    """What waits for this reviewer; a list in which she had a part waits for another."""
    if not who.may(Permission.REVIEW_ATTENDANCE):
        return []
    return [one for one in waiting(who.scope(Permission.REVIEW_ATTENDANCE)) if not one.own]


def _promises(who: Viewer) -> Sequence[Promise]:
    if not who.may(Permission.SEE_MEETINGS):
        return ()
    return own_promises(who.scope(Permission.SEE_MEETINGS), local_day(now(), who.offset))


def _uncovered(who: Viewer, top: str | None) -> Uncovered | None:
    if top is None:
        return None
    with narrowed(who.scope(Permission.SEE_COVERAGE)):
        return uncovered(top)


def _action(
    who: Viewer,
    meetings: Sequence[Entry],
    queue: Sequence[SheetCard],
    back: Sequence[tuple[int, str, Returned]],
) -> Action:
    """What this person most likely came for, now: whoever stands at the door first, and never a closed list."""
    at_the_door = [one for one in meetings if one.at_the_door]
    over = [one for one in meetings if not one.cancelled and one.ends_at <= now() and one.seats]
    return (
        next((_list_of(one) for one in at_the_door if one.open_id), None)
        or next((_own_of(one) for one in at_the_door if _is_asked(one)), None)
        or next((_mended(sheet_id) for sheet_id, _title, _why in back), None)
        or (_reviewed(queue) if queue else None)
        or next((_list_of(one) for one in over if one.open_id), None)
        or _any_day(who)
    )


def _is_asked(meeting: Entry) -> bool:
    """Whether it runs and nobody knows yet whether one is there, oneself included."""
    return meeting.runs and meeting.own == Status.BELUM and meeting.claims_since is None


def _list_of(meeting: Entry) -> Action:
    """The list that one keeps; of several the page that names them all; of nobody invited the invitations."""
    if not (meeting.seats or meeting.guests):
        return Action(f"/rapat/{meeting.meeting_id}/undangan", "people", _("Undang orang"))
    begun = _("Lanjutkan kehadiran") if meeting.done or meeting.guests else _("Catat kehadiran")
    words = begun if meeting.at_the_door else _("Selesaikan daftar hadir")
    several = meeting.open_lists > 1
    there = f"/rapat/{meeting.meeting_id}" if several else f"/lembar/{meeting.open_id}/hadir"
    return Action(there, "people", words)


def _own_of(meeting: Entry) -> Action:
    return Action(f"/rapat/{meeting.meeting_id}", "people", _("Saya hadir di rapat"))


def _mended(sheet_id: int) -> Action:
    return Action(f"/lembar/{sheet_id}/hadir", "undo", _("Perbaiki lembar hadir"))


def _reviewed(queue: Sequence[SheetCard]) -> Action:
    """What was handed in; when there is none, the corrections: of one sheet the sheet itself."""
    handed_in = [one for one in queue if one.state is SheetState.SUBMITTED]
    if handed_in:
        return Action("/tinjauan", "check", _("Tinjau %(n)s lembar hadir", n=len(handed_in)))
    wishes = sum(one.wishes for one in queue)
    there = "/tinjauan" if len(queue) > 1 else f"/tinjauan/{queue[0].sheet_id}"
    return Action(there, "check", _("Putuskan %(n)s koreksi", n=wishes))


def _any_day(who: Viewer) -> Action:
    if who.may(Permission.MANAGE_USERS):
        return Action("/pengguna", "person", _("Kelola pengguna"))
    if who.may(Permission.SEE_CHECKINS):
        return Action("/cakupan", "map", _("Buka peta cakupan"))
    return Action("/check-in", "pin", _("Check-in sekarang"))


def _is_witness(who: Viewer) -> bool:
    return who.highest is not None and who.highest.role is Role.WITNESS


def _is_ready() -> bool:
    try:
        return current_election() is not None
    except NoElection:
        return False


def _days_left(offset: int, day: date | None) -> int | None:
    """Days until polling day, if it is known already; None once it is over, or when there is no election yet."""
    try:
        day = day or current_election().date
    except NoElection:
        return None
    left = (day - local_day(now(), offset)).days
    return left if left >= 0 else None

"""A meeting made after another: every week again, or as a copy; with its sites, sessions and whom it invites.

Whatever stands there already is left as it is, so that doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, func, insert, select

from webapp.attendance.models import (
    AttendanceRecord,
    Invitation,
    InvitationRule,
    Meeting,
    MeetingSession,
    Sheet,
    Site,
    Verdict,
)
from webapp.attendance.rules.arranging import HOURS, led_lists, sessions_among, sites_among
from webapp.attendance.rules.laying import MOST_ROWS, lay, pay_for, rows_of
from webapp.attendance.rules.meetings import call_meeting, note_change
from webapp.attendance.rules.moving import follow
from webapp.attendance.rules.seating import places_of
from webapp.attendance.rules.siting import SPOT
from webapp.people.models import Person
from webapp.places.rules.scope import current
from webapp.plumbing.clock import now
from webapp.plumbing.database import db
from webapp.plumbing.refusal import NotThere, Refusal
from webapp.plumbing.submissions import Stamp

MOST_WEEKS = 26
OFFICE = ("role", "level", "under")


@dataclass(frozen=True)
class Arrangement:
    """What one meeting hands on to another: its sessions by the hour, its sites, the first that was made first."""

    meeting: Meeting
    sessions: Sequence[MeetingSession]
    sites: Sequence[Site]

    @classmethod
    def of(cls, meeting_id: int) -> Arrangement:
        """That of a meeting that one leads. Raises `NotThere`."""
        lists = led_lists(meeting_id)
        return cls(lists[0].meeting, sessions_among(lists), sites_among(lists))

    @property
    def rows(self) -> int:
        """How many lists and verdicts each meeting has to which it is handed on. Two statements."""
        holders = {person for place in places_of(self.meeting.id) for person in place.holders}
        people = holders | {seat.person_id for seat in db.session.execute(_invited_by_name(self.meeting.id))}
        return rows_of(len(self.sessions), len(self.sites), len(people))


def call(data: Mapping[str, Any], stamp: Stamp) -> Meeting:
    """A meeting out of a form, every week again if it says so, after the one that it copies. The first of them."""
    source = Arrangement.of(data["salin"]) if data.get("salin") else None
    weeks = data.get("ulangi") or 0
    by = stamp.sender_id
    if source is not None:
        _pay_for_copies(source, weeks + 1, by)
    made = [call_meeting(data["plan"], by, stamp.submission_id)]
    made += [call_meeting(data["plan"].later(week), by) for week in range(1, weeks + 1)]
    for meeting in made:
        meeting.series = stamp.submission_id if weeks else None
        if source is not None:
            hand_on(source, meeting, by)
    db.session.flush()
    return made[0]


def _pay_for_copies(source: Arrangement, copies: int, by: int) -> None:
    """Count their lists and verdicts. Raises `OverBudget`, and a refusal when they are too many for one form."""
    rows = copies * source.rows
    if rows <= MOST_ROWS:
        return pay_for(rows, by)
    if copies == 1:
        raise Refusal(
            _("Rapat ini terlalu besar untuk disalin sekaligus. Buat rapat baru, lalu undang di sana.")
        )
    raise Refusal(
        _(
            "%(n)s rapat dengan undangan sebanyak ini terlalu besar untuk dibuat sekaligus. Kurangi ulangannya, "
            "atau buat rapatnya tanpa menyalin lalu undang di tiap rapat.",
            n=copies,
        )
    )


def later_ones(meeting: Meeting) -> list[Meeting]:
    """The meetings of the same series that begin after this one and are still to be held, in their order."""
    if meeting.series is None:
        return []
    own = select(MeetingSession.starts_at).where(MeetingSession.meeting_id == meeting.id)
    recorded = exists().where(
        Invitation.meeting_id == Meeting.id, AttendanceRecord.invitation_id == Invitation.id
    )
    found = (
        select(Meeting)
        .join(MeetingSession, MeetingSession.meeting_id == Meeting.id)
        .where(
            Meeting.series == meeting.series,
            Meeting.id != meeting.id,
            Meeting.cancelled_at.is_(None),
            MeetingSession.starts_at > now(),
            MeetingSession.starts_at > own.order_by(MeetingSession.starts_at).limit(1).scalar_subquery(),
            ~recorded,
        )
        .order_by(MeetingSession.starts_at, Meeting.id)
    )
    mine = current()
    return [one for one in db.session.scalars(found).unique() if mine.covers(one.region_code)]


def align(meeting_id: int, by: int) -> int:
    """Give the later meetings of a series what they lack of this one's sites, sessions and invitations; how many."""
    led_lists(meeting_id, lock=True)
    source = Arrangement.of(meeting_id)
    if source.meeting.cancelled_at is not None:
        raise Refusal(
            _("Rapat ini dibatalkan, jadi tidak bisa menjadi contoh. Buka rapat lain dari rangkaian ini.")
        )
    later = later_ones(source.meeting)
    rows = len(later) * source.rows - _laid_out(later)
    if rows > MOST_ROWS:
        raise Refusal(
            _(
                "%(n)s rapat berikutnya dengan undangan sebanyak ini terlalu besar untuk disamakan sekaligus. Undang "
                "langsung di tiap rapat.",
                n=len(later),
            )
        )
    pay_for(max(rows, 0), by)
    for meeting in later:
        hand_on(source, meeting, by)
    return len(later)


def _laid_out(meetings: Sequence[Meeting]) -> int:
    """How many lists and verdicts these meetings have by now. One statement."""
    ids = [meeting.id for meeting in meetings]
    sheets = select(func.count(Sheet.id)).where(Sheet.meeting_id.in_(ids))
    verdicts = (
        select(func.count()).select_from(Verdict).join(Invitation).where(Invitation.meeting_id.in_(ids))
    )
    return db.session.execute(select(sheets.scalar_subquery() + verdicts.scalar_subquery())).scalar_one()


def hand_on(source: Arrangement, meeting: Meeting, by: int) -> None:
    """Add to `meeting` what it lacks of the other's sites, sessions, invitation rules and invited persons.

    The first session and the first site correspond; a site outside the new meeting's region is left out.
    """
    new = Arrangement.of(meeting.id)
    added = _hand_on_sessions(source, new)
    pairs = _hand_on_sites(source, new)
    db.session.flush()
    lay(meeting.id)
    if added or len(pairs) > len(new.sites):
        note_change(meeting, "meeting.arrange")
    _hand_on_rules(source, pairs, by)
    _hand_on_persons(source, pairs, by)
    lay(meeting.id)
    follow(meeting.id, asked=True)


def _hand_on_sessions(source: Arrangement, new: Arrangement) -> int:
    first, own = source.sessions[0], new.sessions[0]
    shift = own.starts_at - first.starts_at
    own.title = own.title or first.title
    known = {one.starts_at for one in new.sessions}
    missing = [one for one in source.sessions[1:] if one.starts_at + shift not in known]
    db.session.add_all(_moved(one, own, shift) for one in missing)
    return len(missing)


def _moved(session: MeetingSession, like: MeetingSession, shift: timedelta) -> MeetingSession:
    return MeetingSession(
        meeting_id=like.meeting_id,
        region_code=like.region_code,
        offset=like.offset,
        title=session.title,
        agenda=session.agenda,
        **{name: getattr(session, name) + shift for name in HOURS},
    )


def _hand_on_sites(source: Arrangement, new: Arrangement) -> dict[int, Site]:
    """The new meeting's site for each of the other's, by its id."""
    first, own = source.sites[0], new.sites[0]
    if first.place == own.place:
        for name in ("pic_id", "latitude", "longitude", "radius"):
            setattr(own, name, getattr(own, name) or getattr(first, name))
    pairs = {first.id: own}
    known = {(one.region_code, one.mode, one.place): one for one in new.sites[1:]}
    for site in source.sites[1:]:
        if not f"{site.region_code}.".startswith(f"{new.meeting.region_code}."):
            continue
        same = known.get((site.region_code, site.mode, site.place))
        told = {name: getattr(site, name) for name in (*SPOT, "offset")}
        pairs[site.id] = same or Site(meeting_id=new.meeting.id, **told)
    db.session.add_all(pairs.values())
    return pairs


def _hand_on_rules(source: Arrangement, pairs: Mapping[int, Site], by: int) -> None:
    rules = db.session.scalars(
        select(InvitationRule).where(InvitationRule.meeting_id == source.meeting.id)
    ).all()
    ids = [site.id for site in pairs.values()]
    there = db.session.scalars(select(InvitationRule).where(InvitationRule.site_id.in_(ids)))
    known = {(one.site_id, *(getattr(one, name) for name in OFFICE)) for one in there}
    for rule in rules:
        site, office = pairs.get(rule.site_id), [getattr(rule, name) for name in OFFICE]
        if site is not None and (site.id, *office) not in known and current().covers(rule.under):
            db.session.add(
                InvitationRule(
                    meeting_id=site.meeting_id,
                    site_id=site.id,
                    region_code=site.region_code,
                    added_by=by,
                    added_at=now(),
                    spread=rule.spread,
                    **dict(zip(OFFICE, office, strict=True)),
                )
            )
    db.session.flush()


def _hand_on_persons(source: Arrangement, pairs: Mapping[int, Site], by: int) -> None:
    """Who was invited by name; only people of one's own regions, who have not withdrawn."""
    meeting_id = next(iter(pairs.values())).meeting_id
    taken = select(Invitation.person_id).where(
        Invitation.meeting_id == meeting_id, Invitation.person_id.is_not(None)
    )
    known = set(db.session.scalars(taken))
    told = {"invited_by": by, "invited_at": now()}
    new = {
        seat.person_id: _seat(seat, pairs[seat.site_id]) | told
        for seat in db.session.execute(_invited_by_name(source.meeting.id))
        if seat.site_id in pairs and seat.person_id not in known
    }
    if new:
        db.session.execute(insert(Invitation), list(new.values()))


def _seat(seat: Any, site: Site) -> dict[str, Any]:
    """The same seat at another meeting's site."""
    there = {"meeting_id": site.meeting_id, "site_id": site.id, "region_code": site.region_code}
    return there | {name: getattr(seat, name) for name in ("person_id", "role", "seat_code")}


def _invited_by_name(meeting_id: int) -> Any:
    return (
        select(Invitation.person_id, Invitation.site_id, Invitation.role, Invitation.seat_code)
        .join(Person, Person.id == Invitation.person_id)
        .where(
            Invitation.meeting_id == meeting_id,
            Invitation.rule_id.is_(None),
            Invitation.walk_in.is_(False),
            Invitation.stands_for.is_(None),
            Person.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id)
    )


def copied(meeting_id: int) -> Arrangement:
    """A meeting that one leads, to be copied. Raises `NotThere`, also for number 0."""
    if not meeting_id:
        raise NotThere
    return Arrangement.of(meeting_id)

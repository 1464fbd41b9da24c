"""A past: random meetings with many sites and sessions, and a plain recount of it, row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from tests.cast import ANI, CENGKARENG, CENGKARENG_BARAT, GROGOL, KAPUK, KOTA, TOMANG
from webapp.attendance.figures.facts import Asked, Tally
from webapp.attendance.models import Invitation, Meeting, MeetingSession, Sheet, Site, Verdict
from webapp.people.models import Group, Membership, Person
from webapp.places.rules.scope import everywhere
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

START = datetime(2024, 9, 1, tzinfo=UTC)
VILLAGES = (KAPUK, CENGKARENG_BARAT, TOMANG)
STATES = ("draf", "diajukan", "dikembalikan", "disetujui", "dikunci")
CLOSED = {"diajukan", "disetujui", "dikunci"}
WORDS = ("belum", "alpa", "izin", "sakit", "terlambat", "hadir")  # the weakest first
SERIES = (UUID(int=1), UUID(int=2))


@dataclass
class Past:
    """Everything that was made, as plain rows."""

    meetings: list[Meeting] = field(default_factory=list)
    sessions: list[MeetingSession] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    seats: list[Invitation] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)


class Maker:
    """Fills an empty part of the country with what chance gives."""

    def __init__(self, seed: int) -> None:
        self.chance, self.seed = Random(seed), seed
        self.past = Past()

    def make(self, meetings: int = 12, people: int = 14) -> Past:
        """The whole past, committed; the rows stay readable."""
        with everywhere("a past is made"):
            self._people(people)
            for number in range(meetings):
                self._meeting(number)
            self._groups()
            db.session.commit()
        return self.past

    def _add(self, row: object, kept: list) -> object:
        db.session.add(row)
        db.session.flush()
        kept.append(row)
        return row

    def _people(self, count: int) -> None:
        for n in range(count):
            self._add(
                Person(
                    name=f"Warga {n}", search_name=f"warga {n}", region_code=self.chance.choice(VILLAGES),
                    created_at=START,
                ),
                self.past.people,
            )  # fmt: skip

    def _groups(self) -> None:
        for n, code in enumerate((KAPUK, CENGKARENG, GROGOL, KOTA, KAPUK)):
            group = Group(
                region_code=code, name=f"Simpul {self.seed} {n}", search_name=f"simpul {self.seed} {n}",
                created_at=START, created_by=ANI.id, ended_at=START if n == 4 else None,
            )  # fmt: skip
            self._add(group, self.past.groups)
            for person in self.chance.sample(self.past.people, 5):
                gone = START if self.chance.random() < 0.2 else None
                self._add(
                    Membership(
                        group_id=group.id, person_id=person.id, region_code=code, since=START, until=gone,
                        added_by=ANI.id,
                    ),
                    self.past.members,
                )  # fmt: skip

    def _meeting(self, number: int) -> None:
        chance, code = self.chance, self.chance.choice((KOTA, CENGKARENG, GROGOL))
        meeting = Meeting(
            region_code=code, kind=chance.choice(("rakor", "bimtek")), title=f"Rapat {number}",
            created_by=ANI.id, created_at=START, series=chance.choice((None, *SERIES)),
            cancelled_at=START if chance.random() < 0.1 else None,
        )  # fmt: skip
        self._add(meeting, self.past.meetings)
        first = START + timedelta(days=chance.randint(0, 80), hours=2)
        sessions = [self._session(meeting, first + timedelta(days=n)) for n in range(chance.randint(1, 2))]
        below = [one for one in (KOTA, CENGKARENG, GROGOL) if f"{one}.".startswith(f"{code}.")]
        for site_code in [code, *chance.sample(below, chance.randint(0, len(below) - 1))]:
            self._site(meeting, site_code, sessions)

    def _session(self, meeting: Meeting, start: datetime) -> MeetingSession:
        session = MeetingSession(
            meeting_id=meeting.id, region_code=meeting.region_code, starts_at=start,
            ends_at=start + timedelta(hours=3), late_after=start, offset=420,
        )  # fmt: skip
        self._add(session, self.past.sessions)
        return session

    def _site(self, meeting: Meeting, code: str, sessions: list[MeetingSession]) -> None:
        chance = self.chance
        site = Site(meeting_id=meeting.id, region_code=code, offset=420)
        self._add(site, self.past.sites)
        for session in sessions:
            state = chance.choice(STATES)
            self._add(
                Sheet(
                    session_id=session.id,
                    site_id=site.id,
                    meeting_id=meeting.id,
                    region_code=code,
                    state=state,
                ),
                self.past.sheets,
            )
        seats = [self._seat(meeting, site, person) for person in chance.sample(self.past.people, 8)]
        seats.append(self._seat(meeting, site, None))
        delegates = [seat for seat in seats if seat.walk_in and chance.random() < 0.7]
        stood_for = [seat for seat in seats if seat not in delegates]
        for delegate, other in zip(delegates, chance.sample(stood_for, len(stood_for)), strict=False):
            delegate.stands_for = other.id
        db.session.flush()
        for seat in seats:
            for session in sessions:
                verdict = Verdict(
                    invitation_id=seat.id,
                    session_id=session.id,
                    region_code=code,
                    status=chance.choice(WORDS),
                )
                self._add(verdict, self.past.verdicts)

    def _seat(self, meeting: Meeting, site: Site, person: Person | None) -> Invitation:
        chance = self.chance
        role = chance.choice((None, "coordinator", "witness", "supervisor"))
        seat = Invitation(
            meeting_id=meeting.id, site_id=site.id, region_code=site.region_code,
            person_id=person.id if person else None, guest_name=None if person else "Pak RT",
            role=role, seat_code=chance.choice((KOTA, CENGKARENG, GROGOL, KAPUK, "31")) if role else None,
            walk_in=person is None or chance.random() < 0.2, invited_by=ANI.id, invited_at=START,
            rsvp=chance.choice((None, "datang", "izin", "ragu")),
        )  # fmt: skip
        self._add(seat, self.past.seats)
        return seat


def inside(code: str, top: str) -> bool:
    """Whether a region lies at or below another."""
    return top == "ID" or f"{code}.".startswith(f"{top}.")


@dataclass
class Unit:
    """A seat or a person at one meeting, as the recount sees it."""

    meeting: int
    who: tuple[str, int]
    role: str | None
    home: str
    held_in: str
    guest: bool
    best: int
    yes: bool
    represented: bool = False


class Recount:
    """The figures once more, without a database: every loop written out."""

    def __init__(self, past: Past, asked: Asked, scope: Iterable[str]) -> None:
        self.past, self.asked = past, asked
        self.homes = {one.id: one.region_code for one in past.people}
        self.series = {one.id: one.series for one in past.meetings}
        tops = tuple(scope)
        self.sheets = [
            one for one in past.sheets if self._counts(one) and any(inside(one.region_code, t) for t in tops)
        ]
        self.facts = self._facts()

    def _counts(self, sheet: Sheet) -> bool:
        meeting = next(one for one in self.past.meetings if one.id == sheet.meeting_id)
        session = next(one for one in self.past.sessions if one.id == sheet.session_id)
        if meeting.cancelled_at or self.asked.kind not in (None, meeting.kind):
            return False
        return self.asked.start <= session.starts_at < self.asked.end and session.starts_at <= now()

    def _facts(self) -> list[tuple[Invitation, int]]:
        known = {(one.invitation_id, one.session_id): WORDS.index(one.status) for one in self.past.verdicts}
        return [
            (seat, known[seat.id, sheet.session_id])
            for sheet in self.sheets
            if sheet.state in CLOSED
            for seat in self.past.seats
            if seat.site_id == sheet.site_id
        ]

    def _who(self, seat: Invitation) -> tuple[str, int]:
        return ("person", seat.person_id) if seat.person_id else ("seat", seat.id)

    def _home(self, seat: Invitation) -> str:
        return seat.seat_code or self.homes.get(seat.person_id or 0) or seat.region_code

    def seats(self) -> list[Unit]:
        """One a seat and meeting, one a guest and meeting."""
        of_person = defaultdict(list)
        for seat, word in self.facts:
            of_person[seat.meeting_id, self._who(seat)].append((seat, word))
        stood_for = {seat.stands_for for seat, word in self.facts if seat.stands_for and word >= 4}
        units: dict[object, Unit] = {}
        for (meeting, who), mine in of_person.items():
            best, yes = max(word for _s, word in mine), any(seat.rsvp == "datang" for seat, _w in mine)
            invited = any(not seat.walk_in for seat, _w in mine)
            for seat, _word in mine:
                if seat.walk_in and (invited or best < 4):
                    continue
                key = (meeting, who, seat.role, self._home(seat))
                unit = units.setdefault(
                    key, Unit(meeting, who, seat.role, key[3], seat.region_code, seat.walk_in, best, yes)
                )
                unit.held_in = min(unit.held_in, seat.region_code)
                unit.represented |= seat.id in stood_for
        return list(units.values())

    def persons(self) -> list[Unit]:
        """One a person and meeting."""
        of_person = defaultdict(list)
        for seat, word in self.facts:
            of_person[seat.meeting_id, self._who(seat)].append((seat, word))
        units = []
        for (meeting, who), mine in of_person.items():
            best, invited = max(word for _s, word in mine), any(not seat.walk_in for seat, _w in mine)
            yes = any(seat.rsvp == "datang" for seat, _w in mine)
            if invited or best >= 4:
                units.append(Unit(meeting, who, None, "", "", not invited, best, yes))
        return units

    def by_group(self) -> dict[str, Tally]:
        """Active groups of the region with those who belong to them now."""
        tallies, every = {}, self.persons()
        for group in self.past.groups:
            if group.ended_at or not inside(group.region_code, self.asked.code):
                continue
            now_in = {
                one.person_id for one in self.past.members if one.group_id == group.id and not one.until
            }
            mine = [one for one in every if one.who[0] == "person" and one.who[1] in now_in]
            if mine:
                tallies[str(group.id)] = tally(mine)
        return tallies


def tally(units: Iterable[Unit]) -> Tally:
    """Counted one by one."""
    every = list(units)
    seats = [one for one in every if not one.guest]
    count = lambda test: sum(1 for one in seats if test(one))  # noqa: E731
    return Tally(
        seats=len(seats),
        present=count(lambda one: one.best == 5),
        late=count(lambda one: one.best == 4),
        sick=count(lambda one: one.best == 3),
        izin=count(lambda one: one.best == 2),
        represented=count(lambda one: one.represented and one.best < 4),
        said_yes=count(lambda one: one.yes),
        no_show=count(lambda one: one.yes and one.best < 2),
        guests=len(every) - len(seats),
        meetings=len({one.meeting for one in every}),
    )

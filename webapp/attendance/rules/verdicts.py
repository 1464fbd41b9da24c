"""What follows from the records of one seat. Pure: the same records give the same verdict in any order of arrival.

Order is by what happened. A void cancels exactly the record it names, also when it comes first. A coordinator's
status outranks every "in" before it; after it a new tap counts again. Of several who tapped, the earliest "in" holds.
Two phones that marked the same seat without knowing of each other are *ganda*, whatever they said.
What the invited says of herself counts only once a coordinator has tapped who could have seen it; so does a code of
the screen that came in long after it was shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from webapp.attendance.models import AttendanceRecord, MeetingSession, Method, RecordKind, Status
from webapp.plumbing.submissions import is_drift

EARLY = timedelta(minutes=60)
SAID_ONESELF = (Method.SELF, Method.SCREEN)
MOST_RECORDS = 50  # of one recorder on one seat at one session
ONLINE = timedelta(minutes=1)  # whatever came later than this after its tap had waited on the phone


@dataclass(frozen=True)
class Hours:
    """The hours of one session, in UTC."""

    starts_at: datetime
    ends_at: datetime
    late_after: datetime

    @property
    def opens_at(self) -> datetime:
        """From when on a tap makes sense."""
        return self.starts_at - EARLY

    @classmethod
    def of(cls, session: MeetingSession) -> Hours:
        """Those of a session."""
        return cls(session.starts_at, session.ends_at, session.late_after)


@dataclass(frozen=True)
class Fact:
    """One record, as far as a verdict looks at it."""

    id: UUID
    kind: str
    status: str | None
    method: str
    happened_at: datetime
    received_at: datetime
    drift: int
    hand: str  # the device that recorded it, or else the person
    voids: UUID | None = None
    held: bool = False
    beyond: int | None = None
    recorder: int = 0
    untimed: bool = False

    @classmethod
    def of(cls, record: AttendanceRecord) -> Fact:
        """That of a stored record."""
        hand = str(record.device_session_id or record.recorder_id)
        return cls(
            record.id,
            record.kind,
            record.status,
            record.method,
            record.happened_at,
            record.received_at,
            record.drift,
            hand,
            record.voids,
            bool(record.held),
            record.beyond,
            record.recorder_id,
            bool(record.untimed),
        )

    @property
    def claimed(self) -> bool:
        """Whether it waits for somebody to look: the invited says it of herself, or late."""
        return self.method == Method.SELF or self.held

    @property
    def far(self) -> bool:
        """Whether the phone was too far away; one that says nothing of where it is, is so only without a code."""
        return self.method == Method.SELF if self.beyond is None else self.beyond > 0

    @property
    def waited(self) -> bool:
        """Whether it came late: who had no network may not have heard of what was received meanwhile."""
        return self.received_at - self.happened_at > ONLINE

    def says_no_more_than(self, other: Fact) -> bool:
        """Whether somebody says of herself here what she had said before, no nearer and no sooner after the screen."""
        same = self.method == other.method and self.method in SAID_ONESELF and self.recorder == other.recorder
        return (
            same
            and other.happened_at <= self.happened_at
            and other.held <= self.held
            and other.far <= self.far
        )

    def odd(self, hours: Hours) -> bool:
        """Whether the phone's clock cannot have been right, or nobody can tell."""
        return self.untimed or is_drift(self.drift) or self.happened_at < hours.opens_at

    def at(self, hours: Hours) -> datetime:
        """When it happened; when we heard of it, if the phone names a time before the doors were open."""
        return self.received_at if self.happened_at < hours.opens_at else self.happened_at


@dataclass(frozen=True)
class Outcome:
    """What is known of one seat: the columns of `Verdict`."""

    status: Status = Status.BELUM
    first_in: datetime | None = None
    said_at: datetime | None = None
    record_id: UUID | None = None
    doubled: bool = False
    odd_clock: bool = False
    claims_since: datetime | None = None
    computed: bool = False
    far: bool = False
    late_code: bool = False
    beyond: int | None = None
    method: str | None = None


def derive(facts: Iterable[Fact], hours: Hours, *, closed: bool = False) -> Outcome:
    """The verdict on one seat. `closed`: the sheet has been handed in, and silence of the invited is an absence."""
    alive = live(facts)
    alive.sort(key=lambda fact: (fact.at(hours), str(fact.id)))
    ruling = next((fact for fact in reversed(alive) if fact.kind == RecordKind.STATUS), None)
    ins = [f for f in alive if f.kind == RecordKind.IN and (ruling is None or f.at(hours) > ruling.at(hours))]
    came = _first_to_hold(ins, hours)
    claim = next((fact for fact in ins if fact.claimed), None) if not (came or ruling) else None
    status, deciding = _say(came, _answer_to(came, ins), ruling, hours)
    computed = closed and status is Status.BELUM
    return Outcome(
        status=Status.ALPA if computed else status,
        first_in=_came_at(deciding, hours) if status.came else None,
        said_at=deciding.at(hours) if deciding else None,
        record_id=deciding.id if deciding else None,
        doubled=_is_doubled(alive),
        odd_clock=any(fact.odd(hours) for fact in alive),
        claims_since=claim.at(hours) if claim else None,
        computed=computed,
        far=any(fact.far for fact in alive),
        late_code=any(fact.held for fact in alive),
        beyond=_farthest(alive),
        method=deciding.method if deciding else None,
    )


def live(facts: Iterable[Fact]) -> list[Fact]:
    """Those that say something and are not cancelled."""
    known = list(facts)
    cancelled = {fact.voids for fact in known if fact.kind == RecordKind.VOID}
    return [fact for fact in known if fact.kind != RecordKind.VOID and fact.id not in cancelled]


def is_said(fact: Fact, facts: Iterable[Fact]) -> bool:
    """Whether this claim repeats a live one of the same person, to which nobody has said anything since."""
    alive = live(facts)
    before = [one.happened_at for one in alive if fact.says_no_more_than(one)]
    words = [one.happened_at for one in alive if one.kind == RecordKind.STATUS]
    return bool(before) and not any(max(before) <= at < fact.happened_at for at in words)


def are_too_many(recorder: int, facts: Iterable[Fact]) -> bool:
    """Whether one recorder has said all that anybody could mean of one seat."""
    return sum(fact.recorder == recorder for fact in facts) >= MOST_RECORDS


def _farthest(alive: list[Fact]) -> int | None:
    """How far away the farthest self check-in was; None without a position, or where nothing can be judged."""
    judged = [fact.beyond for fact in alive if fact.beyond is not None and fact.beyond >= 0]
    return max(judged, default=None)


def _first_to_hold(ins: list[Fact], hours: Hours) -> Fact | None:
    """The earliest "in" that counts: a tap, or a claim that lay before the coordinator when she tapped."""
    taps = [fact for fact in ins if not fact.claimed]
    if not taps:
        return None
    last = taps[-1].at(hours)
    return next(fact for fact in ins if not fact.claimed or fact.received_at <= last)


def _answer_to(came: Fact | None, ins: list[Fact]) -> str | None:
    """What the keeper said when she answered a claim: that counts before the claim's hour."""
    if came is None or not came.claimed:
        return None
    return next((fact.status for fact in ins if not fact.claimed and fact.status), None)


def _say(
    came: Fact | None, answer: str | None, ruling: Fact | None, hours: Hours
) -> tuple[Status, Fact | None]:
    if came is not None:
        late = Status.TERLAMBAT if came.at(hours) > hours.late_after else Status.HADIR
        return Status(came.status or answer or late), came
    if ruling is not None:
        return Status(ruling.status or Status.BELUM), ruling
    return Status.BELUM, None


def _came_at(deciding: Fact | None, hours: Hours) -> datetime | None:
    """When the person came; not known when it was recorded after the end, or of somebody in time after the border."""
    if deciding is None:
        return None
    at = deciding.at(hours)
    afterwards = deciding.status == Status.HADIR and at > hours.late_after
    return None if afterwards or at > hours.ends_at else at


def _is_doubled(alive: list[Fact]) -> bool:
    """Whether two phones marked this seat, the one without knowing of the other; of two taps it goes without saying.

    A status said after hearing of a tap is no double: whoever says it has seen the tap.
    """
    marks = [fact for fact in alive if fact.method not in SAID_ONESELF and fact.method != Method.CORRECTION]
    if len({fact.hand for fact in marks if fact.kind == RecordKind.IN}) > 1:
        return True
    received: dict[str, datetime] = {}  # by hand, the last that we heard of its earlier marks
    for mark in sorted(marks, key=lambda fact: (fact.happened_at, str(fact.id))):
        others = [at for hand, at in received.items() if hand != mark.hand]
        if others and (mark.waited or mark.happened_at < max(others)):
            return True
        received[mark.hand] = max(mark.received_at, received.get(mark.hand, mark.received_at))
    return False

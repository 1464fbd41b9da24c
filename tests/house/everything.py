"""A district with one of everything in it, under numbers that are recognised wherever they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count, islice, product
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Integer, event
from werkzeug.routing import Rule

from tests.attendance import worlds
from tests.attendance.scenes import also_invited, meeting_of
from tests.cast import ANI, BUDI, CENGKARENG, DEWI, EKO, KAPUK, LONG_AGO, station_id
from tests.clock import NOW
from tests.conftest import FULL
from webapp.attendance.models import Site
from webapp.attendance.rules.answering import token_of
from webapp.attendance.rules.cancelling import cancel
from webapp.attendance.rules.tokens import key_for
from webapp.checkins.models import CheckIn, Kind
from webapp.people.figures.acts import ACTS
from webapp.people.models import AuditEntry, DeviceSession, Group, Membership, Person, Seat, Slot
from webapp.people.rules.training import Bimtek, grant
from webapp.places.rules.scope import everywhere
from webapp.plumbing.database import Model, db, writing
from webapp.plumbing.fields import RowField
from webapp.plumbing.submissions import Submission, kinds, receipt_of

FIRST = 7_000_000
OURS = re.compile(
    r"\b70\d{5}\b|\b7\.0\d\d\.\d{3}\b"
)  # the number of a row, as it is kept or as it is written
RECORD, WAITING, LOST = UUID(int=91), UUID(int=92), UUID(int=93)
MOST_PATHS = 3 if FULL else 1  # of one route
TOLD = {"mandate": FIRST, "role": "coordinator", "region_code": CENGKARENG, "since": "2026-12-01", "until": None,
        "active": False, "secret": "password", "devices": 2, "name": "•", "group": FIRST}  # fmt: skip
Arguments = dict[str, list[object]]


def build(app: Flask) -> Arguments:
    """Make it, and say what each argument of a route may be filled with."""
    with far_numbers():
        with app.app_context(), everywhere("a row with a number that is seen"):
            db.session.add(_far_person())
            db.session.commit()
        made = worlds.build(app)["own"].ids
        with app.app_context():
            told = _arguments(made) | _people(made["meeting"])
            told["meeting_id"] = [*_meetings(), *told["meeting_id"]]
            db.session.remove()
    return told


@contextmanager
def far_numbers() -> Iterator[None]:
    """Every row that is made inside gets a number above `FIRST`."""
    numbers = count(FIRST + 10_000)

    def give(mapper: Any, _connection: Any, row: Any) -> None:
        key = mapper.primary_key[0]
        if key.name == "id" and isinstance(key.type, Integer) and row.id is None:
            row.id = next(numbers)

    event.listen(Model, "before_insert", give, propagate=True)
    try:
        yield
    finally:
        event.remove(Model, "before_insert", give)


def paths(rule: Rule, told: Arguments) -> Iterator[str]:
    """Some addresses of a route."""
    names = sorted(rule.arguments)
    for values in islice(product(*(told[name] for name in names)), MOST_PATHS):
        filled = dict(zip(names, values, strict=True))
        yield re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found, filled=filled: str(filled[found[1]]), rule.rule)


def _far_person() -> Person:
    return Person(
        id=FIRST,
        name="Pak Jauh",
        search_name="pak jauh",
        region_code=KAPUK,
        created_at=LONG_AGO,
        birth_year=1980,
    )


def _arguments(ids: dict[str, Any]) -> Arguments:
    sheets: list[object] = [ids["sheet"], ids["waiting"], ids["locked"]]
    token = token_of(ids["seat"], ids["owner"], key_for("rsvp", "s" * 32))
    return {
        "meeting_id": [ids["meeting"]], "sheet_id": sheets, "session_id": [ids["session"]], "site_id": [ids["site"]],
        "invitation_id": [ids["seat"], ids["other"]], "decision_id": [ids["decision"]],
        "correction_id": [ids["correction"]], "code": [CENGKARENG, KAPUK, "31.73"], "kode": [KAPUK],
        "station_id": [station_id(KAPUK, 1), station_id(KAPUK, 2)], "check_in_id": [RECORD],
        "submission_id": [RECORD], "token": [token], "stamp": ["1.AAAAAAAAAAAAAA"], "place": [0], "photo_id": [1],
        "sha256": ["c" * 64], "device_id": [BUDI.device], "mandate_id": [BUDI.id, ANI.id],
        "person_id": [BUDI.id, ANI.id, ids["owner"]],
    }  # fmt: skip


def _people(meeting: int) -> Arguments:
    """A simpul, a seat at a TPS, check-ins, papers, what could not be taken, a phone that holds something back."""
    with writing(), everywhere("one of everything is made"):
        group = _add(Group(region_code=KAPUK, name="Relawan Kapuk", search_name="relawan kapuk", created_at=NOW,
                           created_by=ANI.id))  # fmt: skip
        _add(Membership(group_id=group, person_id=BUDI.id, region_code=KAPUK, since=NOW, added_by=ANI.id))
        seat = _add(Seat(region_code=KAPUK, election_id=1, station_id=station_id(KAPUK, 1), person_id=BUDI.id,
                         slot=Slot.MAIN, since=NOW, assigned_by=ANI.id))  # fmt: skip
        for record, who in ((RECORD, BUDI.id), (WAITING, ANI.id)):
            db.session.add(_check_in(record, who))
        states = enumerate(("ditolak", "perlu diperiksa"))
        db.session.add_all(_refused(UUID(int=94 + n), state) for n, state in states)
        db.session.add_all(
            _refused(UUID(int=200 + n), "ditolak", kind, _numbered(kind)) for n, kind in enumerate(kinds)
        )
        (paper,) = grant(Bimtek(meeting, CENGKARENG, "witness", "Bimtek saksi", NOW.date()), [BUDI.id])
        device = db.session.get_one(DeviceSession, BUDI.device)
        device.held, device.held_at, device.held_oldest_at = 3, NOW, NOW - timedelta(days=2)
        db.session.add_all(_act(act) for act in (*ACTS, "something.new"))
        return {"group_id": [group], "seat_id": [seat], "certificate_code": [paper.code]}


def _meetings() -> list[object]:
    """One that runs now and invites half of the cast, at a second site without a place; and one that was called off."""
    start = NOW - timedelta(hours=1)
    runs = meeting_of(3, start=start, title="Rakor sekarang")
    also_invited(runs, ANI, BUDI, EKO, DEWI)
    off = meeting_of(2, start=start + timedelta(days=2), title="Rakor batal")
    with writing(), everywhere("one of everything is made"):
        db.session.add(Site(meeting_id=runs.meeting, region_code=KAPUK, offset=420))
        cancel(off.meeting, "Banjir", ANI.id)
    return [runs.meeting, off.meeting]


def _check_in(record: UUID, who: int) -> CheckIn:
    return CheckIn(
        submission_id=record, person_id=who, region_code=KAPUK, station_id=station_id(KAPUK, 1), kind=Kind.TPS,
        day=NOW.date(), claimed_at=NOW, happened_at=NOW, received_at=NOW, offset=420, drift=0,
    )  # fmt: skip


def _numbered(kind: str) -> dict[str, Any]:
    """A sending of this kind that names rows, of which none is there, in every field that names one."""
    number = str(FIRST + 5)
    fields = kinds[kind].form()._fields.items()
    told = {name: number for name, one in fields if isinstance(one, RowField) or name == "kursi"}
    more = {"checkin": {"lagi": f"tps::tps-{number}"}, "attendance.paper": {f"tanda-{number}": "h"},
            "attendance.screen": {"kode": f"{number}.115000000.{'a' * 14}"}, "seat.end": {"urung": "1"}}  # fmt: skip
    return told | {"base_version": number} | more.get(kind, {})


def _refused(key: UUID, state: str, kind: str = "checkin", payload: Any = None) -> Submission:
    return Submission(
        id=key, kind=kind, sender_id=ANI.id, region_code=KAPUK, content_hash="x", state=state,
        reason="Tempat ini tidak ada.", receipt=receipt_of(key), claimed_at=NOW, happened_at=NOW, received_at=NOW,
        offset=420, payload=payload or {"jenis": "tps", "tempat": "", "catatan": "Ramai."},
    )  # fmt: skip


def _act(act: str) -> AuditEntry:
    kind = act.partition(".")[0]
    about = {"group": "group", "sheet": "sheet", "meeting": "meeting"}.get(kind, "person")
    return AuditEntry(region_code=KAPUK, at=NOW, actor_id=ANI.id, act=act, subject=about, after=TOLD,
                      subject_id=BUDI.id if about == "person" else FIRST + 1)  # fmt: skip


def _add(row: Any) -> int:
    db.session.add(row)
    db.session.flush()
    return int(row.id)

"""A crowd for the bench: witnesses with phones of their own, and meetings enough to mark.

One witness who checks in 300 times a second, or one seat that is tapped a thousand times, is nobody in life, and the
product looks at what stands beside. So the load is spread. Run as `python -m tests.bench.crowd` in the environment
of a product with the demo in it; it prints JSON: the witnesses (cookie, TPS), the keeper's cookie, the seats, and the
meeting to which all the witnesses are invited.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from tests.visits import cookie_of
from webapp.attendance.models import Invitation, MeetingKind, Sheet, Site
from webapp.attendance.rules.inviting import Guest, invite
from webapp.attendance.rules.meetings import Plan, call_meeting
from webapp.people.models import CONSENT_VERSION, Account, DeviceSession, Mandate, Person
from webapp.people.rules.permissions import Role
from webapp.places.models import Election, Station
from webapp.places.rules.scope import EVERYWHERE, bind
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, within, writing
from wsgi import app

KOTA = "31.73"
WITNESSES, MEETINGS, SEATS = 500, 60, 63
HALL = (-6.19, 106.74)


def gather() -> dict[str, Any]:
    """Put the crowd into the database."""
    bind(EVERYWHERE)
    with writing():
        here = select(Station).join(Election, Election.id == Station.election_id).where(Election.current)
        here = here.where(within(Station.village_code, KOTA), Station.retired.is_(False))
        stations = db.session.scalars(
            here.order_by(Station.number, Station.village_code).limit(WITNESSES)
        ).all()
        witnesses = [_witness(number, station) for number, station in enumerate(stations)]
        keeper = db.session.scalars(
            select(Mandate.person_id).where(Mandate.role == Role.COORDINATOR, Mandate.region_code == KOTA)
        ).first()
        assert keeper is not None, "the demo has a coordinator of the kota"
        guests = [Guest(person) for person in db.session.scalars(select(Person.id).limit(SEATS)).all()]
        meetings = [_meeting(keeper, guests) for _ in range(MEETINGS)]
        phone = _device(db.session.scalars(select(Account).where(Account.person_id == keeper)).one())
        hall = _meeting(keeper, [Guest(person) for _device, person, _place in witnesses])
        _stand_at(hall)
    found = select(Invitation.meeting_id, Sheet.id, Invitation.id).join(
        Sheet, Sheet.site_id == Invitation.site_id
    )
    seats = [tuple(row) for row in db.session.execute(found.where(Invitation.meeting_id.in_(meetings)))]
    people = [{"cookie": header_of(app, device), "place": place} for device, _person, place in witnesses]
    return {"witnesses": people, "keeper": header_of(app, phone), "seats": seats, "hall": hall}


def header_of(app: Flask, device: UUID) -> str:
    """The Cookie header of a phone that is signed in."""
    return "=".join(cookie_of(app, device))


def _stand_at(meeting: int) -> None:
    """The place of a meeting: phones are near it or far."""
    site = db.session.scalars(select(Site).where(Site.meeting_id == meeting)).one()
    site.latitude, site.longitude = HALL


def _witness(number: int, station: Station) -> tuple[UUID, int, str]:
    moment, code = now(), station.village_code
    phone = f"+6284099{number:06}"
    person = Person(
        region_code=code,
        name=f"Saksi {number}",
        search_name=f"saksi {number}",
        phone=phone,
        station_id=station.id,
        created_at=moment,
    )
    db.session.add(person)
    db.session.flush()
    account = Account(
        person_id=person.id,
        phone=phone,
        temporary=False,
        consent_version=CONSENT_VERSION,
        created_at=moment,
    )
    since = (moment - timedelta(days=60)).date()
    db.session.add_all(
        [account, Mandate(person_id=person.id, role=Role.WITNESS, region_code=code, since=since)]
    )
    db.session.flush()
    return _device(account), person.id, f"tps-{station.id}"


def _device(account: Account) -> UUID:
    device = DeviceSession(
        id=uuid4(), account_id=account.id, label="HP uji", created_at=now(), last_seen_at=now()
    )
    db.session.add(device)
    db.session.flush()
    return device.id


def _meeting(keeper: int, guests: list[Guest]) -> int:
    start = now().replace(minute=0, second=0, microsecond=0)
    plan = Plan(MeetingKind.RAPAT, "Rapat uji", KOTA, start, start + timedelta(hours=12))
    meeting = call_meeting(plan, keeper)
    invite(meeting.id, guests, keeper)
    return meeting.id


if __name__ == "__main__":
    with app.app_context():
        json.dump(gather(), sys.stdout)

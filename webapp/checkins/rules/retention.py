"""Forgetting: coordinates, photos, raw contents, attempts to sign in and devices, each past its date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, false, or_, select, update

from webapp.checkins.models import CheckIn, CheckInPhoto, EarlyVoid
from webapp.people.models import DeviceSession, SignInAttempt, SignInTurn
from webapp.places.models import Election, Station
from webapp.places.rules.elections import gone_days, is_over
from webapp.places.rules.scope import everywhere
from webapp.plumbing import files, submissions
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db, writing
from webapp.plumbing.files import Blob

KEEP_TRACES = timedelta(days=30)  # attempts to sign in, revoked devices, undos without a check-in
KEEP_TURNS = timedelta(days=1)
WHY = "what is past its date is forgotten everywhere"


def forget(idle: timedelta) -> dict[str, int]:
    """Delete all that is past its date, and say how many of each.

    `idle` is how long a device stays signed in without being used.
    """
    moment = now()
    with everywhere(WHY):
        return {
            "coordinates of check-ins deleted": _forget_positions(local_day(moment)),
            "raw contents dropped": submissions.forget_payloads(),
            "attempts to sign in deleted": _remove(SignInAttempt, SignInAttempt.at < moment - KEEP_TRACES),
            "turns to sign in deleted": _done(
                delete(SignInTurn).where(SignInTurn.ready_at < moment - KEEP_TURNS).returning(SignInTurn.key)
            ),
            "device sessions deleted": _remove(DeviceSession, _expired(moment, idle)),
            "undos without a check-in deleted": _remove(
                EarlyVoid, EarlyVoid.received_at < moment - KEEP_TRACES
            ),
        }


def forget_photos() -> dict[str, int]:
    """Delete the photos of check-ins whose coordinates must go, and what was sent of photos that nobody finished.

    Outside of any write transaction: the storage may be slow. Raises `files.StoreAway`; running it again goes on.
    """
    with everywhere(WHY):
        elections = db.session.scalars(select(Election)).all()
        over = select(CheckIn.id).where(past_their_date(elections, local_day(now())))
        with writing():
            names = _remove(CheckInPhoto, CheckInPhoto.check_in_id.in_(over))
        return {
            "photos of check-ins deleted": names,
            "files deleted": files.forget(files.past_their_date(_named())),
        }


def forget_photos_of(person_id: int) -> int:
    """Delete all photos of one person, who has asked for it; how many there were. Outside like `forget_photos`."""
    with everywhere(WHY):
        own = select(CheckIn.id).where(CheckIn.person_id == person_id)
        with writing():
            _remove(CheckInPhoto, CheckInPhoto.check_in_id.in_(own))
        return files.forget(Blob.owner_id == person_id)


def past_their_date(elections: Iterable[Election], today: date) -> ColumnElement[bool]:
    """The check-ins whose coordinates must go: 90 days after the result of their election.

    At a TPS the election is that of the TPS; anywhere else it is the first whose result was still to come. Where
    none was to come any more, 90 days count from the check-in. Nothing of a running election is ever among them.
    """
    known = list(elections)
    over = [one.id for one in known if is_over(one, today)]
    running = [one.id for one in known if one.id not in over]
    gone = gone_days(known, today)
    elsewhere = false() if gone.until is None else CheckIn.day <= gone.until
    after_all = and_(CheckIn.day > gone.last, CheckIn.day < gone.since)
    at_running = CheckIn.station_id.in_(select(Station.id).where(Station.election_id.in_(running)))
    at_over = CheckIn.station_id.in_(select(Station.id).where(Station.election_id.in_(over)))
    loose = CheckIn.station_id.is_(None)
    return or_(and_(loose, or_(elsewhere, after_all)), and_(at_over, ~at_running))


def _forget_positions(today: date) -> int:
    elections = db.session.scalars(select(Election)).all()
    kept = or_(CheckIn.lat.is_not(None), CheckIn.lng.is_not(None), CheckIn.accuracy.is_not(None))
    gone = update(CheckIn).where(kept, past_their_date(elections, today))
    return _done(gone.values(lat=None, lng=None, accuracy=None).returning(CheckIn.id))


def _named() -> ColumnElement[bool]:
    """Whether a check-in of the same person names the file."""
    same = and_(CheckInPhoto.sha256 == Blob.sha256, CheckIn.person_id == Blob.owner_id)
    return exists().where(CheckIn.id == CheckInPhoto.check_in_id, same)


def _expired(moment: datetime, idle: timedelta) -> ColumnElement[bool]:
    return or_(DeviceSession.last_seen_at < moment - idle, DeviceSession.revoked_at < moment - KEEP_TRACES)


def _remove(model: Any, condition: ColumnElement[bool]) -> int:
    return _done(delete(model).where(condition).returning(model.id))


def _done(statement: Any) -> int:
    return len(db.session.scalars(statement, execution_options={"synchronize_session": False}).all())

"""Forget coordinates, photos and undos of check-ins, each past its date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, update

from webapp.checkins.models import CheckIn, CheckInPhoto, EarlyVoid
from webapp.places.models import Election, Station
from webapp.places.rules.elections import gone_days, is_over
from webapp.places.rules.scope import everywhere
from webapp.plumbing import files
from webapp.plumbing.clock import local_day, now
from webapp.plumbing.database import db, delete_where, writing
from webapp.plumbing.files import Blob

KEEP_TRACES = timedelta(days=30)  # undos without a check-in
WHY = "what is past its date is forgotten everywhere"


def forget() -> dict[str, int]:
    """Delete all of this room that is past its date, and say how many of each."""
    moment = now()
    with everywhere(WHY):
        return {
            "coordinates of check-ins deleted": _forget_positions(local_day(moment)),
            "undos without a check-in deleted": delete_where(
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
            names = delete_where(CheckInPhoto, CheckInPhoto.check_in_id.in_(over))
        return {
            "photos of check-ins deleted": names,
            "files deleted": files.forget(files.past_their_date(_named())),
        }


def forget_photos_of(person_id: int) -> int:
    """Delete all photos of one person, who has asked for it; how many there were. Outside like `forget_photos`."""
    with everywhere(WHY):
        own = select(CheckIn.id).where(CheckIn.person_id == person_id)
        with writing():
            delete_where(CheckInPhoto, CheckInPhoto.check_in_id.in_(own))
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
    forgotten = gone.values(lat=None, lng=None, accuracy=None).returning(CheckIn.id)
    return len(db.session.scalars(forgotten, execution_options={"synchronize_session": False}).all())


def _named() -> ColumnElement[bool]:
    """Whether a check-in of the same person names the file."""
    same = and_(CheckInPhoto.sha256 == Blob.sha256, CheckIn.person_id == Blob.owner_id)
    return exists().where(CheckIn.id == CheckInPhoto.check_in_id, same)

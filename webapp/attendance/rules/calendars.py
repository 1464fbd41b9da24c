"""The private address of a person's calendar: made, shown to that person alone, and made worthless by a new one."""

from __future__ import annotations

from secrets import token_urlsafe

from webapp.attendance.models import CalendarFeed
from webapp.plumbing.clock import now
from webapp.plumbing.database import db, upsert

BYTES = 24  # 192 bits: nobody guesses it


def feed_of(person_id: int) -> CalendarFeed | None:
    """The address in force, if there is one."""
    return db.session.get(CalendarFeed, person_id)


def new_feed(person_id: int) -> CalendarFeed:
    """Make an address; the earlier one leads nowhere from now on."""
    told = {"token": token_urlsafe(BYTES), "made_at": now()}
    made = upsert(CalendarFeed).values(person_id=person_id, **told)
    db.session.execute(made.on_conflict_do_update(index_elements=["person_id"], set_=told))
    return db.session.get_one(CalendarFeed, person_id, populate_existing=True)


def end_feed(person_id: int) -> None:
    """Take the address away without a new one; once more changes nothing."""
    feed = feed_of(person_id)
    if feed is not None:
        db.session.delete(feed)
        db.session.flush()

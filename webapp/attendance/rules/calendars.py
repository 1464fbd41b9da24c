"""The private address of a person's calendar: made, shown to that person alone, and made worthless by a new one."""

from __future__ import annotations

from secrets import token_urlsafe

from sqlalchemy import select

from webapp.attendance.models import CalendarFeed
from webapp.plumbing.clock import now
from webapp.plumbing.database import db

BYTES = 24  # 192 bits: nobody guesses it


def feed_of(person_id: int) -> CalendarFeed | None:
    """The address in force, if there is one."""
    return db.session.get(CalendarFeed, person_id)


def new_feed(person_id: int) -> CalendarFeed:
    """Make an address; the earlier one leads nowhere from now on."""
    held = select(CalendarFeed).where(CalendarFeed.person_id == person_id).with_for_update()
    feed = db.session.scalars(held).one_or_none() or CalendarFeed(person_id=person_id)
    feed.token, feed.made_at = token_urlsafe(BYTES), now()
    db.session.add(feed)
    db.session.flush()
    return feed


def end_feed(person_id: int) -> None:
    """Take the address away without a new one; once more changes nothing."""
    feed = feed_of(person_id)
    if feed is not None:
        db.session.delete(feed)
        db.session.flush()

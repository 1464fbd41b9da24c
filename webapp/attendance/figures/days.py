"""A day that is probably a slip: said in a plain word when a meeting or a session is put on it, and never refused."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from webapp.plumbing.clock import date_words, local_day, now, number

LONG_PAST, FAR_AHEAD = timedelta(days=7), timedelta(days=180)


def odd_day(starts_at: datetime, offset: int) -> str:
    """What to say of this start, at `offset` minutes east; empty for a day that is near enough."""
    day = local_day(starts_at, offset)
    ahead = day - local_day(now(), offset)
    if -LONG_PAST <= ahead <= FAR_AHEAD:
        return ""
    told = {"day": date_words(day), "n": number(abs(ahead.days))}
    if ahead < timedelta():
        return _("Periksa tanggalnya: %(day)s sudah lewat %(n)s hari.", **told)
    return _("Periksa tanggalnya: %(day)s masih %(n)s hari lagi.", **told)

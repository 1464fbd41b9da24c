"""Hours as Zoom writes them: in the zone of the account and the order of its country, which the file does not name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

DAYS = "%m/%d/%Y,%d/%m/%Y,%Y-%m-%d,%Y/%m/%d,%d-%m-%Y,%d.%m.%Y,%d %b %Y,%m/%d/%y,%d/%m/%y".split(",")
HOURS = "%I:%M:%S %p,%I:%M %p,%H:%M:%S,%H:%M,%H.%M.%S,%H.%M".split(",")
FORMATS = tuple(f"{day} {hour}" for day in (*DAYS, "%b %d, %Y") for hour in HOURS)
WRITTEN = str.maketrans({"\u202f": " ", "\u00a0": " "})


def reader_of(texts: Sequence[str], offset: int, near: datetime) -> dict[str, datetime]:
    """The moment that each of these texts means, in UTC; those that no way of writing reads are missing.

    One way of writing holds for the whole file: the one that reads most of them, and nearest to `near`.
    """
    best: dict[str, datetime] = {}
    rank: tuple[int, float] | None = None
    known = list(dict.fromkeys(texts))
    for pattern in FORMATS:
        if known and _one(known[0], pattern, offset) is None and _one(known[-1], pattern, offset) is None:
            continue
        found = {text: moment for text in known if (moment := _one(text, pattern, offset))}
        if not found:
            continue
        away = min(abs((moment - near).total_seconds()) for moment in found.values())
        if rank is None or (-len(found), away) < rank:
            best, rank = found, (-len(found), away)
    return best


def _one(text: str, pattern: str, offset: int) -> datetime | None:
    try:
        told = datetime.strptime(" ".join(text.translate(WRITTEN).split()), pattern)  # noqa: DTZ007
    except ValueError:
        return None
    if not 2000 <= told.year <= 2199:
        return None
    zone = timezone(timedelta(minutes=offset))
    return told.replace(tzinfo=zone).astimezone(UTC)

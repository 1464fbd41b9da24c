"""Hours as meeting programs write them: in the zone of the account and the order of its country, named or not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

DAYS = "%m/%d/%Y,%d/%m/%Y,%Y-%m-%d,%Y/%m/%d,%d-%m-%Y,%d.%m.%Y,%d %b %Y,%b %d %Y,%m/%d/%y,%d/%m/%y,%d.%m.%y".split(
    ","
)
HOURS = ("%H:%M:%S", "%I:%M:%S %p")
CLOCK = re.compile(r"(?:^|(?<=\s))(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(\s?[ap]m)?$", re.IGNORECASE)
FORMATS = (*(f"{day} {hour}" for day in DAYS for hour in HOURS), *HOURS)
LONGEST = 60
NOTHING = re.compile(r"[-–—.\s]*|n/?a", re.IGNORECASE)
AT = re.compile(r"\b(?:pukul|pkl|jam|at)\b\.? ?(?=\d)", re.IGNORECASE)  # between day and hour
ZONES = {"wib": 420, "wita": 480, "wit": 540, "utc": 0, "gmt": 0, "z": 0}
ZONED = re.compile(r"\s*\(?(wib|wita|wit|utc|gmt|z)?\s?([+-]\d{1,2}(?::?\d{2})?)?\)?$", re.IGNORECASE)
MONTHS = {"mei": "May", "agu": "Aug", "agt": "Aug", "ags": "Aug", "okt": "Oct", "des": "Dec"}
ENGLISH = {month: month.title() for month in "jan feb mar apr may jun jul aug sep oct nov dec".split()}
WEEKDAY = re.compile(
    r"^(mon|tue|wed|thu|fri|sat|sun|sen|sel|rab|kam|jum|sab|min|aha)[^\W\d]*[.,]* ", re.IGNORECASE
)


@dataclass(frozen=True)
class Told:
    """A moment as it was written: the clock's words without a zone, and the zone (minutes east) if it was named."""

    words: str
    offset: int | None


@dataclass(frozen=True)
class Reader:
    """The one way of writing that holds for a whole file."""

    moments: dict[str, datetime]
    day_first: bool | None
    zoned: bool


def reader_of(texts: Sequence[str], offset: int, near: datetime) -> Reader:
    """The moment that each of these texts means, in UTC; those that no way of writing reads are missing.

    One way of writing holds for the whole file: the one that reads most of them, and nearest to `near`. Hours
    without a zone are those of `offset` (minutes east of UTC), hours without a day those of the day of `near`.
    """
    known = {text: _told(text) for text in dict.fromkeys(texts)}
    every = list(known.values())
    best, rank, chosen = dict[str, datetime](), (0, 0.0), ""
    for pattern in FORMATS:
        if not every or all(_one(one, pattern, offset, near) is None for one in (every[0], every[-1])):
            continue
        found = {text: at for text, one in known.items() if (at := _one(one, pattern, offset, near))}
        if not found:
            continue
        away = min(abs((moment - near).total_seconds()) for moment in found.values())
        if (-len(found), away) < rank:
            best, rank, chosen = found, (-len(found), away), pattern
    slashed = "/%" in chosen and not chosen.startswith("%Y")
    zoned = bool(every) and all(one.offset is not None for one in every)
    return Reader(best, chosen.startswith("%d") if slashed else None, zoned)


def is_nothing(text: str) -> bool:
    """Whether the cell says that there is no time: --, n/a."""
    return NOTHING.fullmatch(text) is not None


def _told(text: str) -> Told:
    """The words as `strptime` reads them: English months of three letters, AM and PM, no weekday, no zone."""
    plain = " ".join(text[:LONGEST].replace("T", " ", text[4:5] == "-").split())
    plain = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", plain, flags=re.IGNORECASE)
    plain = AT.sub("", plain)
    plain = re.sub(r"(:\d{2})\.\d{1,6}\b", r"\1", plain)  # fractions of a second
    offset, plain = _zone(plain)
    plain = WEEKDAY.sub("", plain).replace(",", " ")
    plain = CLOCK.sub(lambda told: f"{told[1]}:{told[2]}:{told[3] or '00'} {told[4] or ''}", plain.strip())
    return Told(" ".join(map(_word, plain.split())), offset)


def _zone(text: str) -> tuple[int | None, str]:
    found = ZONED.search(text)
    if found is None or not (found[1] or (found[2] and ":" in text[: found.start()])):
        return None, text
    offset = ZONES[(found[1] or "utc").lower()]
    if found[2]:
        sign = -1 if found[2].startswith("-") else 1
        digits = found[2][1:].replace(":", "")
        hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
        offset += sign * (hours * 60 + minutes)
    return (offset, text[: found.start()]) if abs(offset) <= 14 * 60 else (None, text)


def _word(word: str) -> str:
    start = word[:3].lower().rstrip(".")
    return MONTHS.get(start) or ENGLISH.get(start) or word if word[:1].isalpha() and len(word) > 2 else word


def _one(told: Told, pattern: str, offset: int, near: datetime) -> datetime | None:
    try:
        read = datetime.strptime(told.words, pattern)  # noqa: DTZ007
    except ValueError:
        return None
    zone = timezone(timedelta(minutes=offset if told.offset is None else told.offset))
    if pattern in HOURS:
        day = near.astimezone(zone)
        read = read.replace(year=day.year, month=day.month, day=day.day)
    if not 2000 <= read.year <= 2199:
        return None
    return read.replace(tzinfo=zone).astimezone(UTC)

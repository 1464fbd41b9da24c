"""Time: UTC inside, the place's own hours on the screen, in the words of the field."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from flask import Flask

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = ("Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember").split()
WIB = 420  # minutes east of UTC: Jakarta, whose hour holds where no place is known


def now() -> datetime:
    """The server's time, aware, in UTC."""
    return datetime.now(UTC)


def as_local(moment: datetime, offset: int = WIB) -> datetime:
    """`moment` at `offset` minutes east of UTC."""
    return moment.astimezone(timezone(timedelta(minutes=offset)))


def local_day(moment: datetime, offset: int = WIB) -> date:
    """The calendar day of `moment` at `offset` minutes east of UTC."""
    return as_local(moment, offset).date()


def day_bounds(day: date, offset: int = WIB) -> tuple[datetime, datetime]:
    """First moment of `day` and of the next one, in UTC, for a place at `offset`."""
    start = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=offset))).astimezone(UTC)
    return start, start + timedelta(days=1)


def from_phone(text: str, offset: int) -> datetime:
    """A phone's local ISO time and its offset in minutes, as UTC. Raises ValueError when it is no time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    return moment.astimezone(UTC)


def hour(moment: datetime | None, offset: int = WIB) -> str:
    """14.05"""
    return "" if moment is None else as_local(moment, offset).strftime("%H.%M")


def day_words(moment: datetime | date | None, offset: int = WIB) -> str:
    """Sabtu 9 November"""
    day = as_local(moment, offset).date() if isinstance(moment, datetime) else moment
    return "" if day is None else f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def date_words(moment: datetime | date | None, offset: int = WIB) -> str:
    """Sabtu 9 November 2024"""
    day = as_local(moment, offset).date() if isinstance(moment, datetime) else moment
    return "" if day is None else f"{day_words(day)} {day.year}"


def day_short(moment: datetime | date | None, offset: int = WIB) -> str:
    """Sab 9 Nov"""
    day = as_local(moment, offset).date() if isinstance(moment, datetime) else moment
    return "" if day is None else f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def number(value: float | None) -> str:
    """3.452"""
    return "" if value is None else f"{value:,.0f}".replace(",", ".")


def percent(part: int, whole: int) -> str:
    """77%, rounded down so that 100% means all; a dash when there is nothing to divide by."""
    return f"{part * 100 // whole}%" if whole else "–"


def add_filters(app: Flask) -> None:
    """Give templates the field's way of writing times and numbers."""
    app.jinja_env.filters |= {
        "jam": hour,
        "hari": day_words,
        "tanggal": date_words,
        "tgl": day_short,
        "angka": number,
    }
    app.jinja_env.globals["persen"] = percent

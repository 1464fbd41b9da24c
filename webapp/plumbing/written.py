"""One way to read what people paste and spreadsheets write: signs that nobody sees, digits, numbers, yes and no."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from decimal import Decimal
from urllib.parse import unquote_plus

# They take no room and are no format signs (Cf): joiners, fillers, and the selectors of a sign's variant.
HIDDEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
INSTEAD = {"\u2212": "-", "\u066b": ".", "\u066c": ","}  # minus, and the marks between Arabic digits
DOTS = "_·•∙‧"  # between groups of figures they are hyphens
FORMULA = re.compile(r'="(.*)"')  # how a spreadsheet is made to keep a text as it is
GROUPED = re.compile(r"(\d{1,3})(?:([.,' ])\d{3})(?:\2\d{3})*(?:(?!\2)[.,]\d+)?")
PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
POWER = re.compile(r"(\d(?:[.,]\d+)?)[eE]([+-]?\d{1,2})")
DEGREE = "°º˚"
# Sides of the earth, in Indonesian and in English.
UPWARD = r"Lintang\s+(?:Selatan|Utara)|Selatan|Utara|South|North|LS|LU|[NSU]"
ASIDE = r"Bujur\s+(?:Timur|Barat)|Timur|Barat|East|West|BT|BB|[EWTB]"
NEGATIVE = frozenset({"LS", "S", "BB", "B", "W"})
PART = r"\d{1,3}(?:[.,]\d+)?"
MINUTE, SECOND = "['’′]", "[\"”″]|['’′]{2}"
ANGLE = rf"([+-]?{PART})\s*(?:[{DEGREE}]\s*(?:({PART})\s*{MINUTE}(?!{MINUTE})\s*(?:({PART})\s*(?:{SECOND})\s*)?)?)?"
PARTED = re.compile(  # degrees, minutes and seconds without their signs: 6:09:04, 6 09 04 S
    r"(?<![\d.,])(\d{1,3})(?::(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)(?![\d:])|\s(\d{1,2})\s(\d{1,2}(?:[.,]\d+)?)(?=\s*[a-z]))",
    re.IGNORECASE,
)
LATITUDE = rf"(?:({UPWARD})\s*)?{ANGLE}({UPWARD})?"
LONGITUDE = rf"(?:({ASIDE})\s*)?{ANGLE}({ASIDE})?"
NORTHING, EASTING = re.compile(LATITUDE, re.IGNORECASE), re.compile(LONGITUDE, re.IGNORECASE)
PAIR = re.compile(rf"{LATITUDE}(?:\s*[,;\s]\s*|(?<=[a-z])(?=\d)){LONGITUDE}", re.IGNORECASE)
MAP = re.compile(r"@|geo:|https?://|[\w-]+(?:\.[\w-]+)+/", re.IGNORECASE)
POINT = r"([+-]?\d{1,2}\.\d+)%s([+-]?\d{1,3}\.\d+)"
ON_MAPS = tuple(  # the place itself comes before what a map has in its middle
    re.compile(before + POINT % between)
    for before, between in (
        ("!3d", "!4d"),
        ("mlat=", "&mlon="),
        (r"[=:/]\s*", r",\s*"),
        ("@", ","),
        (r"=[\d.]+/", "/"),
    )
)
ROUND = re.compile(r"\d{1,3}[.,]000")  # 25.000 is 25,000 here and 25 there
YES = frozenset({"ya", "y", "iya", "yes", "true", "benar", "betul", "1"})
NO = frozenset({"tidak", "t", "tdk", "no", "n", "false", "salah", "bukan", "0"})
CLOCK = re.compile(r"(\d{1,2})[.:,]?([0-5]\d)(?:[.:,][0-5]\d)?")
LONGEST = 40


def visible(text: str) -> str:
    """The text without the signs that take no room; line ends and blanks stay."""
    if not text.isascii():
        for sign in filter(_is_hidden, set(text)):
            text = text.replace(sign, "")
    return text


def plain(text: str) -> str:
    """The text as a keyboard would have typed it: digits of any script as 0-9, every dash a hyphen, plain blanks."""
    if not text.isascii():
        text = "".join(map(_typed, visible(text)))
    return text.strip()


def cell(text: str) -> str:
    """The same without what only tells a spreadsheet that this is text: '31.73 and ="31.73"."""
    told = plain(text)
    if formula := FORMULA.fullmatch(told):
        told = formula[1]
    return told.lstrip("'\u2019").strip()


def decimal(text: str) -> Decimal | None:
    """A number with a comma or a dot before its fraction, groups of three, 6,15° or a power: 1.067E+02; else None."""
    told = cell(text).rstrip(DEGREE).rstrip()
    sign = -1 if told.startswith("-") else 1
    told = told.removeprefix("-").removeprefix("+").strip()
    if len(told) > LONGEST:
        return None
    if power := POWER.fullmatch(told):
        return sign * Decimal(power[1].replace(",", ".")).scaleb(int(power[2]))
    if PLAIN.fullmatch(told):
        return sign * Decimal(told.replace(",", "."))
    return sign * _ungrouped(told) if GROUPED.fullmatch(told) else None


def degrees(lat: str, lng: str) -> tuple[float, float] | None:
    """Two numbers as a position, without a look at where it lies; None when one of them is no number."""
    north, east = _degrees(lat, NORTHING), _degrees(lng, EASTING)
    return None if north is None or east is None else (float(north), float(east))


def position(text: str) -> tuple[float, float] | None:
    """Latitude and longitude as a map gives them to paste: a pair of numbers or angles, or a link; else None."""
    told = plain(text)
    here = _on_a_map(unquote_plus(told)) if MAP.match(told) else _pair(told.strip("()[]{} "))
    return here if here and abs(here[0]) <= 90 and abs(here[1]) <= 180 else None


def whole(text: str) -> int | None:
    """A whole number of at most nine digits: 25, 25.0, 25,0, 1.234, 1 234; None for anything else.

    25.000 means one thing here and another where it may come from, so it is none.
    """
    told = cell(text)
    if ROUND.fullmatch(told) or told.startswith(("+", "-")) or told.endswith(tuple(DEGREE)):
        return None
    number = _ungrouped(told) if GROUPED.fullmatch(told) and not told.startswith("0") else decimal(told)
    if number is None or number != number.to_integral_value() or not 0 <= number < 10**9:
        return None
    return int(number)


def all_digits(text: str) -> str | None:
    """The digits of a number that names something, as a spreadsheet wrote it: 81234567890.0, 8.123456789E+10.

    None for any other text, and where the spreadsheet has rounded digits away.
    """
    told = cell(text)
    if power := POWER.fullmatch(told):
        digits = re.sub(r"\D", "", power[1])
        return digits if len(digits) == int(power[2]) + 1 else None
    if bare := re.fullmatch(r"(\d+)[.,]0+", told):
        return bare[1]
    grouped = re.fullmatch(r"(\d{1,3}([.,])\d{3}(?:\2\d{3})+)(?:(?!\2)[.,]0+)?", told)
    return re.sub(r"\D", "", grouped[1]) if grouped else None


def hour(text: str) -> time | None:
    """A time of day to the minute: 9.20, 09:20, 9,20, 0920, 09.20.00; None for anything else."""
    told = CLOCK.fullmatch(cell(text))
    return time(int(told[1]), int(told[2])) if told and int(told[1]) < 24 else None


def yes_or_no(text: str) -> bool | None:
    """A word for yes or no as people and spreadsheets write it; None for anything else."""
    word = cell(text).casefold().rstrip(".")
    return True if word in YES else False if word in NO else None


def _is_hidden(sign: str) -> bool:
    return sign in HIDDEN or "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef" or (
        unicodedata.category(sign) == "Cf"
    )  # fmt: skip


def _typed(sign: str) -> str:
    if sign.isascii():
        return sign
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if unicodedata.category(sign) == "Pd":
        return "-"
    if sign.isspace():
        return " "
    wide = unicodedata.east_asian_width(sign) in "FH"
    return INSTEAD.get(sign) or (unicodedata.normalize("NFKC", sign) if wide else sign)


def _degrees(text: str, angle: re.Pattern[str]) -> Decimal | None:
    """One half of a position: a number, or an angle with its side."""
    number = decimal(text)
    found = angle.fullmatch(_with_signs(plain(text))) if number is None else None
    return _angle(*found.groups()) if found else number


def _pair(told: str) -> tuple[float, float] | None:
    found = PAIR.fullmatch(_with_signs(told))
    north, east = (_angle(*found.groups()[:5]), _angle(*found.groups()[5:])) if found else (None, None)
    return None if north is None or east is None else (float(north), float(east))


def _with_signs(told: str) -> str:
    return PARTED.sub(lambda one: f"{one[1]}°{one[2] or one[4]}'{one[3] or one[5]}\"", told)


def _angle(
    before: str | None, first: str, minutes: str | None, seconds: str | None, after: str | None
) -> Decimal | None:
    """Degrees out of 6°09'04.7"S or 6,15 LS; None for sixty minutes, for half a degree with minutes, for two sides."""
    side = (before or after or "").upper()
    side = side if len(side) < 3 else "".join(word[0] for word in side.split())
    parts = (Decimal((part or "0").lstrip("+-").replace(",", ".")) for part in (first, minutes, seconds))
    big, middle, small = parts
    halved = (minutes and big % 1) or (seconds and middle % 1)
    below, south = first.startswith("-"), side in NEGATIVE
    if halved or max(middle, small) >= 60 or (before and after) or (side and below and not south):
        return None
    degree = (big * 3600 + middle * 60 + small) / 3600
    return -degree if below or south else degree


def _on_a_map(link: str) -> tuple[float, float] | None:
    """Where a link to a map points; None when it names no place, or several."""
    for point in ON_MAPS:
        if found := set(point.findall(link)):
            lat, lng = found.pop()
            return None if found else (float(lat), float(lng))
    return None


def _ungrouped(told: str) -> Decimal:
    """The number without the marks between its groups; of two kinds of marks the last is the decimal one."""
    group = GROUPED.fullmatch(told)
    mark = group[2] if group else ""
    return Decimal(told.replace(mark, "").replace(",", "."))

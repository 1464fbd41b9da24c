"""Phone numbers as people write them, kept as E.164.

Only Indonesian mobile numbers are taken: they are how people sign in. The library reads "62812345678" as a valid
fixed line, so country code and leading zero are taken off here, and only a mobile number may remain.
"""

from __future__ import annotations

import re

import phonenumbers
from flask_babel import gettext as _

from webapp.plumbing.refusal import Refusal
from webapp.plumbing.written import DOTS, all_digits, cell

WRITTEN = re.compile(r"[+\d\s().\-/]+")
# A fraction or a power and no group of digits: 81234567890.5, 0812.3456.789.0, 8.12346E+10.
CUT = re.compile(r"\+?\d{6,}[.,]\d\d?|.*[.,]\d|.*\d[eE][+\d].*", re.DOTALL)
ABROAD = re.compile(r"(\+|00)(?!62)")
PREFIX = re.compile(r"(?:(?:00)?62)?0?(8\d*)")
DEMO = re.compile(r"840\d{6,9}")  # no operator has 0840: shaped like a number, cannot ring
LINKED = r"(\+?[\d\s().-]+)"
LINK = re.compile(  # to a chat, with or without its greeting; or to a message that is begun
    r"(?:(?:https?://)?(?:www\.)?wa\.me/"
    r"|(?:(?:https?://)?(?:api|web)\.whatsapp\.com/|whatsapp://)send/?\?(?:[^#]*&)?phone=)"
    rf"{LINKED}(?:[/?&#].*)?|(?:sms|smsto|tel|callto):(?://)?{LINKED}\?.*",
    re.IGNORECASE | re.DOTALL,
)
FIGURES = re.compile(r"[+(]*\d(?:.*\d)?", re.DOTALL)  # from the first to the last
NAME = (  # what people call it, and its contact
    "nomor|nomer|no|nmr|telepon|telpon|telp|tlp|tel|phone|handphone|ponsel|hp|whatsapp|wa|sms|smsto|callto"
    "|contact person|contact|kontak person|kontak|narahubung|hubungi|hub|cp"
)
AROUND = re.compile(rf"(?:(?<![a-z])(?:{NAME})(?![a-z])|[^\w+]|_)*", re.IGNORECASE)
HYPHENS = str.maketrans(dict.fromkeys(DOTS, "-"))
MOST_SIGNS, MOST_PASTED = 40, 400


class BadPhone(Refusal):
    """The text is no Indonesian mobile number; `says` tells how to write one."""

    field = "phone"


def phone_of(text: str) -> str:
    """E.164 of an Indonesian mobile number in any usual way of writing it; raises `BadPhone`."""
    written = _as_typed(text)
    if not written:
        raise BadPhone(_("Isi nomor telepon."))
    if CUT.fullmatch(written):
        raise BadPhone(
            _(
                "Nomor ini tampaknya dari tabel dan angkanya berubah. Tulis angkanya saja, misalnya 0812 3456 7890."
            )
        )
    if len(written) > MOST_SIGNS or not WRITTEN.fullmatch(written):
        raise BadPhone(_("Tulis nomor dengan angka saja, misalnya 0812 3456 7890."))
    bare = "".join(sign for sign in written if sign.isdecimal() or sign == "+")
    if ABROAD.match(bare) or bare.rfind("+") > 0:
        raise BadPhone(_("Hanya nomor HP Indonesia yang bisa dipakai, misalnya 0812 3456 7890."))
    national = PREFIX.fullmatch(bare.removeprefix("+"))
    if national is None:
        raise BadPhone(_("Ini bukan nomor HP Indonesia. Nomor HP diawali 08 atau +62 8."))
    return _checked(national[1])


def search_digits(text: str) -> tuple[str, ...]:
    """What E.164 may contain when a part of a number is searched (0812… is 62812…); empty when it is no part of one."""
    written = _as_typed(text)
    digits = "".join(sign for sign in written if sign.isdecimal())
    if not WRITTEN.fullmatch(written or "-") or len(digits) < 3:
        return ()
    return (digits, f"62{digits[1:]}") if digits.startswith("0") else (digits,)


def masked(phone: str | None) -> str:
    """0812-••••-0017: enough to recognise a number, too little to call it."""
    if not phone:
        return ""
    local = local_form(phone)
    return f"{local[:4]}-••••-{local[-4:]}"


def local_form(phone: str) -> str:
    """081234560017, from E.164."""
    return "0" + phone.removeprefix("+62")


def readable(phone: str) -> str:
    """0812-3456-0017, from E.164."""
    local = local_form(phone)
    return "-".join(part for part in (local[:4], local[4:8], local[8:]) if part)


def _as_typed(text: str) -> str:
    """The number alone out of what was pasted; a spreadsheet's number for a number (81234567890.0) as digits."""
    told = _unwrapped(cell(text)).translate(HYPHENS)
    bare = told.removeprefix("+")
    digits = all_digits(bare)
    return told if digits is None else told[: len(told) - len(bare)] + digits


def _unwrapped(told: str) -> str:
    """Without what people write around a number: `WA: …`, `https://wa.me/…`, quotes, brackets, a full stop."""
    if len(told) > MOST_PASTED:
        return told
    if link := LINK.fullmatch(told.replace("%2B", "+").replace("%2b", "+").replace("%20", " ")):
        return link[1] or link[2]
    found = FIGURES.search(told)
    if found is None:
        return told
    before, after = told[: found.start()], told[found.end() :]
    return found[0] if AROUND.fullmatch(before) and AROUND.fullmatch(after) else told


def _checked(national: str) -> str:
    number = phonenumbers.PhoneNumber(country_code=62, national_number=int(national))
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    if not (DEMO.fullmatch(national) or mobile):
        raise BadPhone(_("Nomor ini kurang atau lebih angkanya. Periksa lagi, misalnya 0812 3456 7890."))
    return f"+62{national}"

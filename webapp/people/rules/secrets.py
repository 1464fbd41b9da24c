"""PINs and passwords: what may be one, how they are kept, how they are compared.

A PIN has only a million values, so it passes an HMAC with the installation's pepper before argon2id: a stolen
table alone says nothing. 19 MiB, two passes, one lane.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import date
from functools import lru_cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from webapp.plumbing.refusal import Refusal
from webapp.plumbing.written import plain, visible

PIN_SIGNS, PASSWORD_SIGNS, MOST_SIGNS = 6, 10, 200
EASY = frozenset("112233 223344 121212 123123 123321 159753 147258 258369 696969 520520 010203".split())
COMMON = frozenset(
    "password1234 qwertyuiop qwerty12345 qwerty123456 1q2w3e4r5t iloveyou123 katasandi123 katasandi1 rahasia123 "
    "rahasia1234 rahasia12345 indonesia45 indonesia17 indonesia123 indonesia1945 bismillah123 bismillah1 "
    "sayangkamu cintakamu admin12345 administrator password123 password12 password01 letmein1234 welcome1234 "
    "jakarta123 jakarta1234 merdeka1945 pancasila45 pancasila1 simpul1234 simpul12345 saksi12345 relawan123".split()
)
DEMO_PIN, DEMO_PASSWORD = "274916", "tiga-simpul-satu-tali"
PUBLISHED = frozenset((DEMO_PIN, DEMO_PASSWORD))  # everybody may read them: they open the demo alone
FRACTION = re.compile(r"[.,]0$|(?<=\d{3})[.,]00$")  # of a spreadsheet that takes a PIN for a number
SIX = re.compile(r"(?<!\d)\d{6}(?!\d)")
APART = re.compile(r"\d(?:[^a-zA-Z0-9:()]*\d)*")  # figures with blanks, dots or dashes between them
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class WeakSecret(Refusal):
    """The PIN or password can be guessed; `says` tells what to choose instead."""

    field = "secret"


def pin_of(text: str) -> str | None:
    """The six digits of a PIN in whatever was pasted around them: `PIN: 274 916`, `PIN 1: 274916`, `274916,0`.

    None when there are not just six, and when two numbers may be meant.
    """
    told = FRACTION.sub("", plain(text[:MOST_SIGNS]))
    found = set(SIX.findall(told)) or {re.sub(r"\D", "", group) for group in APART.findall(told)}
    pins = [digits for digits in found if len(digits) == PIN_SIGNS]
    return pins[0] if len(pins) == 1 else None


def password_of(text: str) -> str:
    """A password without the blanks and unseen signs that come along with a paste."""
    return visible(text).strip()


def check_new_pin(pin: str) -> None:
    """Raise `WeakSecret` unless `pin` is six digits that are no obvious choice."""
    if not re.fullmatch(r"[0-9]{6}", pin):
        raise WeakSecret(_("PIN harus tepat 6 angka."))
    if (
        _is_run(pin)
        or len(set(pin)) <= 2
        or pin in EASY | PUBLISHED
        or pin[:3] == pin[3:]
        or _is_birthday(pin)
    ):
        raise WeakSecret(_("PIN ini mudah ditebak. Jangan pakai urutan, angka berulang atau tanggal lahir."))


def check_new_password(password: str) -> None:
    """Raise `WeakSecret` unless `password` has at least ten signs and is no common one."""
    if len(password) < PASSWORD_SIGNS:
        raise WeakSecret(_("Kata sandi paling sedikit 10 huruf atau angka. Beberapa kata pun boleh."))
    if len(password) > MOST_SIGNS:
        raise WeakSecret(_("Kata sandi ini terlalu panjang, paling banyak 200 huruf."))
    if password.casefold() in COMMON | PUBLISHED or len(set(password)) < 4 or _is_run(password):
        raise WeakSecret(_("Kata sandi ini mudah ditebak. Pilih yang lain, misalnya tiga kata acak."))


def new_pin() -> str:
    """A PIN by chance that passes `check_new_pin`."""
    while True:
        pin = f"{secrets.randbelow(10**PIN_SIGNS):06}"
        try:
            check_new_pin(pin)
        except WeakSecret:
            continue
        return pin


def new_password() -> str:
    """A password by chance that can be read out: three groups of four, 59 bits."""
    signs = "".join(secrets.choice(LETTERS) for _ in range(12))
    return "-".join((signs[:4], signs[4:8], signs[8:]))


def hash_pin(pin: str, pepper: str) -> str:
    """What is kept of a PIN."""
    return _hasher.hash(_peppered(pin, pepper))


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def is_pin(pin: str, kept: str | None, pepper: str) -> bool:
    """Whether `pin` is the one kept; takes as long when nothing is kept."""
    return _verify(_peppered(pin[:MOST_SIGNS], pepper), kept)


def is_password(password: str, kept: str | None) -> bool:
    """Whether `password`, as it came or without what a paste adds, is the one kept.

    A wrong one takes as long when nothing is kept.
    """
    tries = dict.fromkeys((password[:MOST_SIGNS], password_of(password)[:MOST_SIGNS]))
    return any(_verify(secret, kept) for secret in tries)


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with weaker settings than today's."""
    try:
        return _hasher.check_needs_rehash(kept)
    except InvalidHashError:
        return True


def key_of(value: str, purpose: str, pepper: str) -> str:
    """A keyed hash that names a number or an address without telling it."""
    return hmac.new(pepper.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def _verify(secret: str, kept: str | None) -> bool:
    try:
        _hasher.verify(kept or _nobodys(), secret)
        return kept is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """The hash that an unknown number is compared with, so that its answer takes as long."""
    return _hasher.hash(secrets.token_hex(16))


def _peppered(pin: str, pepper: str) -> str:
    return hmac.new(pepper.encode(), f"pin:{pin}".encode(), hashlib.sha256).hexdigest()


def _is_run(text: str) -> bool:
    """123456, 987654, 222222 and the like, over the end of the digits too (890123)."""
    places = [int(sign) if text.isdecimal() else ord(sign) for sign in text]
    steps = {b - a for a, b in pairwise(places)}
    if text.isdecimal():
        steps = {step % 10 for step in steps}
    return len(steps) == 1 and steps <= {0, 1, -1, 2, 8, 9}


def _is_birthday(pin: str) -> bool:
    """DDMMYY of somebody who may vote, or YYYY of a birth doubled by its day: the first thing a thief tries."""
    day, month, year = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    try:
        date(1900 + year, month, day)
    except ValueError:
        return False
    return 40 <= year <= 99 or year <= 9

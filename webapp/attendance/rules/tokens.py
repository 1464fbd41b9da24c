"""Codes for a camera, or to be typed: of a person's card, and of the screen at a site. Pure; keys come from outside.

A card's code is the person's number under a keyed permutation with room to spare: it needs no table and reveals no
number, and among a million people a blind guess finds one in 35 million tries. By the last letter a phone without
network knows that one was mistyped. A card lasts as long as SECRET_KEY does.

The screen's token is signed with the sheet's own secret by the presenter's phone, without network: it proves that it
was read *not before* its quarter of a minute; when the server hears of it proves *not after*.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

from webapp.plumbing import written

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that reads like another
SAME = str.maketrans({"O": "0", "I": "1", "L": "1"})
LABEL = re.compile(r"(?:K0DE)?(?:KARTU)?(?=.{10}\Z)")  # what a chat has in front: "Kode kartu:"
LETTERS = 9  # and one that checks them
LOW, HIGH = 23, 22  # bits of the two halves
NUMBER = 31  # bits of a person's number; the rest must be zero
ROUNDS = 8
WINDOW = timedelta(seconds=15)
SIGNATURE = 10  # bytes
TOKEN = re.compile(r"([1-9][0-9]{0,9})\.([1-9][0-9]{0,9})\.([A-Za-z0-9_-]{14})", re.ASCII)
STAMP = re.compile(r"([1-9][0-9]{0,10})\.([A-Za-z0-9_-]{14})", re.ASCII)
LARGEST = 2**31 - 1


def key_for(purpose: str, secret: str) -> bytes:
    """A key of its own for each purpose ("card", "seen"), from the SECRET_KEY."""
    return hmac.digest(secret.encode(), f"simpul {purpose}".encode(), "sha256")


def card_code(person_id: int, key: bytes) -> str:
    """The ten letters of a person's card."""
    low, high = person_id & (1 << LOW) - 1, person_id >> LOW
    for turn in range(ROUNDS):
        low, high = _turned(turn, low, high, key)
    sealed = high << LOW | low
    letters = [sealed >> 5 * place & 31 for place in reversed(range(LETTERS))]
    return "".join(ALPHABET[letter] for letter in [*letters, _check(letters)])


def person_of(code: str, key: bytes) -> int | None:
    """Whose card has this code, as it was typed or read; None for what is nobody's."""
    told = plain(code)
    if told is None:
        return None
    sealed = 0
    for sign in told[:LETTERS]:
        sealed = sealed << 5 | ALPHABET.index(sign)
    low, high = sealed & (1 << LOW) - 1, sealed >> LOW
    for turn in reversed(range(ROUNDS)):
        low, high = _turned(turn, low, high, key)
    number = high << LOW | low
    return number if 0 < number < 1 << NUMBER else None


def plain(code: str) -> str | None:
    """A code without what was pasted around it and letters that look like figures; None when one is missing or wrong.

    static/attendance/scanner.js reads the same.
    """
    signs = "".join(sign for sign in written.plain(code).upper() if sign.isalnum()).translate(SAME)
    label = LABEL.match(signs)
    told = signs[label.end() :] if label else signs
    if len(told) != LETTERS + 1 or any(sign not in ALPHABET for sign in told):
        return None
    values = [ALPHABET.index(sign) for sign in told]
    return told if _check(values[:-1]) == values[-1] else None


def spaced(code: str) -> str:
    """K7MQ2 4XZ9T, as it is printed."""
    return f"{code[:5]} {code[5:]}"


@dataclass(frozen=True)
class Shown:
    """What a screen showed: the sheet, the number of the quarter minute since 1970, the signature."""

    sheet_id: int
    window: int
    signature: str

    @property
    def at(self) -> datetime:
        """When it began to be shown."""
        return datetime.fromtimestamp(self.window * WINDOW.total_seconds(), UTC)

    def is_of(self, secret: str) -> bool:
        """Whether the sheet with this secret has signed it."""
        ours = _signed(f"{self.sheet_id}.{self.window}", secret.encode())
        return hmac.compare_digest(ours, self.signature)


def read(token: str) -> Shown | None:
    """What a token says, not yet believed; None when it is none."""
    found = TOKEN.fullmatch(token)
    if found is None or int(found[1]) > LARGEST:
        return None
    return Shown(int(found[1]), int(found[2]), found[3])


def screen_token(sheet_id: int, secret: str, at: datetime) -> str:
    """What the presenter's phone shows at this moment; static/attendance/screen.js makes the same."""
    told = f"{sheet_id}.{int(at.timestamp() // WINDOW.total_seconds())}"
    return f"{told}.{_signed(told, secret.encode())}"


def seen_stamp(token: str, at: datetime, browser: str, key: bytes) -> str:
    """Our word that this token was opened at this moment by this browser."""
    seconds = int(at.timestamp())
    return f"{seconds}.{_signed(f'{token} {seconds} {browser}', key)}"


def first_seen(token: str, stamp: str, browser: str, key: bytes) -> datetime | None:
    """When this browser opened the token, by our own word; None without it, and for a stamp that was passed on."""
    found = STAMP.fullmatch(stamp)
    if found is None or not browser:
        return None
    if not hmac.compare_digest(_signed(f"{token} {found[1]} {browser}", key), found[2]):
        return None
    return datetime.fromtimestamp(int(found[1]), UTC)


def new_browser(key: bytes) -> str:
    """A name for a browser that reads a screen's code, which nobody else can make up."""
    name = token_urlsafe(16)
    return f"{name}.{_signed(name, key)}"


def is_browser(told: str, key: bytes) -> bool:
    """Whether we gave a browser this name."""
    name, _dot, signature = told.rpartition(".")
    return bool(name) and hmac.compare_digest(_signed(name, key).encode(), signature.encode())


def _signed(words: str, key: bytes) -> str:
    digest = hmac.digest(key, words.encode(), "sha256")[:SIGNATURE]
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _turned(turn: int, low: int, high: int, key: bytes) -> tuple[int, int]:
    """One round of the permutation, which undoes itself: each half in turn is mixed with what the other gives."""
    if turn % 2:
        return low ^ _mixed(turn, high, key) & (1 << LOW) - 1, high
    return low, high ^ _mixed(turn, low, key) & (1 << HIGH) - 1


def _mixed(turn: int, half: int, key: bytes) -> int:
    return int.from_bytes(hmac.digest(key, bytes([turn]) + half.to_bytes(3), "sha256")[:4])


def _check(letters: list[int]) -> int:
    """The sum that tells any one wrong letter, and any two that changed places (in the field of 32)."""
    total = 0
    for letter in letters:
        total = (total ^ letter) << 1
        total ^= 37 if total & 32 else 0
    return total

"""When two names may be one person's: without signs, titles and degrees, and in whichever way they are spelled.

Two who share a number and a name are one. Where only much of the name is the same, a person has to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from webapp.places.rules.names import fold
from webapp.plumbing.written import visible

TITLES = frozenset(
    "h hj haji hajjah hajah hajj dr drg drh drs dra ir prof apt ns kh kyai kiai ust ustad ustadz ustaz ustadzah "
    "bpk bapak pak ibu bu sdr sdri sdra tn tuan ny nyonya nn mas mbak kak gus tgh pdt rr rd raden".split()
)
DEGREES = frozenset(
    "sh se st sp ss spd spt ssos sag sip siip skom ssi skep skm sked skg sfarm ssn stp shi sei she sthi spdi spsi sst "
    "mh mm mt mp mpd msi msos mag mip mkom msc mba ma mkes mkn mhi mpdi mmpd mpsi phd lc amd amdkeb amdkep ak ca cpa "
    "ners ba bsc bed sap map".split()
)
SPELLINGS = (
    ("muhammad", "muhamad", "mohammad", "mohamad", "mochammad", "mochamad", "muchamad", "mokhamad", "mohammed",
     "muhammed", "muhamed", "moehammad", "moehamad", "moh", "moch", "muh", "muhd", "mohd", "mhd", "md"),
    ("abdul", "abd", "abdoel"),
    ("achmad", "ahmad", "akhmad", "ahmed"),
    ("siti", "sitti", "st", "sti"),
    ("wayan", "wyn"), ("made", "md"), ("nyoman", "nym"), ("ketut", "kt"), ("komang", "kom"), ("gede", "gde", "gd"),
    ("gusti", "gst"), ("ngurah", "ngr"), ("desak", "dsk"), ("luh", "lh"), ("tubagus", "tb"), ("kiagus", "kgs"),
)  # fmt: skip
# As names were written before 1972, and Arabic ones still are: both ways become one, and no way that is read aloud.
OLD = (("oe", "u"), ("tj", "c"), ("dj", "y"), ("j", "y"), ("ch", "h"), ("kh", "h"))
SAME_WORD = 0.84  # of the letters, those of its beginning and its end
ALIKE = 0.85  # of the letters in their order


def words_of_name(name: str) -> list[str]:
    """The words of a person's name as they are compared, without titles and degrees; never none of a name."""
    first, *after = visible(name).split(",")
    parts = [first, *(part for part in after if not all(map(_is_after_comma, part.split())))]
    raw = [word for part in parts for word in part.split()]
    while len(raw) > 1 and _is_degree(raw[-1]):
        raw.pop()
    words = fold(" ".join(raw)).split()
    while len(words) > 1 and words[0] in TITLES:
        words.pop(0)
    return words


def spellings(word: str) -> tuple[str, ...]:
    """All ways to write this word of a name, itself first; md may be Muhammad, and on Bali Made."""
    ways = dict.fromkeys(way for group in SPELLINGS if word in group for way in group)
    return (word, *(way for way in ways if way != word))


def same(one: str, other: str) -> bool:
    """Whether it is one name but for apostrophes, accents, signs and blanks."""
    return _joined(one) == _joined(other) != ""


def alike(one: str, other: str) -> bool:
    """Whether the names may well be those of one person: of two with one number, where a question is cheap."""
    mine, theirs = _modern(one), _modern(other)
    if not mine or not theirs:
        return False
    if _all_in(mine, theirs) or _all_in(theirs, mine):
        return True
    return SequenceMatcher(None, "".join(mine), "".join(theirs), autojunk=False).ratio() >= ALIKE


@lru_cache(maxsize=100_000)
def alike_word(word: str, other: str) -> bool:
    """Whether another word may stand for this one of a name: the same, nearly, or its first letter."""
    if word == other or (len(other) == 1 and word[0] == other) or other in spellings(word):
        return True
    if min(len(word), len(other)) < 4 or abs(len(word) - len(other)) > 2:
        return False
    start = _shared(word, other)
    end = _shared(word[start:][::-1], other[start:][::-1])
    return 2 * (start + end) / (len(word) + len(other)) >= SAME_WORD


def _joined(name: str) -> str:
    return fold(name).replace(" ", "")


def _modern(name: str) -> list[str]:
    """The words in one spelling, and that of today."""
    words = []
    for word in words_of_name(name):
        groups = [group for group in SPELLINGS if word in group]
        words.append(groups[0][0] if len(groups) == 1 else _of_today(word))
    return words


def _of_today(word: str) -> str:
    for old, new in OLD:
        word = word.replace(old, new)
    return word


def _all_in(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether each word is one of the others, and one of them more than by its first letter."""
    found = [[other for other in many if alike_word(word, other) or alike_word(other, word)] for word in few]
    return all(found) and any(
        len(word) > 1 and len(other) > 1 for word, others in zip(few, found, strict=True) for other in others
    )


def _shared(one: str, other: str) -> int:
    """How many letters both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _is_after_comma(word: str) -> bool:
    return fold(word).replace(" ", "") in DEGREES | TITLES


def _is_degree(word: str) -> bool:
    """S.H., SH and M.Si are; what may be a name, as Sari, is not."""
    bare = word.rstrip(".,").replace(".", "")
    written = "." in word.rstrip(".,") or sum(sign.isupper() for sign in bare) > 1
    return written and bool(re.fullmatch(r"[A-Za-z]{2,6}", bare)) and bare.casefold() in DEGREES

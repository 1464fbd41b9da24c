"""When two names may be one person's: without signs, titles and degrees, and in whichever way they are spelled.

Two who share a number and a name are one. Where only much of the name is the same, a person has to say.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from webapp.places.rules.names import fold
from webapp.plumbing.written import visible

TITLES = frozenset(
    "h hj haji hajjah hajah hajj dr drg drh drs dra ir prof apt ns kh kyai kiai ust ustad ustadz ustaz ustadzah "
    "bpk bapak pak ibu bu sdr sdri sdra tn tuan ny nyonya nn".split()
)
DEGREES = frozenset(
    "sh se st sp ss spd spt ssos sag sip siip skom ssi skep skm sked skg sfarm ssn stp shi sei she sthi spdi spsi sst "
    "mh mm mt mp mpd msi msos mag mip mkom msc mba ma mkes mkn mhi mpdi mmpd mpsi phd lc amd amdkeb amdkep ak ca cpa "
    "ners ba bsc bed sap map".split()
)
SPELLINGS = (
    ("muhammad", "muhamad", "mohammad", "mohamad", "mochammad", "mochamad", "muchamad", "mokhamad", "mohammed",
     "moh", "moch", "muh", "muhd", "mohd", "mhd"),
    ("abdul", "abd", "abdoel"),
    ("achmad", "ahmad", "akhmad", "ahmed"),
    ("siti", "sitti"),
)  # fmt: skip
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
    """All ways to write this word of a name, itself first."""
    group = next((group for group in SPELLINGS if word in group), ())
    return (word, *(other for other in group if other != word))


def same(one: str, other: str) -> bool:
    """Whether it is one name but for apostrophes, accents, signs and blanks."""
    return _joined(one) == _joined(other) != ""


def alike(one: str, other: str) -> bool:
    """Whether the two names may well be one person's."""
    mine, theirs = _spelled(one), _spelled(other)
    if not mine or not theirs:
        return False
    if set(mine) <= set(theirs) or set(theirs) <= set(mine):
        return True
    return SequenceMatcher(None, "".join(mine), "".join(theirs), autojunk=False).ratio() >= ALIKE


def _joined(name: str) -> str:
    return fold(name).replace(" ", "")


def _spelled(name: str) -> list[str]:
    """The words, each in one spelling; a first M. in front of others is short for Muhammad."""
    words = words_of_name(name)
    if len(words) > 1 and words[0] == "m":
        words[0] = "muhammad"
    return [next((group[0] for group in SPELLINGS if word in group), word) for word in words]


def _is_after_comma(word: str) -> bool:
    return fold(word).replace(" ", "") in DEGREES | TITLES


def _is_degree(word: str) -> bool:
    """S.H., SH and M.Si are; what may be a name, as Sari, is not."""
    bare = word.rstrip(".,").replace(".", "")
    written = "." in word.rstrip(".,") or sum(sign.isupper() for sign in bare) > 1
    return written and bool(re.fullmatch(r"[A-Za-z]{2,6}", bare)) and bare.casefold() in DEGREES

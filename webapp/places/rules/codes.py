"""The wilayah code of the ministry of home affairs (Kemendagri): PP.KK.CC.DDDD, where the code is the path.

The nation is a region of its own, `ID`. The statistics office (BPS) writes codes that look alike and mean other
places (West Jakarta is 31.73 here and 3174 there): they are recognised only to be refused, never converted.
"""

from __future__ import annotations

import re

from webapp.places.models.region import NATION
from webapp.plumbing.written import all_digits, cell

CODE = re.compile(r"[1-9][0-9](\.[0-9]{2}(\.[0-9]{2}(\.[123][0-9]{3})?)?)?")
BARE = re.compile(r"([0-9]{2})([0-9]{2})?([0-9]{2})?([0-9]{4})?")
BPS = re.compile(r"[1-9][0-9]\.?[0-9]{2}(\.[0-9]{3}(\.[0-9]{3,4})?|[0-9]{3})")
LOST = re.compile(r"[1-9][0-9]\.[1-9]")  # 32.10 that a spreadsheet took for a number
BEGUN = re.compile(CODE.pattern + r"(?![0-9])")
MENTIONED = re.compile(r"(?<![0-9.,])([1-9][0-9](\.[0-9]{2}){1,2}(\.[123][0-9]{3})?|[1-9][0-9]{9})(?![0-9])")
PARTING = re.compile(r"[,_\-\u2010-\u2015\u00b7]")  # what stands for the dots of a code
PROVINCE, KABKOTA, KECAMATAN, VILLAGE = 1, 2, 3, 4
VILLAGE_KINDS = {"1": "kelurahan", "2": "desa", "3": "desa_adat"}


def is_code(text: str) -> bool:
    """Whether the text is a wilayah code with its dots, or the nation."""
    return text == NATION or CODE.fullmatch(text) is not None


def level_of(code: str) -> int:
    """0 nation, 1 provinsi, 2 kabupaten or kota, 3 kecamatan, 4 desa or kelurahan; ValueError for no code."""
    if not is_code(code):
        raise ValueError(f"not a wilayah code: {code!r}")
    return 0 if code == NATION else code.count(".") + 1


def parent_of(code: str) -> str | None:
    """The region right above: `ID` for a province, None for the nation; ValueError for no code."""
    level = level_of(code)
    if level == 0:
        return None
    return NATION if level == PROVINCE else code.rpartition(".")[0]


def lineage(code: str) -> list[str]:
    """The region and all above it, from the nation down; ValueError for no code."""
    if level_of(code) == 0:
        return [NATION]
    return [NATION, *(code[:end] for end in range(2, len(code)) if code[end] == "."), code]


def is_village(code: str) -> bool:
    """Whether the code is that of a desa or kelurahan, where TPS are; False for what is no code."""
    return is_code(code) and level_of(code) == VILLAGE


def village_kind(code: str) -> str | None:
    """kelurahan, desa or desa_adat, as the last part's first digit says; None above the villages."""
    return VILLAGE_KINDS[code[-4]] if is_village(code) else None


def tidied(text: str) -> str:
    """What was typed as a code without blanks and what a spreadsheet adds: `'31.73`, `31-73-01`, `3173.0`."""
    if CODE.fullmatch(text):
        return text
    told = "".join(cell(text).split())
    dotted = PARTING.sub(".", told).rstrip(".")
    if len(told) > 5 and CODE.fullmatch(dotted):
        return dotted
    return all_digits(told) or told.replace(",", ".")


def mentioned(text: str) -> str | None:
    """The code that stands among other words: `31.73.01.1005 Kapuk`, `kode 3173011005`; None when there is none."""
    found = MENTIONED.search(text)
    return with_dots(found[0]) if found else None


def lost_zero(text: str) -> str | None:
    """The kabupaten or kota that this may be when a spreadsheet ate its last zero: 32.1 for 32.10; else None."""
    told = tidied(text)
    return f"{told}0" if LOST.fullmatch(told) else None


def begun(text: str) -> str:
    """The smallest region that a code which cannot be read lies in for certain; "" when nothing is."""
    told = tidied(text)
    found = None if is_bps_shape(told) else BEGUN.match(told)
    return found[0] if found else ""


def with_dots(text: str) -> str | None:
    """The code with its dots, from 2, 4, 6 or 10 bare digits or from a dotted code; None for anything else.

    Bare digits may as well be a BPS code of ten digits: whoever reads a file must compare the names too.
    """
    text = tidied(text)
    bare = BARE.fullmatch(text)
    if bare:
        text = ".".join(part for part in bare.groups() if part)
    return text if CODE.fullmatch(text) else None


def is_bps_shape(code: str) -> bool:
    """Whether the text can only be a code of BPS: its kecamatan has three digits (31.74.010, 3174010)."""
    return BPS.fullmatch(tidied(code)) is not None

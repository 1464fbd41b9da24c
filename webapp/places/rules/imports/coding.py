"""How a file writes its codes, judged over the whole file before one row is taken.

Dots make a code certain. Bare digits may be the codes of BPS, which mean other places, so they are taken only
if the names beside them are those of our own register.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from webapp.places.rules import names
from webapp.places.rules.codes import is_bps_shape, is_code, with_dots
from webapp.places.rules.imports.files import BadFile

STRAY = 0.01  # share of rows that may be wrong without the file being suspect
NAMED = 0.99  # of the bare codes that the register knows, so many must carry its names
KNOWN = 0.95  # of the bare codes, so many must be in the register at all
BPS = (
    "codes of BPS (three digits for the kecamatan) look like those of Kemendagri and mean other places: "
    "31.73 is West Jakarta here, 3174 there. They are not converted; get the list with Kemendagri codes"
)
BARE = (
    "codes without dots are taken only if 99% of the names beside them are those of our region list, "
    "because BPS codes look the same"
)


@dataclass
class Coding:
    """What was seen of the codes of one file."""

    rows: int = 0
    bps: int = 0
    bare: int = 0
    known: int = 0
    named: int = 0

    @property
    def bare_is_ours(self) -> bool:
        """Whether bare codes of this file are Kemendagri's."""
        return self.known >= KNOWN * self.bare and self.named >= NAMED * self.known > 0

    def note(self, code: str, name: str, register: Mapping[str, str]) -> None:
        """Count one code with the name beside it; `register` gives the comparable name of a dotted code."""
        self.rows += 1
        if is_bps_shape(code):
            self.bps += 1
        elif code.isdecimal() and len(code) > 2:
            self.bare += 1
            ours = register.get(with_dots(code) or "")
            self.known += ours is not None
            self.named += ours is not None and ours == names.key(name)

    def judge(self) -> None:
        """Raises `BadFile` when the codes are not Kemendagri's, or cannot be told from those of BPS."""
        if self.bps > STRAY * self.rows:
            raise BadFile(f"{self.bps:,} of {self.rows:,} rows carry {BPS}.")
        if self.bare > STRAY * self.rows and not self.bare_is_ours:
            seen = f"{self.named:,} of {self.bare:,} do"
            raise BadFile(f"Refused: {BARE} ({seen}; {self.known:,} codes are in the list).")

    def read(self, text: str) -> tuple[str | None, str]:
        """The code with its dots, or None and the reason."""
        if is_bps_shape(text):
            return None, BPS
        if text.isdecimal() and len(text) > 2 and not self.bare_is_ours:
            return None, BARE
        code = with_dots(text)
        if code is None or not is_code(code):
            return None, "no Kemendagri code (PP.KK.CC.DDDD)"
        return code, ""


def survey(pairs: Iterable[tuple[str, str]], register: Mapping[str, str]) -> Coding:
    """Look at every (code, name) of a file. Raises `BadFile`."""
    seen = Coding()
    for code, name in pairs:
        seen.note(code, name, register)
    seen.judge()
    return seen

"""How a file writes its codes, judged over the whole file before one row is taken.

Dots make a code certain. Bare digits may be the codes of BPS, which mean other places, so they are taken only
if the names beside them are those of our own register.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from webapp.places.rules import names
from webapp.places.rules.codes import KABKOTA, is_bps_shape, level_of, lost_zero, tidied, with_dots
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
    register: Mapping[str, str] = field(default_factory=dict)
    kabkota: set[str] = field(default_factory=set)  # that have a row of their own
    above: set[str] = field(default_factory=set)  # kabupaten and kota that rows lie in
    mended: dict[str, str] = field(default_factory=dict)

    @property
    def bare_is_ours(self) -> bool:
        """Whether bare codes of this file are Kemendagri's."""
        return self.known >= KNOWN * self.bare and self.named >= NAMED * self.known > 0

    def note(self, text: str, name: str) -> None:
        """Count one code with the name beside it; `register` gives the comparable name of a dotted code."""
        self.rows += 1
        told = tidied(text)
        code = with_dots(told)
        if is_bps_shape(told):
            self.bps += 1
        elif told.isdecimal() and len(told) > 2:
            self.bare += 1
            ours = self.register.get(code or "")
            self.known += ours is not None
            self.named += ours is not None and ours == names.key(name)
        if code is not None and level_of(code) >= KABKOTA:
            (self.kabkota if level_of(code) == KABKOTA else self.above).add(code[:5])

    def judge(self) -> None:
        """Raises `BadFile` when the codes are not Kemendagri's, or cannot be told from those of BPS."""
        if self.bps > STRAY * self.rows:
            raise BadFile(f"{self.bps:,} of {self.rows:,} rows carry {BPS}.")
        if self.bare > STRAY * self.rows and not self.bare_is_ours:
            seen = f"{self.named:,} of {self.bare:,} do"
            raise BadFile(f"Refused: {BARE} ({seen}; {self.known:,} codes are in the list).")

    def read(self, text: str, name: str = "") -> tuple[str | None, str]:
        """The code with its dots, or None and the reason; `name` stands beside it."""
        told = tidied(text)
        if is_bps_shape(told):
            return None, BPS
        if told.isdecimal() and len(told) > 2 and not self.bare_is_ours:
            return None, BARE
        if code := with_dots(told):
            return code, ""
        if lost := lost_zero(told):
            return self._with_zero(told, lost, name)
        return None, "no Kemendagri code (PP.KK.CC.DDDD)"

    def _with_zero(self, told: str, code: str, name: str) -> tuple[str | None, str]:
        """32.1 is 32.10 when rows lie in 32.10 or it has that name with us, and neither says otherwise."""
        ours = self.register.get(code)
        named = bool(name) and ours == names.key(name)
        if code in self.kabkota or not (named or (ours is None and code in self.above)):
            return (
                None,
                f"no Kemendagri code; has a spreadsheet eaten the last zero of {code}? Keep codes as text",
            )
        self.mended[told] = code
        return code, ""


def survey(pairs: Iterable[tuple[str, str]], register: Mapping[str, str]) -> Coding:
    """Look at every (code, name) of a file. Raises `BadFile`."""
    seen = Coding(register=register)
    for code, name in pairs:
        seen.note(code, name)
    seen.judge()
    return seen

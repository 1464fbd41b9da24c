"""The TPS register of one election, in either shape: one row a village with ranges, or one row a TPS.

TPS that a newer list leaves out are retired, never deleted: people sit there. Villages that our region list
does not have (any more) become retired regions with the names that the file gives, so that no TPS is lost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from webapp.places.rules import names
from webapp.places.rules.codes import VILLAGE, begun, level_of, lineage, parent_of, village_kind, with_dots
from webapp.places.rules.imports import taking_over
from webapp.places.rules.imports.coding import Coding, survey
from webapp.places.rules.imports.doubts import Doubts, clash, drop, later, surplus
from webapp.places.rules.imports.files import BadFile, ListFile, Row
from webapp.places.rules.imports.leaving_out import covered
from webapp.places.rules.imports.limits import NONE, Consent, stop_at_refused
from webapp.places.rules.imports.regions import known_names
from webapp.places.rules.imports.report import Report
from webapp.places.rules.imports.stage import Stage, Tell, refresh, silent, staging
from webapp.plumbing.written import plain, whole, yes_or_no

RANGES = ("kode_desa", "jumlah_tps", "tps_maks_reguler", "tps_khusus_awal", "tps_khusus_akhir")
SINGLE = ("kode_desa", "no_tps")
HIGHEST = 999  # of a TPS: the regular ones, then 901 and up for prisons, hospitals and the like
ABROAD = frozenset({"LN", "LUAR NEGERI"})
UNKNOWN, FEW = 0.1, 20  # so many villages may be missing from the region list before the codes are suspect
NAMES = ("provinsi",), ("kabkota", "kabupaten"), ("kecamatan",), ("desakel", "kelurahan", "desa")
MARKS = ("dalam_luar_negeri", "luar_negeri")
BEFORE = re.compile(r"TPS[\s.:-]*(?=\d)", re.IGNORECASE)  # the number: TPS 001, TPS-1

Numbers = Callable[[Row], "list[int] | str"]
Weighing = Callable[[Mapping[int, str]], list[int]]


@dataclass(frozen=True)
class Wanted:
    """The election that a register belongs to; name, day and kind are needed only for a new one."""

    code: str
    name: str | None = None
    day: date | None = None
    kind: str = "pilkada"
    current: bool = False


def import_register(
    path: Path, wanted: Wanted, refused: Path, tell: Tell = silent, consent: Consent = NONE
) -> Report:
    """Take over the register of one election. Raises `BadFile`; then nothing has changed."""
    report = Report(path, refused, unit="TPS")
    try:
        source = ListFile(path, RANGES, SINGLE, also=(*MARKS, *chain(*NAMES)))
        known = known_names()
        if not known:
            raise BadFile("There are no regions yet: import the list of regions first.")
        coding = survey(_pairs(source), known)
        with staging(tell) as stage:
            Reading(stage, source, coding, known, report).run()
            stop_at_refused(report, consent)
            taking_over.take_over(stage, wanted, report, consent)
    finally:
        report.close()
    refresh()
    return report


class Reading:
    """One file on its way into the stage."""

    def __init__(
        self, stage: Stage, source: ListFile, coding: Coding, known: dict[str, str], report: Report
    ) -> None:
        self.stage, self.source, self.coding, self.known, self.report = stage, source, coding, known, report
        self.numbers: Numbers = ranges if source.shape == 0 else single
        self.doubts = Doubts(known)
        self.villages: dict[str, int] = {}  # with the row where each stands first
        self.twice: dict[str, set[int]] = defaultdict(set)  # rows of a village that has more than its one
        self.missing: dict[str, str] = {}  # regions to make: code and name

    def run(self) -> None:
        """Fill the stage and check it. Raises `BadFile`."""
        taking_over.make_tables(self.stage)
        self.stage.fill("staged", 3, self._good(), "TPS read")
        self._check_villages()
        taking_over.index_staged(self.stage)
        self._refuse_doubles()
        self.stage.fill("made", 6, self._made(), "regions to make")
        self._fill_spoken()
        self.report.found = self.stage.number("SELECT count(*) FROM staged")
        if not self.report.found:
            raise BadFile(f"No row of {self.source.path.name} can be taken; see {self.report.refused_file}.")

    def _fill_spoken(self) -> None:
        """What the list speaks for, and where refused rows leave it open."""
        self.stage.fill(
            "covered", 1, ((code,) for code in covered(set(self.villages))), "parts of the country"
        )
        unread = self.report.unread
        speaks = set() if "" in unread else {parent_of(code) for code in self.villages}
        self.stage.fill("spoken", 1, ((code,) for code in speaks), "kecamatan")
        self.stage.fill("held", 1, ((code,) for code in sorted(unread - {""})), "refused rows")
        self.stage.prepare("CREATE UNIQUE INDEX spoken_code ON spoken (code)")

    def _good(self) -> Iterator[tuple[int, str, int]]:
        for row in self.source.rows():
            self.report.read += 1
            if is_abroad(row) and not self._is_at_home(row):
                self.report.leave_out("TPS abroad belong to no wilayah")
                continue
            code, why = self._place(row)
            numbers = why or self.numbers(row)
            if code is None or isinstance(numbers, str):
                self._refuse(row, code, str(numbers))
                continue
            first = self.villages.setdefault(code, row.number)
            if self.numbers is ranges and first != row.number:
                self.twice[code] |= {first, row.number}
            yield from ((row.number, code, number) for number in numbers)

    def _refuse(self, row: Row, code: str | None, why: str) -> None:
        told = row.get("kode_desa")
        self.report.refuse(row.number, told, why, code or told)
        if code and level_of(code) == VILLAGE:
            self.doubts.note(code, row.get(*NAMES[3]))

    def _is_at_home(self, row: Row) -> bool:
        """Whether the code, as far as it can be read, lies in a province of ours."""
        told = row.get("kode_desa")
        return (with_dots(told) or begun(told))[:2] in self.known

    def _place(self, row: Row) -> tuple[str | None, str]:
        code, why = self.coding.read(row.get("kode_desa"))
        if code is None or row.mistake:
            return code, row.mistake or why
        if level_of(code) != VILLAGE:
            return code, "not the code of a village (PP.KK.CC.DDDD)"
        if is_abroad(row):
            return code, "marked as abroad, with a code that lies in Indonesia"
        return code, "" if code in self.known else self._name_missing(row, code)

    def _refuse_doubles(self) -> None:
        """Refuse rows of one village, or of one TPS, and hold what they and all refused rows may have meant.

        Each row of a village says how many TPS there are: with two names none of them counts. Of a TPS the first does
        whatever its name, since it says no more than the others.
        """
        villages = [(line, code, code) for code, lines in self.twice.items() for line in lines]
        tps = taking_over.doubled(self.stage) if self.numbers is single else []
        if doubled := [*villages, *tps]:
            named = self._named({line for line, _code, _what in doubled})
            out = self._weigh(villages, named, surplus) + self._weigh(tps, named, later)
            drop(self.stage, out)
        listed = self.villages if self.numbers is ranges else ()
        twice = {code for _line, code, _what in tps}.union(listed)
        self.report.unread |= self.doubts.meant(twice, listed)

    def _named(self, lines: set[int]) -> dict[int, str]:
        return {row.number: row.get(*NAMES[3]) for row in self.source.rows() if row.number in lines}

    def _weigh(
        self, doubled: Iterable[tuple[int, str, str]], named: Mapping[int, str], which: Weighing
    ) -> list[int]:
        """Refuse what cannot be taken of rows (line, code, and what stands there twice); returns their lines."""
        claims: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
        for line, code, what in doubled:
            claims[code, what][line] = named[line]
            self.doubts.note(code, named[line])
        refused: list[int] = []
        for (code, what), rows in claims.items():
            out = which(rows)
            for line in out:
                self.report.refuse(line, what, clash(line, rows, out), code)
            if len(out) == len(rows):
                del self.villages[code]
            refused += out
        return refused

    def _name_missing(self, row: Row, code: str) -> str:
        """Note a village, and what lies above it, that must be made; says why it cannot be."""
        for step, columns in zip(lineage(code)[1:], NAMES, strict=True):
            if step in self.known or step in self.missing:
                continue
            name = names.short(row.get(*columns).title())
            if not names.is_name(name):
                return f"{step} is in no list of regions and the file does not name it"
            self.missing[step] = name
        return ""

    def _check_villages(self) -> None:
        unknown = sum(code in self.missing for code in self.villages)
        if unknown > FEW and unknown > UNKNOWN * len(self.villages):
            raise BadFile(
                f"{unknown:,} of {len(self.villages):,} villages are not in the list of regions: these are "
                "codes of another list, or the list of regions is not the whole one."
            )

    def _made(self) -> Iterator[tuple[str, str, str, int, str | None, str | None]]:
        for code, name in sorted(self.missing.items()):
            yield code, name, names.fold(name), level_of(code), parent_of(code), village_kind(code)


def is_abroad(row: Row) -> bool:
    """Whether the row is about a TPS outside Indonesia."""
    inside_or_not, abroad = (row.get(mark) for mark in MARKS)
    return inside_or_not.upper() in ABROAD or yes_or_no(abroad) is True


def ranges(row: Row) -> list[int] | str:
    """The numbers of a village's TPS: 1 to the highest regular one, then the special range; or what is wrong."""
    total, regular = whole(row.get("jumlah_tps")), whole(row.get("tps_maks_reguler") or "0")
    first, last = row.get("tps_khusus_awal"), row.get("tps_khusus_akhir")
    special = _special(first, last)
    if total is None or regular is None or special is None:
        return "a number of TPS cannot be read"
    if regular > HIGHEST or (special and not regular < special.start < special.stop <= HIGHEST + 1):
        return f"TPS numbers run from 1 to {HIGHEST}, the special ones after the regular"
    if total != regular + len(special):
        return f"jumlah_tps says {total}, the ranges make {regular + len(special)}"
    return [*range(1, regular + 1), *special] or "no TPS"


def single(row: Row) -> list[int] | str:
    """The number of the one TPS of this row, or what is wrong."""
    number = whole(BEFORE.sub("", plain(row.get("no_tps")), count=1))
    return [number] if number and number <= HIGHEST else f"TPS numbers run from 1 to {HIGHEST}"


def _special(first: str, last: str) -> range | None:
    if not first and not last:
        return range(0)
    start, end = whole(first), whole(last)
    return None if start is None or end is None else range(start, end + 1)


def _pairs(source: ListFile) -> Iterator[tuple[str, str]]:
    for row in source.rows():
        if not is_abroad(row):
            yield row.get("kode_desa"), row.get(*NAMES[3])

"""What an import did, to the last row: nothing is lost silently."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from webapp.places.rules.codes import begun
from webapp.plumbing.exports import safe_cell

SHOWN = 20


@dataclass
class Report:
    """Numbers of one import. Every row read is taken, refused or left out; `refused_file` holds all refusals.

    `gone` names what was retired, the first 20 at least, and `back` tells how it returns. `unread` are the regions that
    refused rows are about, as far as that can be told; "" is any.
    """

    source: Path
    refused_file: Path
    unit: str = "rows"
    read: int = 0
    found: int = 0
    new: int = 0
    changed: int = 0
    retired: int = 0
    gone: list[str] = field(default_factory=list)
    back: str = "They come back, with all they hold, by importing a list that has them."
    refused: int = 0
    left_out: int = 0
    left_out_why: str = ""
    notes: list[str] = field(default_factory=list)
    first: list[tuple[int, str, str]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    remarked: int = 0
    remarks: list[tuple[int, str, str]] = field(default_factory=list)
    _file: TextIO | None = None
    _writer: Any = None

    def refuse(self, row: int, what: str, why: str, *about: str) -> None:
        """Note one row that is not taken: in memory the first 20, in the file all.

        `about` are the codes that it may tell of, if they are others than `what`.
        """
        self.refused += 1
        self.unread.update(begun(code) for code in about or (what,))
        if len(self.first) < SHOWN:
            self.first.append((row, what, why))
        if self._writer is None:
            self._open()
        self._writer.writerow([safe_cell(cell) for cell in (row, what, why)])  # a spreadsheet opens it

    def remark(self, row: int, what: str, why: str) -> None:
        """Note one row that is taken, though not all of it."""
        self.remarked += 1
        if len(self.remarks) < SHOWN:
            self.remarks.append((row, what, why))

    def leave_out(self, why: str) -> None:
        """Count one row that does not belong here and is no mistake."""
        self.left_out += 1
        self.left_out_why = why

    def close(self) -> None:
        """Finish the file of refusals."""
        if self._file is not None:
            self._file.close()

    def lines(self) -> list[str]:
        """The report in words."""
        said = [
            f"read {self.read:,} rows, {self.found:,} {self.unit}: "
            f"{self.new:,} new, {self.changed:,} changed, {self.retired:,} retired, {self.refused:,} rows refused"
        ]
        said += self._said_of_gone()
        if self.left_out:
            said.append(f"left out {self.left_out:,} rows: {self.left_out_why}")
        said += self.notes
        said += [f"  row {row}: {what}: {why}" for row, what, why in self.remarks]
        if self.remarked > len(self.remarks):
            said.append(
                f"  and {self.remarked - len(self.remarks):,} more rows that were taken with such a remark"
            )
        said += [f"  row {row}: {what}: {why}" for row, what, why in self.first]
        if self.refused:
            said.append(f"all {self.refused:,} refused rows: {self.refused_file}")
        return said

    def _said_of_gone(self) -> list[str]:
        if not self.gone:
            return []
        shown = self.gone[:SHOWN]
        more = [f"  and {self.retired - len(shown):,} more"] if self.retired > len(shown) else []
        return [
            "retired, because the list does not have them:",
            *(f"  {name}" for name in shown),
            *more,
            f"Are they in use still? {self.back}",
        ]

    def _open(self) -> None:
        self._file = self.refused_file.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(("row", "what", "why"))

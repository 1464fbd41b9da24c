"""A list in a file: CSV in UTF-8, one line of column names, `,` or `;` between the fields."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from webapp.plumbing.written import visible

LINE = 20_000  # bytes; the longest line of a real list has about 200
BLOCK = 65_536  # bytes read at once
HEAD = 64
KINDS = {b"PK\x03\x04": "an XLSX or ZIP file", b"%PDF": "a PDF", b"\xd0\xcf\x11\xe0": "an old Excel file"}
HOW = "Save the list as CSV in UTF-8 and try again."


class BadFile(Exception):
    """The file as a whole cannot be taken; the message is the sentence for whoever runs the import."""


@dataclass(frozen=True)
class Row:
    """One line: `number` is where it stands in the file (the header is 1), `fields` by column name."""

    number: int
    fields: Mapping[str, str]
    mistake: str = ""  # its quotes do not fit, or it has not as many fields as there are columns

    def get(self, *names: str) -> str:
        """The first of these columns that is filled, without the blanks around it."""
        return next((self.fields[name] for name in names if self.fields.get(name)), "")


class ListFile:
    """A CSV file that can be read several times. Raises `BadFile` when it is none, or lacks a column.

    `also` are columns that are read if they are there. One that is read may not be there twice.
    """

    def __init__(self, path: Path, *shapes: Iterable[str], also: Iterable[str] = ()) -> None:
        self.path = path
        _look(path)
        with path.open("rb") as file:
            first = next(_lines(file), "")
        self.delimiter = ";" if first.count(";") > first.count(",") else ","
        head, mistake = _parted(first, 1, self.delimiter)
        if mistake:
            raise BadFile(f"Line 1 names no columns: {mistake}. {HOW}")
        self.columns = [_column(name) for name in head]
        wanted = [frozenset(shape) for shape in shapes]
        self.shape = _which(self.columns, wanted)
        _stop_at_doubled(self.columns, wanted[self.shape].union(also))

    def rows(self) -> Iterator[Row]:
        """Every line that is not empty, each a row of its own. Raises `BadFile` for what cannot be read at all."""
        with self.path.open("rb") as file:
            for number, line in enumerate(_lines(file), 1):
                fields, mistake = _parted(line, number, self.delimiter)
                if number > 1 and any(fields):
                    yield self._row(number, fields, mistake)

    def _row(self, number: int, fields: list[str], mistake: str) -> Row:
        named = {name: visible(field).strip() for name, field in zip(self.columns, fields, strict=False)}
        while len(fields) > len(self.columns) and not fields[-1].strip():
            fields = fields[:-1]  # empty cells that a spreadsheet puts behind a table
        if not mistake and len(fields) != len(self.columns):
            mistake = f"{len(fields)} fields under {len(self.columns)} columns"
        return Row(number, named, mistake)


def _look(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as mistake:
        raise BadFile(f"{path} cannot be opened: {mistake.strerror}.") from mistake
    if not head.strip():
        raise BadFile(f"{path.name} is empty.")
    for sign, kind in KINDS.items():
        if head.startswith(sign):
            raise BadFile(f"{path.name} is {kind}, not CSV. {HOW}")
    if b"\0" in head:
        raise BadFile(f"{path.name} is no text in UTF-8. {HOW}")


def _lines(file: BinaryIO) -> Iterator[str]:
    """Lines as text; a file without line ends must not fill the memory."""
    for number, line in enumerate(_cut(file), 1):
        if len(line) > LINE:
            raise BadFile(f"Line {number} is longer than {LINE:,} bytes: this is no list. {HOW}")
        yield _text(line.removeprefix(codecs.BOM_UTF8) if number == 1 else line, number)


def _cut(file: BinaryIO) -> Iterator[bytes]:
    """What stands between the line ends: LF, CR LF, or CR alone, as old spreadsheets write."""
    rest, block = b"", file.read(BLOCK)
    end = b"\r" if b"\r" in block and b"\n" not in block else b"\n"
    while block and len(rest) <= LINE:
        *whole, rest = (rest + block).split(end)
        yield from whole
        block = file.read(BLOCK)
    if rest:
        yield rest


def _text(line: bytes, number: int) -> str:
    try:
        text = line.rstrip(b"\r").decode()
    except UnicodeDecodeError as mistake:
        raise BadFile(f"Line {number} is not UTF-8 (an older encoding, or no text). {HOW}") from mistake
    if "\0" in text:
        raise BadFile(f"Line {number} holds a zero byte: this is no text. {HOW}")
    if "\r" in text or "\n" in text:
        raise BadFile(
            f"Line {number} has a line end of another kind in it, so where its row ends cannot be told. {HOW}"
        )
    return text


def _parted(line: str, number: int, delimiter: str) -> tuple[list[str], str]:
    """The fields of one line, and what is wrong with its quotes.

    No field of a list has a line end. A quote that stays open would take the rows after it for its text, and nobody
    can tell which: raises `BadFile`.
    """
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), []), ""
    except csv.Error:
        loose = csv.reader([line, ""], delimiter=delimiter)
        fields = next(loose)
    if loose.line_num > 1:
        raise BadFile(
            f"Line {number} opens a quote that is not closed in it, so where its row ends cannot be told. "
            "Take the quote away, or close it, and try again."
        )
    return fields, "the quotes do not fit: one that opens a field closes it, and quotes inside are doubled"


def _column(name: str) -> str:
    return "_".join(visible(name).casefold().split())


def _which(columns: list[str], shapes: list[frozenset[str]]) -> int:
    for place, shape in enumerate(shapes):
        if shape <= set(columns):
            return place
    wanted = " or ".join(", ".join(sorted(shape)) for shape in shapes)
    raise BadFile(f"A column is missing. Needed: {wanted}. Found: {', '.join(columns)[:200] or 'none'}.")


def _stop_at_doubled(columns: list[str], read: frozenset[str]) -> None:
    if doubled := sorted(name for name in read if columns.count(name) > 1):
        raise BadFile(
            f"Columns that stand more than once: {', '.join(doubled)}. Which of them counts cannot be told: "
            "take the others away and try again."
        )

"""Tables that leave the house as XLSX: text stays text, whatever a spreadsheet would make of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from flask import Response

from webapp.plumbing.exports import is_formula

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 32_000  # letters of a cell; a spreadsheet refuses more than 32,767
NARROW, WIDE = 7, 44  # letters: how broad a column may be made
LOOKED_AT = 200  # rows that say how broad a column must be


@dataclass(frozen=True)
class Grid:
    """One sheet of a workbook: its name (31 letters at most), and rows of which the first one is the head."""

    name: str
    rows: Sequence[Sequence[object]]


def workbook(grids: Iterable[Grid], title: str, made_at: datetime) -> bytes:
    """The file. Numbers are numbers; everything else is text that no spreadsheet calculates, also after an edit."""
    file = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options | {"strings_to_numbers": False})
    book.set_properties({"title": title, "created": made_at.replace(tzinfo=None)})
    bold = book.add_format({"bold": True, "bottom": 1})
    quoted = book.add_format({"quote_prefix": True})
    for grid in grids:
        _fill(book.add_worksheet(grid.name), grid.rows, bold, quoted)
    book.close()
    return file.getvalue()


def send_workbook(content: bytes, name: str) -> Response:
    """An answer that a browser saves as `name` (plain letters, no path)."""
    return send_file(content, name, MIMETYPE)


def send_file(content: bytes, name: str, mimetype: str) -> Response:
    """A file to keep, which nobody else's cache may."""
    response = Response(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _fill(sheet: Any, rows: Sequence[Sequence[object]], bold: Any, quoted: Any) -> None:
    for column, letters in enumerate(_widths(rows)):
        sheet.set_column(column, column, letters)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            _write(sheet, number, column, value, quoted, bold if number == 0 else None)


def _write(sheet: Any, row: int, column: int, value: object, quoted: Any, look: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float):
        sheet.write_number(row, column, value, look)
        return
    text = str(value).replace("\x00", "")[:LONGEST]
    sheet.write_string(row, column, text, quoted if is_formula(text) else look)


def _widths(rows: Sequence[Sequence[object]]) -> list[int]:
    """Letters of the longest cell of each column of the table, as far as its first rows and its head go."""
    table = [row for row in rows[:LOOKED_AT] if len(row) == len(rows[0])] if rows else []
    longest = [max(len(str(value)) for value in column) for column in zip(*table, strict=True)]
    return [min(max(letters + 2, NARROW), WIDE) for letters in longest]

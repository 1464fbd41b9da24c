"""An XLSX opens as what it was: numbers are numbers, and text is text whatever it looks like."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from python_calamine import load_workbook

from webapp.plumbing.workbooks import Grid, workbook

AT = datetime(2024, 11, 9, 2, 0, tzinfo=UTC)


def read(*rows: tuple[object, ...]) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(workbook([Grid("Daftar", rows)], "Rakor", AT)))
    return [tuple(cell for cell in row) for row in book["Daftar"].iter_rows()]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+62812",
        "-1",
        "@A1",
        "http://x.example",
        "0812",
        "1e5",
        "  =1",
        "TRUE",
        "ok,=1+1",
        "Budi; -1",
        "\t=1",
    ],
)
def test_text_stays_text(text: str) -> None:
    ((_head,), (cell,)) = read(("Nama",), (text,))
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    made = io.BytesIO(workbook([Grid("Daftar", [("Nama",), (text,)])], "Rakor", AT))
    assert load_workbook(made).get_sheet_by_name("Daftar").to_python() == [["Nama"], [text]]


def test_what_a_spreadsheet_would_run_stays_text_when_it_is_edited() -> None:
    ((_head,), (formula,), (name,)) = read(("Nama",), ("=1+1",), ("Siti",))
    assert formula.quotePrefix and not name.quotePrefix


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    (_head, row) = read(("a", "b", "c", "d"), (1, -2.5, None, ""))
    assert [cell.value for cell in row] == [1, -2.5, None, None]


def test_very_long_and_unprintable_text_is_taken() -> None:
    ((_head,), (long,), (odd,)) = read(("a",), ("x" * 40_000,), ("a\x00b\x07\ufffe😀",))
    assert len(str(long.value)) == 32_000
    assert str(odd.value).startswith("ab") and str(odd.value).endswith("😀")


def test_rows_of_other_lengths_do_no_harm() -> None:
    assert [len([cell for cell in row if cell.value]) for row in read(("a", "b"), (), ("c",))] == [2, 0, 1]


def test_an_empty_table_is_a_file_too() -> None:
    assert workbook([Grid("Daftar", [])], "", AT).startswith(b"PK")

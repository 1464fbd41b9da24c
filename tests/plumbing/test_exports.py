"""What leaves as CSV opens as text, whatever somebody typed."""

from __future__ import annotations

import csv
import time
from io import StringIO

import pytest
from flask import Flask

from tests.effort import seconds
from webapp.plumbing.exports import BOM, FORMULA_SIGNS, csv_pieces, safe_cell, stream_csv


@pytest.mark.parametrize(
    "typed",
    [
        '=HYPERLINK("http://x","y")',
        "+62812",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "  =1",
        "\r\n=1",
        "|cmd",
        "＝1",
        "%0A",
    ],
)
def test_a_formula_is_only_text(typed: str) -> None:
    inside = {"\t=1": "\t'=1", "\r\n=1": "\r\n'=1"}  # what a reader of tabs, or of lines, would see there
    assert safe_cell(typed) == f"'{inside.get(typed, typed)}"


@pytest.mark.parametrize(
    "typed",
    [
        "ok,=cmd|' /C calc'!A1,x",
        "Budi; =1+1",
        'kata "ya",\t"=1+1"',
        "baris\n=1+1",
        "baris\r-1+1",
        "tab\t@SUM(A1)",
        "wide,＝1",
        "a,''=1",
        'a,"" =1',
        '"=1+1"',
        ",=1",
        "a,;=1",
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("quotes", [csv.QUOTE_MINIMAL, csv.QUOTE_NONE], ids=["quotes", "no quotes"])
def test_no_reader_sees_a_formula_whatever_parts_its_cells(typed: str, separator: str, quotes: int) -> None:
    text = "".join(csv_pieces([["a", typed, "z"], [typed, 3, typed]])).removeprefix(BOM)
    cells = [
        cell
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator, quoting=quotes)
        for cell in row
    ]
    bare = [cell for cell in cells if cell.strip(' "\t')[:1] in FORMULA_SIGNS and cell.strip(' "\t')]
    assert not bare, bare


@pytest.mark.parametrize(
    "typed", ["Jl. Mawar 5, RT 03", "a; b", "10.00-11.00", "Siti (0-7)", "x,y", "e@b.id", "50%"]
)
def test_what_is_no_formula_stays_as_it_was_typed(typed: str) -> None:
    assert safe_cell(typed) == typed


@pytest.mark.parametrize(
    ("value", "cell"), [("Siti", "Siti"), ("", ""), (None, ""), (-3, "-3"), (1.5, "1.5"), ("a\x00b", "ab")]
)
def test_other_cells_stay_as_they_are(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


def test_semicolons_quotes_and_line_breaks_stay_in_their_cell() -> None:
    rows = [["nama", "catatan"], ["Siti; S.H.", 'kata "ya"\nlalu pergi']]
    text = "".join(csv_pieces(rows))
    assert text.startswith(BOM)
    assert list(csv.reader(StringIO(text.removeprefix(BOM), newline=""), delimiter=";")) == rows


def test_many_rows_come_in_pieces() -> None:
    pieces = list(csv_pieces([n] for n in range(1000)))
    assert len(pieces) == 5
    assert "".join(pieces).count("\r\n") == 1000


def test_a_browser_saves_it_under_its_name(app: Flask) -> None:
    with app.test_request_context():
        response = stream_csv([["a"]], "check-in.csv")
        assert response.is_streamed
        assert response.headers["Content-Disposition"] == 'attachment; filename="check-in.csv"'
        assert response.get_data(as_text=True) == f'{BOM}"a"\r\n'


@pytest.mark.parametrize("run", ["\n", ",\n", "\n ", ";'", '\t"'])
def test_a_cell_of_nothing_but_separators_is_written_at_once(run: str) -> None:
    before = time.process_time()
    assert safe_cell(f"Budi{run * 50_000}Ani").endswith("Ani")
    assert time.process_time() - before < seconds(1)
    assert safe_cell(f"Budi{run * 3}=1") == f"Budi{run * 3}'=1"

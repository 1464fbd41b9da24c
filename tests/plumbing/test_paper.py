"""On paper nothing runs over its edge, whatever somebody typed, and nothing stops the printing."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from tests.effort import up_to
from webapp.plumbing.paper.letters import BOX, CUT, broken, cut, plain
from webapp.plumbing.paper.page import Paper, Type
from webapp.plumbing.paper.table import Column, Table

AT = datetime(2024, 11, 9, 2, 0, tzinfo=UTC)
LATIN = frozenset(range(32, 127))
some_words = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)


def per_letter(text: str) -> float:
    return float(len(text))


@settings(derandomize=True, deadline=None)
@given(text=st.text("ab ", max_size=80), width=st.integers(1, 20), most=st.integers(1, 5))
def test_lines_are_never_wider_than_their_column_nor_more_than_asked(
    text: str, width: int, most: int
) -> None:
    typed = " ".join(text.split())
    lines = broken(typed, width, per_letter, most)
    assert len(lines) <= most and all(len(line) <= width for line in lines)
    if not any(line.endswith(CUT) for line in lines):
        assert "".join(lines).replace(" ", "") == typed.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Siti Aminah", "Siti Aminah"), ("Muhammad Ali", "Muhammad A…"), ("", ""), ("x" * 99, "xxxxxxxxxx…")],
)
def test_what_does_not_fit_ends_in_an_ellipsis(text: str, shown: str) -> None:
    assert cut(text, 11, per_letter) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Siti\n\tAminah ", "Siti Aminah"),
        ("a\u202eb\u200bc\x00d", "abcd"),
        ("李 X", f"{BOX} X"),
        ("e\u0301", BOX),
        ("x\u0323", "x"),
    ],
)
def test_only_letters_that_the_font_has_are_printed(typed: str, shown: str) -> None:
    assert plain(typed, LATIN) == shown


@settings(max_examples=up_to(60), derandomize=True, deadline=None)
@given(words=st.lists(some_words, min_size=1, max_size=4))
def test_any_text_at_all_can_be_printed(words: list[str]) -> None:
    paper = Paper(words[0], AT, words[0])
    Table((Column("a", 30), Column("b", 40), Column("c", 40)), 10, signed=True).draw(
        paper, 20, [(word, (word, word), word) for word in words]
    )
    paper.block(12, 200, words[0], Type(9), 50, 3)
    assert len(PdfReader(io.BytesIO(paper.content())).pages) == 1


def test_a_table_goes_on_where_the_page_ends_and_repeats_its_head() -> None:
    paper = Paper("t", AT, "kaki")
    Table((Column("Nama", 60), Column("Wilayah", 60)), 8).draw(
        paper, 200, [(f"baris {n}", "") for n in range(90)]
    )
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(paper.content())).pages]
    assert len(pages) == paper.pages == 4 and all("Nama" in page and "kaki" in page for page in pages)
    rows = " ".join(pages).split()
    assert [int(word) for before, word in pairwise(rows) if before == "baris"] == list(range(90))


@pytest.mark.parametrize("across", [False, True])
def test_a_page_is_a4_and_numbered_only_with_a_foot(across: bool) -> None:
    for foot in ("", "kaki"):
        (page,) = PdfReader(io.BytesIO(Paper("t", AT, foot, across=across).content())).pages
        sides = round(float(page.mediabox.width)), round(float(page.mediabox.height))
        assert sides == ((842, 595) if across else (595, 842))
        assert ("1/1" in page.extract_text()) is bool(foot)

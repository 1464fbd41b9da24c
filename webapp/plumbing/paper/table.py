"""A table with rows of one height that runs over as many pages as it needs, with its head on each of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from webapp.plumbing.paper.page import GREY, LIGHT, MARGIN, Align, Paper, Type

HEAD = 7.0  # millimetres
PAD = 1.3
HEADS = Type(8, bold=True, least=6)
MAIN, SMALL = Type(9, least=7), Type(6.5, grey=GREY, least=5.5)
COUNT = Type(8, grey=GREY)
TRIED = ((9.0, 1), (8.5, 2), (7.0, 3))  # points, lines: how a cell is filled until its words fit

Cell = str | tuple[str, str]


@dataclass(frozen=True)
class Column:
    """What stands above it, and its width in millimetres."""

    words: str
    width: float
    align: Align = "left"
    bold: bool = False


@dataclass(frozen=True)
class Table:
    """A cell of two parts has the second one small below the first.

    `signed`: the last column is for signatures, by turns on its left and on its right, each of them two rows high.
    """

    columns: Sequence[Column]
    height: float
    signed: bool = False

    def draw(self, paper: Paper, y: float, rows: Iterable[Sequence[Cell]]) -> float:
        """All rows from `y` on, on new pages where they are needed; where the last one ends."""
        rest, done = list(rows), 0
        while rest:
            fitting = int((paper.bottom - y - HEAD) // self.height)
            if fitting < 1:
                y = paper.next_page()
                continue
            y = self._piece(paper, y, rest[:fitting], done)
            rest, done = rest[fitting:], done + fitting
            y = paper.next_page() if rest else y
        return y

    def _piece(self, paper: Paper, y: float, rows: Sequence[Sequence[Cell]], before: int) -> float:
        """The rows of one page; `before` of them stand on earlier ones."""
        paper.shade(MARGIN, y, self._width, HEAD)
        for x, column in self._places():
            paper.words(x + PAD, y + 1.6, column.words, HEADS, column.width - 2 * PAD, column.align)
        top, y = y, y + HEAD
        for number, row in enumerate(rows, start=before):
            self._row(paper, y, row, number)
            y += self.height
            self._under(paper, y, number, last=number == before + len(rows) - 1)
        self._upright(paper, top, y)
        return y

    def _row(self, paper: Paper, y: float, row: Sequence[Cell], number: int) -> None:
        cells = list(zip(self._places(), row, strict=True))
        for (x, column), cell in cells[:-1] if self.signed else cells:
            self._cell(paper, x + PAD, y, cell, column)
        if self.signed:
            (x, column), cell = cells[-1]
            half = column.width / 2 if number % 2 else 0
            paper.words(x + half + PAD, y + 0.6, str(cell), COUNT)

    def _cell(self, paper: Paper, x: float, y: float, cell: Cell, column: Column) -> None:
        width = column.width - 2 * PAD
        look = Type(MAIN.size, column.bold, least=MAIN.least)
        if isinstance(cell, tuple):
            top = y + (self.height - look.height - SMALL.height) / 2
            paper.words(x, top, cell[0], look, width, column.align)
            paper.words(x, top + look.height, cell[1], SMALL, width, column.align)
            return
        lines, size = self._lines(paper, cell, column)
        shown = Type(size, column.bold, least=MAIN.least)
        top = y + (self.height - len(lines) * shown.height) / 2
        for line in lines:
            paper.words(x, top, line, shown, width, column.align)
            top += shown.height

    def _lines(self, paper: Paper, text: str, column: Column) -> tuple[list[str], float]:
        """The words of a cell, as large as they can be."""
        width, found, size = column.width - 2 * PAD, [text], MAIN.size
        if " " not in text.strip():
            return [text], size
        for size, most in TRIED:
            look = Type(size, column.bold)
            if most * look.height > self.height:
                break
            found = paper.lines(text, look, width, most)
            if not found or not found[-1].endswith("…"):
                break
        return found, size

    def _under(self, paper: Paper, y: float, number: int, *, last: bool) -> None:
        """The line below a row; below a signature only where it ends."""
        right = MARGIN + self._width
        if not self.signed or last:
            paper.line(MARGIN, y, right, y)
            return
        left, half = right - self.columns[-1].width, self.columns[-1].width / 2
        paper.line(MARGIN, y, left, y)
        start = left + (0 if number % 2 else half)
        paper.line(start, y, start + half, y)

    def _upright(self, paper: Paper, top: float, bottom: float) -> None:
        paper.box(MARGIN, top, self._width, bottom - top)
        for x, _column in self._places()[1:]:
            paper.line(x, top, x, bottom)
        if self.signed:
            middle = MARGIN + self._width - self.columns[-1].width / 2
            paper.line(middle, top + HEAD, middle, bottom, grey=LIGHT)

    @property
    def _width(self) -> float:
        return sum(column.width for column in self.columns)

    def _places(self) -> list[tuple[float, Column]]:
        starts = accumulate((column.width for column in self.columns[:-1]), initial=MARGIN)
        return list(zip(starts, self.columns, strict=True))

"""A document of A4 pages: words at a place in millimetres from the upper left corner, lines, boxes and QR codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import segno
from fpdf import FPDF

from webapp.plumbing.paper.letters import STEP, broken, cut, ordered, plain

FONTS = Path(__file__).parent / "fonts"
FACE = "house"
POINT = 25.4 / 72  # millimetres
LEADING = 1.25  # a line's height, in heights of its letters
MARGIN = 12.0
ALIAS = "{nb}"  # the library puts the number of pages in its place
NUMBERS = 20.0  # millimetres for the page's number
FOOT = 14.0  # millimetres kept free below, for the foot
BLACK, GREY, LIGHT, PALE = 0, 85, 165, 238
LONGEST = 2000  # letters of one piece of text that are looked at: more never fits

Align = Literal["left", "middle", "right"]


@dataclass(frozen=True)
class Type:
    """How words look: `size` in points; they may shrink to `least` before they are cut."""

    size: float = 9
    bold: bool = False
    grey: int = BLACK
    least: float = 0

    @property
    def height(self) -> float:
        """Of one line, in millimetres."""
        return self.size * POINT * LEADING

    def at(self, size: float) -> Type:
        """The same at another size."""
        return Type(size, self.bold, self.grey, self.least)


FINE = Type(7, grey=GREY)


class Paper:
    """A4, upright or across. `foot` stands below every page beside its number; `made_at` is written into the file."""

    def __init__(self, title: str, made_at: datetime, foot: str = "", *, across: bool = False) -> None:
        self._pdf = _Numbered("landscape" if across else "portrait")
        self._pdf.foot = self._fitting(foot, FINE, self.width - NUMBERS)
        self._pdf.set_title(title)
        self._pdf.set_lang("id")
        self._pdf.set_creation_date(made_at)
        self.next_page()

    @property
    def width(self) -> float:
        """Between the margins."""
        return self._pdf.w - 2 * MARGIN

    @property
    def bottom(self) -> float:
        """Where the foot begins."""
        return self._pdf.h - FOOT if self._pdf.foot else self._pdf.h - MARGIN

    @property
    def pages(self) -> int:
        """How many there are by now."""
        return self._pdf.pages_count

    def next_page(self) -> float:
        """Begin one more page; its uppermost place."""
        self._pdf.add_page()
        return MARGIN

    def words(
        self, x: float, y: float, text: str, look: Type, width: float = 0, align: Align = "left"
    ) -> None:
        """One line with its upper edge at `y`; with a `width` it shrinks to it, then it is cut."""
        shown = self._plain(text, look)
        size = self._size_for(shown, look, width) if width else look.size
        drawn = look.at(size)
        if width:
            shown = cut(shown, width, lambda words: self.measure(words, drawn))
        left = width - self.measure(shown, drawn)
        start = x + {"left": 0.0, "middle": left / 2, "right": left}[align]
        self._set(drawn)
        self._pdf.text(start, y + (look.height + drawn.size * POINT * 0.72) / 2, ordered(shown))

    def block(self, x: float, y: float, text: str, look: Type, width: float, most: int = 99) -> float:
        """Lines one below the other, broken at `width`, `most` of them; where they end."""
        for line in self.lines(text, look, width, most):
            self.words(x, y, line, look)
            y += look.height
        return y

    def lines(self, text: str, look: Type, width: float, most: int = 99) -> list[str]:
        """`text` as `block` breaks it; line breaks that were typed are kept."""
        found: list[str] = []
        for piece in text[:LONGEST].splitlines():
            shown = self._plain(piece, look)
            if len(found) < most:
                found += broken(shown, width, lambda words: self.measure(words, look), most - len(found))
        return found

    def measure(self, text: str, look: Type) -> float:
        """The width of a line, in millimetres."""
        widths = self._face(look).cw
        return sum(widths[ord(sign)] for sign in text) * look.size * POINT / 1000

    def line(
        self, x: float, y: float, to_x: float, to_y: float, *, thick: float = 0.2, grey: int = LIGHT
    ) -> None:
        """A straight line; `thick` in millimetres."""
        self._pdf.set_draw_color(grey)
        self._pdf.set_line_width(thick)
        self._pdf.line(x, y, to_x, to_y)

    def box(
        self, x: float, y: float, width: float, height: float, *, grey: int = LIGHT, thick: float = 0.2
    ) -> None:
        """An empty rectangle."""
        self._pdf.set_draw_color(grey)
        self._pdf.set_line_width(thick)
        self._pdf.rect(x, y, width, height)

    def shade(self, x: float, y: float, width: float, height: float, grey: int = PALE) -> None:
        """A filled rectangle."""
        self._pdf.set_fill_color(grey)
        self._pdf.rect(x, y, width, height, style="F")

    def qr(self, x: float, y: float, side: float, text: str) -> None:
        """A QR code that still reads with a seventh of it torn; four of its dots around it should stay white."""
        rows = segno.make(text, error="m", micro=False).matrix
        dot = side / len(rows)
        self._pdf.set_fill_color(BLACK)
        for down, row in enumerate(rows):
            for start, length in _runs(row):
                self._pdf.rect(x + start * dot, y + down * dot, length * dot, dot, style="F")

    def content(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())

    def _plain(self, text: str, look: Type) -> str:
        return plain(text[:LONGEST], self._face(look).cmap)

    def _fitting(self, text: str, look: Type, width: float) -> str:
        return ordered(cut(self._plain(text, look), width, lambda words: self.measure(words, look)))

    def _size_for(self, text: str, look: Type, width: float) -> float:
        size = look.size
        while look.least and size - STEP >= look.least and self.measure(text, look.at(size)) > width:
            size -= STEP
        return size

    def _face(self, look: Type) -> Any:
        return self._pdf.fonts[FACE + ("B" if look.bold else "")]

    def _set(self, look: Type) -> None:
        self._pdf.set_font(FACE, "B" if look.bold else "", look.size)
        self._pdf.set_text_color(look.grey)


class _Numbered(FPDF):
    """Pages that carry the foot and their number."""

    foot = ""

    def __init__(self, orientation: Literal["landscape", "portrait"]) -> None:
        super().__init__(orientation=orientation, unit="mm", format="A4")
        self.set_auto_page_break(False)
        self.set_margin(MARGIN)
        self.c_margin = 0
        self.add_font(FACE, "", FONTS / "DejaVuSansCondensed.ttf")
        self.add_font(FACE, "B", FONTS / "DejaVuSansCondensed-Bold.ttf")

    def footer(self) -> None:
        """What it says, and page x of y; nothing where there is no foot."""
        if not self.foot:
            return
        self.set_font(FACE, "", FINE.size)
        self.set_text_color(FINE.grey)
        self.set_xy(MARGIN, self.h - FOOT + 4)
        self.cell(self.w - 2 * MARGIN - NUMBERS, 4, self.foot)
        self.cell(
            NUMBERS + self.get_string_width(ALIAS) - self.get_string_width("0"),
            4,
            f"{self.page_no()}/{ALIAS}",
            align="R",
        )


def _runs(row: bytearray | tuple[int, ...]) -> list[tuple[int, int]]:
    """Start and length of every dark stretch of one row of a code."""
    found, start = [], None
    for place, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            found.append((start, place - start))
            start = None
    return found

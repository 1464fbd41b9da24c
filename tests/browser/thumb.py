"""One thumb takes the roll of 63 people on a small phone, with the pauses that a person makes.

The names are called down the list. Some do not answer and are passed over; some come late, when the list has moved on,
and are found by a few letters; one tap in forty goes wrong and is taken back.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page

CALL, LOOK, LETTER, CORRECT = 1.6, 1.2, 0.28, 1.5  # seconds: call a name, find a row, press a key, see a slip
UP = 60  # ms until a thumb is off the glass: the tap counts only then
AGAIN = 0.65  # s until a tap at the same place is one of its own; no person is faster with two that are meant
LATECOMERS, SILENT = 8, 4  # of 63
SLIPS = 40
ROW = "#daftar > li"
STANDS = """() => {
    const rows = document.querySelectorAll("#daftar .tap:not(.undo), #daftar summary");
    const still = document.querySelectorAll(".dock :is(a, button)");
    const where = (name, part, x, y) => {
        const box = part.getBoundingClientRect();
        return box.width ? [[name, [box.left + x, box.top + y, box.right + x, box.bottom + y]]] : [];
    };
    return Object.fromEntries([
        ...Array.from(rows).flatMap((part) => where(part.closest("li").id + part.tagName, part, scrollX, scrollY)),
        ...Array.from(still).flatMap((part, place) => where(part.tagName + place, part, 0, 0)),
    ]);
}"""  # rows on the page, what stands still on the screen
HITS = "(part, [x, y]) => part.contains(document.elementFromPoint(x, y)) || document.elementFromPoint(x, y)?.outerHTML"


@dataclass
class Thumb:
    """A thumb over the page of one list. `pace` 1 is a person's; 0 makes no pause.

    `missed`: targets below 48 px; `moved`: px by which any target moved or grew between two taps, at most; `astray`:
    what lay under the thumb instead of its target.
    """

    page: Page
    dice: random.Random
    pace: float = 1.0
    missed: int = 0
    moved: float = 0.0
    astray: list[str] = field(default_factory=list)
    stood: dict[str, list[float]] = field(default_factory=dict)
    there: int = 0

    def roll(self, names: int | None = None) -> float:
        """Mark everybody who is there, or the first few names; returns the seconds that it took."""
        begin = time.monotonic()
        seats = self.page.locator(ROW).evaluate_all("rows => rows.map(row => row.id)")[:names]
        comers, silent = (max(1, many * len(seats) // 63) for many in (LATECOMERS, SILENT))
        chosen = self.dice.sample(seats, comers + silent)
        late, absent = chosen[:comers], set(chosen)
        self.there = len(seats) - silent
        for seat in seats:
            self._wait(CALL)
            if seat not in absent:
                self._mark(self.page.locator(f"#{seat}"))
                if self.dice.randrange(SLIPS) == 0 or seat == seats[0]:
                    self._take_back(self.page.locator(f"#{seat}"))
        for seat in late:
            self._find(self.page.locator(f"#{seat}"))
        return time.monotonic() - begin

    def _mark(self, row: Locator) -> None:
        button = row.locator("button.tap")
        button.evaluate(
            "node => node.scrollIntoView({ block: 'center' })"
        )  # where the eye looks, above the dock
        self._tap(button)

    def _take_back(self, row: Locator) -> None:
        self._wait(CORRECT, AGAIN)
        if not row.locator(".undo").is_visible():
            return  # this machine was slower than its eight seconds
        self._tap(row.locator(".undo"))
        self._wait(LOOK, AGAIN)
        self._mark(row)

    def _find(self, row: Locator) -> None:
        """Type the first letters of the name, tap, and empty the field again."""
        self._wait(CALL)
        name, letters = row.locator(".who b").inner_text(), self.page.locator("#cari")
        self._tap(letters)
        letters.fill("")
        letters.press_sequentially(name[:5].lower(), delay=LETTER * self.pace * 1000)
        self._wait(LOOK, AGAIN)
        self.stood = {}  # the letters moved the rows, and were meant to
        self._mark(row)
        letters.fill("")
        self.stood = {}

    def _tap(self, target: Locator) -> None:
        box = target.bounding_box()
        assert box is not None
        self.missed += min(box["width"], box["height"]) < 48
        near = (self.dice.uniform(0.3, 0.7), self.dice.uniform(0.3, 0.7))  # no thumb hits the middle
        at = box["x"] + near[0] * box["width"], box["y"] + near[1] * box["height"]
        self._look(target, at)
        self.page.touchscreen.tap(*at)
        self.page.wait_for_timeout(UP)

    def _look(self, target: Locator, at: tuple[float, float]) -> None:
        """Measure what moved since the last tap, and what is under the thumb now."""
        under = target.evaluate(HITS, list(at))
        if under is not True:
            self.astray.append(str(under)[:200])
        stands: dict[str, list[float]] = self.page.evaluate(STANDS)
        known = [name for name in stands if name in self.stood]
        ways = [abs(a - b) for name in known for a, b in zip(stands[name], self.stood[name], strict=True)]
        self.moved = max(self.moved, *ways, 0.0)
        self.stood = stands

    def _wait(self, seconds: float, least: float = 0.0) -> None:
        paced = self.pace * seconds * self.dice.lognormvariate(0, 0.35)
        self.page.wait_for_timeout(1000 * max(paced, least))

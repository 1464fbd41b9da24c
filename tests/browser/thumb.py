"""One thumb takes the roll of 63 people on a small phone, with the pauses that a person makes.

The names are called down the list. Some do not answer and are passed over; some come late, when the list has moved on,
and are found by a few letters; one tap in forty goes wrong and is taken back.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

CALL, LOOK, LETTER, CORRECT = 1.6, 1.2, 0.28, 1.5  # seconds: call a name, find a row, press a key, see a slip
UP = 60  # ms until a thumb is off the glass: the tap counts only then
LATECOMERS, SILENT = 8, 4
SLIPS = 40
ROW = "#daftar > li"


@dataclass
class Thumb:
    """A thumb over the page of one list. `pace` 1 is a person's; 0 makes no pause. `missed`: targets below 48 px."""

    page: Page
    dice: random.Random
    pace: float = 1.0
    missed: int = 0

    def roll(self) -> float:
        """Mark everybody who is there; returns the seconds that it took."""
        begin = time.monotonic()
        seats = self.page.locator(ROW).evaluate_all("rows => rows.map(row => row.id)")
        chosen = self.dice.sample(seats, LATECOMERS + SILENT)
        late, absent = chosen[:LATECOMERS], set(chosen)
        for seat in seats:
            self._wait(CALL)
            if seat not in absent:
                self._mark(self.page.locator(f"#{seat}"))
                if self.dice.randrange(SLIPS) == 0:
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
        self._wait(CORRECT)
        self._tap(row.locator(".undo"))
        self._wait(LOOK)
        self._mark(row)

    def _find(self, row: Locator) -> None:
        """Type the first letters of the name, tap, and empty the field again."""
        self._wait(CALL)
        name, field = row.locator(".who b").inner_text(), self.page.locator("#cari")
        self._tap(field)
        field.fill("")
        field.press_sequentially(name[:5].lower(), delay=LETTER * self.pace * 1000)
        self._wait(LOOK)
        self._mark(row)
        field.fill("")

    def _tap(self, target: Locator) -> None:
        box = target.bounding_box()
        assert box is not None
        self.missed += min(box["width"], box["height"]) < 48
        near = (self.dice.uniform(0.3, 0.7), self.dice.uniform(0.3, 0.7))  # no thumb hits the middle
        self.page.touchscreen.tap(box["x"] + near[0] * box["width"], box["y"] + near[1] * box["height"])
        self.page.wait_for_timeout(UP)

    def _wait(self, seconds: float) -> None:
        self.page.wait_for_timeout(1000 * self.pace * seconds * self.dice.lognormvariate(0, 0.35))

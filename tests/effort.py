"""How much of a long test runs each time; the rest runs with `FULL=1`.

What varies between the cases of such a test is what is told, so a few of them find nearly all that all of them find.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pytest

FULL = bool(os.environ.get("FULL"))


def a_few(cases: Iterable[Any], many: int = 2) -> list[Any]:
    """These cases of one argument, all but the first `many` of them under `full`."""
    return [case if n < many else pytest.param(case, marks=pytest.mark.full) for n, case in enumerate(cases)]


def up_to(most: int) -> int:
    """So many examples, or a quarter of them."""
    return most if FULL else max(most // 4, 3)


def seconds(quiet: float) -> float:
    """So much processor time; each second is longer where others run beside on the same core."""
    return quiet if FULL else quiet * 5

"""Exits: the few files that may leave the viewer's scope, or speak SQL past the listener that keeps it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2] / "webapp"

LEAVES_THE_SCOPE: set[str] = set()
SPEAKS_SQL: set[str] = set()


def files_with(pattern: str) -> set[str]:
    """The files below webapp/ whose source matches `pattern`."""
    return {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if re.search(pattern, path.read_text(), re.MULTILINE)
    }


def test_only_these_files_leave_the_scope() -> None:
    assert files_with(r"^\s+with everywhere\(|EVERYWHERE") == LEAVES_THE_SCOPE


def test_only_these_files_speak_sql_past_the_listener() -> None:
    past = r"__table__|\btext\(|exec_driver_sql|bulk_(save|insert|update)|session\.connection\(|engine\.(connect|begin)"
    assert files_with(past) == SPEAKS_SQL

"""What the tests of faults say: a line for whoever watches, and one for the table of docs/reliability.md."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

NO_BAR = "–"
Found = dict[str, object]


def line(test: pytest.Item, word: str, database: str, seed: int, found: Found) -> str:
    """One line at the end of the run."""
    number, _fault, _must = row_of(test)
    facts = " ".join(f"{name}={value}" for name, value in found.items() if name != "says")
    says = f" | {found['says']}" if "says" in found else ""
    name = test.name.removeprefix("test_")
    return f"verdict={word} bar={number} database={database} seed={seed} {facts}{says} | {name}"


def append(where: Path, test: pytest.Item, word: str, seed: int, found: Found, database: str) -> None:
    """One JSON line in the file `where`."""
    number, fault, must = row_of(test)
    told = {
        "bar": number, "fault": fault, "must": must, "word": word, "says": _sentence(found), "seed": seed,
        "database": database, "browser": test.get_closest_marker("browser") is not None,
        "cores": os.cpu_count(), "date": datetime.now(UTC).date().isoformat(), "test": test.nodeid,
    }  # fmt: skip
    with where.open("a") as file:
        file.write(json.dumps(told, ensure_ascii=False) + "\n")


def row_of(test: pytest.Item) -> tuple[str, str, str]:
    """Number, fault and what must hold, from the marker `bar`; else from the name of the test."""
    marker = test.get_closest_marker("bar")
    if marker is None:
        return NO_BAR, test.name.removeprefix("test_").replace("_", " "), ""
    number, fault, must = marker.args
    return str(number), fault, must


def _sentence(found: Found) -> str:
    if "says" in found:
        return str(found["says"])
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in found.items())

"""Write the table of docs/reliability.md: `python -m tests.faults.table REPORT`, for `make faults`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- figures: written by make faults -->", "<!-- end of figures -->"
COLUMNS = ("SQLite", "PostgreSQL", "Chromium, SQLite")
Lines = list[dict[str, Any]]


def main(report: Path) -> int:
    """Put the figures of `report` between the two markers; 1 when something did not hold."""
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{_said(lines)}\n\n{_table(lines)}\n{END}{after}")
    return int(any(line["word"] != "held" for line in lines))


def _said(lines: Lines) -> str:
    """Where and when the figures were made."""
    days = " and ".join(sorted({line["date"] for line in lines}))
    cores = max(line["cores"] for line in lines)
    databases = ", ".join(sorted({line["database"] for line in lines}, reverse=True))
    seeds = ", ".join(str(seed) for seed in sorted({line["seed"] for line in lines}))
    return (
        f"Made on {days}, {cores} cores for server, database and phones together; {databases}; seed {seeds}."
    )


def _table(lines: Lines) -> str:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        row = rows.setdefault((line["bar"], line["fault"]), {"must": line["must"]})
        says = line["says"] if line["word"] == "held" else f"**{line['word']}** {line['says']}"
        row.setdefault(_column(line), []).append(says)
    head = ("#", "fault", "must", *COLUMNS)
    body: list[tuple[str, ...]] = [
        (number, fault, row["must"], *("; ".join(row.get(name, "–")) for name in COLUMNS))
        for (number, fault), row in sorted(rows.items(), key=lambda one: _place(one[0][0]))
    ]
    return "\n".join(_row(cells) for cells in (head, ("---",) * len(head), *body))


def _column(line: dict[str, Any]) -> str:
    return COLUMNS[2] if line["browser"] else str(line["database"]).split()[0]


def _place(number: str) -> int:
    """Numbered bars first; the sort keeps the order of the tests."""
    return int(number) if number.isdecimal() else 1000


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

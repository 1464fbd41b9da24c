"""Words: every room and every table has its line in docs/glossary.md, and no line speaks of what is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from webapp.plumbing.database import db

ROOT = Path(__file__).parents[2]


def lines_of(chapter: str) -> set[str]:
    """The words in code type that begin the lines of one table."""
    page = (ROOT / "docs" / "glossary.md").read_text()
    body = page.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", body, re.MULTILINE))


def test_every_room_has_its_line() -> None:
    rooms = {path.parent.name for path in (ROOT / "webapp").glob("*/__init__.py")}
    assert lines_of("Rooms") == rooms


@pytest.mark.usefixtures("app")
def test_every_table_has_its_line(app: Flask) -> None:
    with app.app_context():
        tables = {mapper.class_.__name__ for mapper in db.Model.registry.mappers}
    assert lines_of("Tables") == tables

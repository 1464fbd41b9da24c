"""Words: rooms and tables have their lines in docs/glossary.md, kinds in docs/offline.md, and nothing that is gone."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from webapp.plumbing.database import db

ROOT = Path(__file__).parents[2]


def lines_of(chapter: str, page: str = "glossary") -> set[str]:
    """The words in code type that begin the lines of one table."""
    text = (ROOT / "docs" / f"{page}.md").read_text()
    body = text.partition(f"\n## {chapter}\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([\w.-]+)` \|", body, re.MULTILINE))


def test_every_room_has_its_line() -> None:
    rooms = {path.parent.name for path in (ROOT / "webapp").glob("*/__init__.py")}
    assert lines_of("Rooms") == rooms


def test_every_table_has_its_line(app: Flask) -> None:
    with app.app_context():
        tables = {mapper.class_.__name__ for mapper in db.Model.registry.mappers}
    assert lines_of("Tables") == tables


def test_every_kind_that_a_phone_may_send_has_its_line(app: Flask) -> None:
    needed = {name: kind.needs for name, kind in app.extensions["kinds"].items()}
    assert lines_of("Kinds", "offline") == set(needed)
    page = (ROOT / "docs" / "offline.md").read_text()
    for name, needs in needed.items():
        assert re.search(rf"^\| `{re.escape(name)}` \|.*`{needs.name}` \|$", page, re.MULTILINE), name

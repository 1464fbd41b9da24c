"""Where the tests' databases live: files for SQLite, a server of our own for PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests import postgres


class Store(Protocol):
    """A template database and the one copy that tests use."""

    template_url: str
    url: str

    def reset(self) -> None:
        """Make the copy equal to the template; nobody may be connected."""
        ...


class SqliteStore:
    """Two files."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.sqlite3"
        self.copy = folder / "test.sqlite3"
        self.template_url = f"sqlite:///{self.template}"
        self.url = f"sqlite:///{self.copy}"

    def reset(self) -> None:
        for left in (self.copy, Path(f"{self.copy}-wal"), Path(f"{self.copy}-shm")):
            left.unlink(missing_ok=True)
        if Path(f"{self.template}-wal").exists():
            with sqlite3.connect(self.template) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        shutil.copyfile(self.template, self.copy)


class PostgresStore:
    """Two databases of one server; the copy is made anew from the template."""

    def __init__(self, server: postgres.Server) -> None:
        self.server = server
        self.template_url = server.create("simpul_template")
        self.url = server.url("simpul_test")

    def reset(self) -> None:
        self.server.create("simpul_test", template="simpul_template")


@contextmanager
def open_store(folder: Path, *, on_postgres: bool) -> Iterator[Store]:
    """SQLite files under `folder`, or a PostgreSQL server that lives as long as the context."""
    if not on_postgres:
        yield SqliteStore(folder)
        return
    with postgres.running() as server:
        yield PostgresStore(server)

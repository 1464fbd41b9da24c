"""The staging area: temporary tables on one connection, filled in chunks, gone with the process.

What is read lands here first and is checked here; the tables that people work with change in one short
transaction at the end. A process that dies before that leaves nothing behind. SQL on purpose: 820,161 rows
do not pass through objects, and neither regions nor the register belong to a scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection

from webapp.plumbing.database import db

CHUNK = 10_000
Tell = Callable[[str, int], None]


def silent(_what: str, _count: int) -> None:
    """Progress that nobody watches."""


class Stage:
    """One connection with its temporary tables."""

    def __init__(self, connection: Connection, tell: Tell) -> None:
        self.connection = connection
        self.tell = tell
        self.on_sqlite = connection.dialect.name == "sqlite"

    def make(self, table: str, columns: str) -> None:
        """An empty temporary table."""
        with self.connection.begin():
            self.connection.execute(text(f"CREATE TEMPORARY TABLE {table} ({columns})"))

    def fill(self, table: str, width: int, rows: Iterable[Sequence[Any]], what: str) -> int:
        """Add rows in chunks, each committed, so that memory stays flat; returns how many."""
        rows, done = iter(rows), 0
        while chunk := list(islice(rows, CHUNK)):
            with self.connection.begin():
                self._add(table, width, chunk)
            done += len(chunk)
            self.tell(what, done)
        return done

    def run(self, sql: str, **values: Any) -> int:
        """Run one statement inside a transaction that is open; returns the number of rows it touched."""
        return int(self.connection.execute(text(sql), values).rowcount)

    def prepare(self, *statements: str, **values: Any) -> None:
        """Statements on the temporary tables, in a transaction of their own."""
        with self.connection.begin():
            for sql in statements:
                self.connection.execute(text(sql), values)

    def ask(self, sql: str, **values: Any) -> list[Any]:
        """The rows of a question, in a transaction of its own."""
        with self.connection.begin():
            return list(self.connection.execute(text(sql), values))

    def number(self, sql: str, **values: Any) -> int:
        """The single number that a question answers."""
        return int(self.ask(sql, **values)[0][0] or 0)

    def scalar(self, sql: str, **values: Any) -> Any:
        """The single value that a question answers, inside a transaction that is open."""
        return self.connection.execute(text(sql), values).scalar_one()

    @contextmanager
    def swap(self) -> Iterator[None]:
        """The one transaction that others see: all of it or nothing."""
        self.connection.execution_options(immediate=True)
        try:
            with self.connection.begin():
                yield
        finally:
            self.connection.execution_options(immediate=False)

    def _add(self, table: str, width: int, chunk: Sequence[Sequence[Any]]) -> None:
        cursor: Any = self.connection.connection.cursor()
        if self.on_sqlite:
            cursor.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * width)})", chunk)  # noqa: S608
            return
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in chunk:
                copy.write_row(row)


@contextmanager
def staging(tell: Tell = silent) -> Iterator[Stage]:
    """A stage, thrown away at the end with the connection's own settings."""
    with db.engine.connect() as connection:
        stage = Stage(connection, tell)
        with connection.begin():
            cursor = connection.connection.cursor()
            if not stage.on_sqlite:
                cursor.execute("SET statement_timeout = 0; SET lock_timeout = '60s'; SET work_mem = '32MB'")
        if stage.on_sqlite:
            cursor.execute("PRAGMA temp_store=FILE")
            cursor.execute("PRAGMA busy_timeout=60000")
        try:
            yield stage
        finally:
            connection.invalidate()


def refresh() -> None:
    """Let the database look at its new sizes; a full write-ahead log is folded in."""
    with db.engine.connect() as connection:
        cursor = connection.execution_options(isolation_level="AUTOCOMMIT").connection.cursor()
        if connection.dialect.name == "sqlite":
            cursor.execute("PRAGMA optimize")
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            cursor.fetchall()
        else:
            cursor.execute("ANALYZE region, election, station, station_count, village_count, shape")
        connection.invalidate()

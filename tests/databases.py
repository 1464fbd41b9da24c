"""Where the tests' databases live: files for SQLite, a server of our own for PostgreSQL."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg

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
    """Two databases of one server. The copy is made once; after that its rows are put back, which is quicker."""

    def __init__(self, server: postgres.Server) -> None:
        self.server = server
        self.template_url = server.create("simpul_template")
        self.url = server.url("simpul_test")
        self.rows: dict[str, bytes] = {}
        self.counters: list[str] = []
        self.clean_at = ""

    def reset(self) -> None:
        if not self.rows:
            self.server.create("simpul_test", template="simpul_template")
        with psycopg.connect(self.url, autocommit=True) as connection:
            if not self.rows:
                self._remember(connection)
            elif self._written_up_to(connection) != self.clean_at:
                self._put_back(connection)
            self.clean_at = self._written_up_to(connection)

    def _remember(self, connection: psycopg.Connection[Any]) -> None:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                self.rows[table] = b"".join(bytes(part) for part in copy)
        found = connection.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall()
        self.counters = [
            f"SELECT setval('\"{name}\"', {last or 1}, {last is not None})" for name, last in found
        ]

    def _put_back(self, connection: psycopg.Connection[Any]) -> None:
        """Throw out whoever is still connected, then rows and sequences, past every trigger and foreign key."""
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in self.rows))
            for table, rows in self.rows.items():
                if rows:
                    with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                        copy.write(rows)
            cursor.execute("; ".join(self.counters))

    def _written_up_to(self, connection: psycopg.Connection[Any]) -> str:
        """How far the server's log has come; it moves with every write, whoever made it."""
        row = connection.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
        assert row is not None
        return str(row[0])


@contextmanager
def open_store(folder: Path, *, on_postgres: bool, durable: bool = False) -> Iterator[Store]:
    """SQLite files under `folder`, or a PostgreSQL server that lives as long as the context.

    `durable`: that server waits for the disk as it would in real life; SQLite always does.
    """
    if not on_postgres:
        yield SqliteStore(folder)
        return
    with postgres.running(durable=durable) as server:
        yield PostgresStore(server)

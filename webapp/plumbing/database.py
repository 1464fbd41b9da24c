"""The database: one session a request, one writer at a time on SQLite, column types that both databases share."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    DateTime,
    MetaData,
    String,
    Text,
    bindparam,
    delete,
    event,
    func,
    inspect,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

BUSY_MS = 5_000  # how long anybody waits for a lock
THREADS = 32
# A receipt is a promise: a server that is set to answer before it has written would break it in a crash.
KEEP_THE_WORD = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(directory="migrations", render_as_batch=True)

if TYPE_CHECKING:

    class Model(Base):
        """What every row is, for the type checker; at run time it is `db.Model`."""

        __abstract__ = True

else:
    Model = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time in Python, whatever the database keeps. A naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def Code() -> String:  # noqa: N802
    """The column type of a wilayah code: byte order on both databases, so that a subtree is one index range."""
    return String(13).with_variant(String(13, collation="C"), "postgresql")


@dataclass(frozen=True)
class Subtree:
    """The codes from `low` up to `high`; these may be parameters that get their values when the statement runs."""

    low: Any
    high: Any

    @classmethod
    def of(cls, code: str) -> Subtree:
        """A region and all below it: "/" is the sign after "." in ASCII."""
        return cls(code, f"{code}/")


def within(column: Any, code: str | Subtree) -> ColumnElement[bool]:
    """The rows at `code` and below it; every row for the nation."""
    if code == "ID":
        return true()
    subtree = code if isinstance(code, Subtree) else Subtree.of(code)
    inside: ColumnElement[bool] = (column >= subtree.low) & (column < subtree.high)
    return inside


def delete_where(model: Any, condition: ColumnElement[bool]) -> int:
    """Delete these rows past the session, and return how many there were. One statement."""
    gone = delete(model).where(condition).returning(*inspect(model).primary_key)
    return len(db.session.execute(gone, execution_options={"synchronize_session": False}).all())


def advisory_lock(key: str) -> None:
    """Make transactions with the same key wait for each other until they end. SQLite has one writer anyhow."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))


def upsert(model: Any) -> Any:
    """An INSERT of this database's own kind, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def insert_many(table: Any, *names: str) -> Any:
    """Like `upsert`, for many rows with these columns; the parameters that it wants are `as_many(rows)`.

    PostgreSQL gets one array a column and reads one short statement, not hundreds of parameters each time anew.
    """
    new = upsert(table)
    if db.engine.dialect.name != "postgresql":
        return new
    columns = [table.c[name] for name in names]
    arrays = [bindparam(f"all_{column.name}", type_=ARRAY(_bare(column.type))) for column in columns]
    told = func.unnest(*arrays).table_valued(*names).render_derived()
    return new.from_select(names, select(*told.c))


def as_many(rows: Sequence[Mapping[str, Any]]) -> Any:
    """The parameters of an `insert_many`: the rows, all with the same columns, as this database takes them."""
    if db.engine.dialect.name != "postgresql":
        return rows
    return {f"all_{name}": [row[name] for row in rows] for name in rows[0]}


def _bare(kind: Any) -> Any:
    """A type that never cuts what is too long: the column itself must refuse it."""
    return Text() if isinstance(kind, String) else kind


class Busy(Exception):
    """Somebody else has been writing for too long; the phone should try again in a few seconds."""


_turn = threading.Lock()


@contextmanager
def writing(patience: float | None = None) -> Iterator[None]:
    """One write transaction: committed at the end, rolled back on an exception.

    On SQLite it begins with BEGIN IMMEDIATE, because a transaction that reads first and writes later fails
    under load, and only one thread of the process waits for the file's lock. Inside another it just goes on.
    Raises `Busy` when the turn among this process's threads does not come within `patience` (seconds) or `BUSY_MS`.
    """
    session = db.session
    if session.info.get("writing"):
        yield
        return
    session.commit()
    on_sqlite = db.engine.dialect.name == "sqlite"
    if on_sqlite and not _turn.acquire(timeout=BUSY_MS / 1000 if patience is None else patience):
        raise Busy
    session.info["writing"] = True
    try:
        session.connection(execution_options={"immediate": True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("writing", None)
        if on_sqlite:
            _turn.release()


def connect(app: Flask) -> None:
    """Bind the database to `app`, with a pool as large as a worker's threads."""
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    options: dict[str, Any] = {
        "pool_size": THREADS,
        "max_overflow": 4,
        "pool_timeout": 10,
        "pool_use_lifo": True,
        "hide_parameters": True,  # an error would tell the log whose row it was
    }
    if not url.startswith("sqlite"):
        options |= {"pool_pre_ping": True, "connect_args": {"prepare_threshold": None, "connect_timeout": 5}}
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        prepare = _prepare_sqlite if db.engine.dialect.name == "sqlite" else _prepare_postgres
        event.listen(db.engine, "connect", prepare)
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-2000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("immediate"):
        connection.exec_driver_sql("BEGIN")
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if not _took_the_lock(driver):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_MS}")


def _took_the_lock(driver: Any) -> bool:
    """Try every millisecond whether the file's lock is free, for as long as anybody is to wait.

    SQLite looks again after up to a tenth of a second: a process that writes without pause starves all the others.
    """
    for _ in range(BUSY_MS):
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                return False
            time.sleep(0.001)
        else:
            return True
    return False


def _prepare_postgres(connection: Any, _record: Any) -> None:
    connection.execute(
        f"SET statement_timeout = '15s'; SET lock_timeout = {BUSY_MS}; SET timezone = 'UTC'"  # ms
    )
    connection.execute(KEEP_THE_WORD)
    connection.commit()

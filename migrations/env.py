"""How Alembic reaches the application's database.

On SQLite foreign keys are switched off before the transaction: altering a parent in batch mode re-creates it,
and with the pragma on that would empty its children. The keys are checked afterwards.
"""

from __future__ import annotations

from alembic import context
from flask import current_app

from webapp.plumbing.database import Base

engine = current_app.extensions["migrate"].db.engine


def plain(kind: str, thing: object, _context: object) -> str | bool:
    """Write our own column types as the plain ones below them: a migration must not change with the code."""
    if kind == "type" and type(thing).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=plain,
        )
        with context.begin_transaction():
            context.run_migrations()
        if on_sqlite:
            connection.rollback()
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.rollback()
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")
            if broken:
                raise RuntimeError(f"foreign keys broken after migration: {broken[:5]}")


run()

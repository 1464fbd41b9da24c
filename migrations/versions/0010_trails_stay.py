"""Readings of numbers and consents are only ever added to, and no row of a trail is written over by another.

SQLite deletes a row that INSERT OR REPLACE writes over without asking its triggers, so the insert itself is refused.
A later migration that makes one of these tables anew in batch mode must hang the triggers again.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NEW = ("contact_view", "consent")
SAME = "id = NEW.id"
SAME_REVIEW = f"{SAME} OR (sheet_id = NEW.sheet_id AND version = NEW.version)"
TRAILS = ("audit_entry", "attendance_record", "review_event", *NEW)


def upgrade() -> None:
    on_postgres = op.get_bind().dialect.name == "postgresql"
    (_guard_postgres if on_postgres else _guard_sqlite)()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in NEW:
            op.execute(f"DROP TRIGGER {table}_stays ON {table}")
        for table in TRAILS[1:]:
            op.execute(f"DROP TRIGGER {table}_stays_whole ON {table}")
        return
    for table in NEW:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_stays_{act}")
    for table in TRAILS:
        op.execute(f"DROP TRIGGER {table}_stays_insert")


def _guard_postgres() -> None:
    for table in NEW:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in TRAILS[1:]:
        op.execute(
            f"CREATE TRIGGER {table}_stays_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _guard_sqlite() -> None:
    for table in NEW:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_stays_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    for table in TRAILS:
        same = SAME_REVIEW if table == "review_event" else SAME
        op.execute(
            f"CREATE TRIGGER {table}_stays_insert BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )

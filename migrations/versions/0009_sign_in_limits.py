"""Signing in: until when a failure locks, and whose turn comes when behind a crowded address."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LOCKING = sa.text("locks_until IS NOT NULL")


def upgrade() -> None:
    op.add_column("sign_in_attempt", sa.Column("locks_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_sign_in_attempt_at", "sign_in_attempt", ["at"])
    op.create_index(
        "ix_sign_in_attempt_locks_until",
        "sign_in_attempt",
        ["locks_until"],
        sqlite_where=LOCKING,
        postgresql_where=LOCKING,
    )
    op.create_table(
        "sign_in_turn",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_turn")),
    )
    op.create_index("ix_sign_in_turn_ready_at", "sign_in_turn", ["ready_at"])


def downgrade() -> None:
    op.drop_table("sign_in_turn")
    op.drop_index("ix_sign_in_attempt_locks_until", "sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_at", "sign_in_attempt")
    op.drop_column("sign_in_attempt", "locks_until")

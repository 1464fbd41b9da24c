"""What phones say they hold, and which of the things that could not be taken a supervisor has looked at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SETTLED = ("submission", "submission_conflict")
UNSETTLED = sa.text("reason IS NOT NULL AND settled_at IS NULL")
HOLDING = sa.text("held_oldest_at IS NOT NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column("device_session", sa.Column("held", sa.Integer(), server_default="0", nullable=False))
    op.add_column("device_session", sa.Column("held_oldest_at", moment, nullable=True))
    op.add_column("device_session", sa.Column("held_at", moment, nullable=True))
    for table in SETTLED:
        op.add_column(table, sa.Column("settled_at", moment, nullable=True))
        op.add_column(table, sa.Column("settled_by", sa.Integer(), nullable=True))
    code = sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql")
    op.add_column("submission_conflict", sa.Column("region_code", code, nullable=True))
    op.execute(
        "UPDATE submission_conflict SET region_code = coalesce("
        "(SELECT person.region_code FROM person WHERE person.id = submission_conflict.sender_id), "
        "(SELECT submission.region_code FROM submission WHERE submission.id = submission_conflict.submission_id))"
    )
    op.create_index(
        "ix_submission_unsettled",
        "submission",
        ["received_at"],
        unique=False,
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    op.create_index(
        "ix_device_session_holding",
        "device_session",
        ["held_oldest_at"],
        unique=False,
        sqlite_where=HOLDING,
        postgresql_where=HOLDING,
    )


def downgrade() -> None:
    op.drop_index("ix_device_session_holding", table_name="device_session")
    op.drop_index("ix_submission_unsettled", table_name="submission")
    op.drop_column("submission_conflict", "region_code")
    for table in SETTLED:
        op.drop_column(table, "settled_by")
        op.drop_column(table, "settled_at")
    for column in ("held_at", "held_oldest_at", "held"):
        op.drop_column("device_session", column)

"""A record whose phone kept its own time to itself, and which it says is older than a sending takes, says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    untimed = sa.Column("untimed", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("attendance_record", untimed)


def downgrade() -> None:
    op.drop_column("attendance_record", "untimed")

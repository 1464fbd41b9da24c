"""A reviewer's first look at a sheet is noted, and minutes are closed on their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ADDED = (("sheet", "opened"), ("meeting", "minutes_closed"))


def upgrade() -> None:
    for table, name in ADDED:
        op.add_column(table, sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column(f"{name}_by", sa.Integer(), nullable=True))
        with op.batch_alter_table(table) as batch:
            batch.create_foreign_key(f"fk_{table}_{name}_by_person", "person", [f"{name}_by"], ["id"])


def downgrade() -> None:
    for table, name in ADDED:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_{name}_by_person", type_="foreignkey")
            for tail in ("by", "at"):
                batch.drop_column(f"{name}_{tail}")

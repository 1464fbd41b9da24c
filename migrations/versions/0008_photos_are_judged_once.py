"""How often somebody began to judge a photo, and since when somebody is at it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("blob", sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
    op.add_column("blob", sa.Column("judging_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("blob") as blob:
        blob.drop_column("judging_since")
        blob.drop_column("tries")

"""An answer that was heard after the beginning, though the phone says it was given before, says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    late = sa.Column("rsvp_late", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("invitation", late)


def downgrade() -> None:
    op.drop_column("invitation", "rsvp_late")

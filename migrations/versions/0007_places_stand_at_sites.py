"""A place and a link belong to a site; the columns of the session that held them until 0006 go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("place", "link"):
        op.drop_column("meeting_session", column)


def downgrade() -> None:
    for column in ("link", "place"):
        op.add_column("meeting_session", sa.Column(column, sa.String(), nullable=True))
        op.execute(
            f"UPDATE meeting_session SET {column} = "
            f"(SELECT min(site.{column}) FROM site WHERE site.meeting_id = meeting_session.meeting_id)"
        )

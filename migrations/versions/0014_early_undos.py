"""An undo that overtook its tap is kept until the tap comes; a verdict says how far away it was claimed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

CODE = sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql")
BEYOND = (
    "(SELECT max(one.beyond) FROM attendance_record AS one WHERE one.invitation_id = verdict.invitation_id "
    "AND one.session_id = verdict.session_id AND one.kind = 'in' AND one.beyond >= 0 "
    "AND NOT EXISTS (SELECT 1 FROM attendance_record AS undo WHERE undo.voids = one.id "
    "AND undo.invitation_id = one.invitation_id AND undo.session_id = one.session_id))"
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "early_undo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("voids", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", moment, nullable=False),
        sa.Column("happened_at", moment, nullable=False),
        sa.Column("received_at", moment, nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("drift", sa.BigInteger(), nullable=False),
        sa.Column("recorder_id", sa.Integer(), nullable=False),
        sa.Column("device_session_id", sa.Uuid(), nullable=True),
        sa.Column("region_code", CODE, nullable=False),
        sa.ForeignKeyConstraint(["recorder_id"], ["person.id"], name="fk_early_undo_recorder_id_person"),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name="fk_early_undo_sheet_id_sheet"),
        sa.PrimaryKeyConstraint("id", name="pk_early_undo"),
    )
    op.create_index("ix_early_undo_region_code", "early_undo", ["region_code"], unique=False)
    op.create_index("ix_early_undo_voids", "early_undo", ["voids"], unique=False)
    op.add_column("verdict", sa.Column("beyond", sa.Integer(), nullable=True))
    op.execute(f"UPDATE verdict SET beyond = {BEYOND}")


def downgrade() -> None:
    op.drop_column("verdict", "beyond")
    op.drop_table("early_undo")

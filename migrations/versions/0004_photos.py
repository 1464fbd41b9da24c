"""Files sent in parts, and the photos that a check-in names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("have", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("stored", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("owner_id", "sha256", name=op.f("uq_blob_owner_id_sha256")),
    )
    op.create_index(op.f("ix_blob_state_touched_at"), "blob", ["state", "touched_at"], unique=False)

    op.create_table(
        "blob_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("blob_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name=op.f("fk_blob_part_blob_id_blob")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob_part")),
        sa.UniqueConstraint("blob_id", "begins_at", name=op.f("uq_blob_part_blob_id_begins_at")),
    )

    op.create_table(
        "check_in_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_in_id"], ["check_in.id"], name=op.f("fk_check_in_photo_check_in_id_check_in")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in_photo")),
        sa.UniqueConstraint("check_in_id", "sha256", name=op.f("uq_check_in_photo_check_in_id_sha256")),
    )
    op.create_index(op.f("ix_check_in_photo_sha256"), "check_in_photo", ["sha256"], unique=False)


def downgrade() -> None:
    op.drop_table("check_in_photo")
    op.drop_table("blob_part")
    op.drop_table("blob")

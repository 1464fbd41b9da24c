"""Check-ins, and undos that came before their check-in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("station_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("activity", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("people_met", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("accuracy", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("drift", sa.BigInteger(), nullable=False),
        sa.Column("oddities", sa.Integer(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_check_in_person_id_person")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_check_in_region_code_region")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_check_in_station_id_station")),
        sa.ForeignKeyConstraint(["voided_by"], ["person.id"], name=op.f("fk_check_in_voided_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_check_in_submission_id")),
    )
    op.create_index(op.f("ix_check_in_day"), "check_in", ["day"], unique=False)
    op.create_index(op.f("ix_check_in_happened_at"), "check_in", ["happened_at"], unique=False)
    op.create_index(
        "ix_check_in_odd",
        "check_in",
        ["happened_at"],
        unique=False,
        sqlite_where=sa.text("oddities != 0"),
        postgresql_where=sa.text("oddities != 0"),
    )
    op.create_index(
        op.f("ix_check_in_person_id_happened_at"), "check_in", ["person_id", "happened_at"], unique=False
    )
    op.create_index(op.f("ix_check_in_region_code"), "check_in", ["region_code"], unique=False)

    op.create_table(
        "early_void",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("check_in_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_early_void_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_void")),
        sa.UniqueConstraint("check_in_id", "person_id", name=op.f("uq_early_void_check_in_id_person_id")),
    )


def downgrade() -> None:
    op.drop_table("early_void")
    op.drop_table("check_in")

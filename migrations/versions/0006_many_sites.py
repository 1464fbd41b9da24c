"""Many sites and sessions, invitations by rule, answers, codes of the screen, follow-ups, calendars, trainings.

Every meeting so far had one session at one place: that place becomes its site. `meeting_session.place` and `link` stay
for the release that still reads them; 0007 takes them away. Verdicts get the words that follow from their records: how
the deciding one came about, and that who said so herself did not say from where.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

moment = sa.DateTime(timezone=True)
SITES = """
INSERT INTO site (meeting_id, region_code, mode, place, link, "offset", radius)
SELECT meeting_id, region_code, CASE WHEN place IS NULL AND link IS NOT NULL THEN 'zoom' ELSE 'tatap muka' END,
       place, link, "offset", 150
FROM meeting_session WHERE id IN (SELECT min(id) FROM meeting_session GROUP BY meeting_id)
"""
FIRST_SITE = "(SELECT min(site.id) FROM site WHERE site.meeting_id = {table}.meeting_id)"
SECRET = {
    "sqlite": "lower(hex(randomblob(32)))",
    "postgresql": "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')",
}

HOW = """
UPDATE verdict SET method = (SELECT record.method FROM attendance_record record WHERE record.id = verdict.record_id)
WHERE record_id IS NOT NULL
"""
FROM_NOWHERE = """
UPDATE verdict SET far = true WHERE EXISTS (
    SELECT 1 FROM attendance_record record
    WHERE record.invitation_id = verdict.invitation_id AND record.session_id = verdict.session_id
    AND record.kind <> 'void' AND record.method = 'self' AND NOT EXISTS (
        SELECT 1 FROM attendance_record void
        WHERE void.invitation_id = record.invitation_id AND void.session_id = record.session_id
        AND void.kind = 'void' AND void.voids = record.id
    )
)
"""


def _added() -> tuple[tuple[str, sa.Column[Any]], ...]:
    """Made anew each time: a column belongs to one table."""
    return (
        ("attendance_record", sa.Column("seen_at", moment, nullable=True)),
        ("attendance_record", sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("attendance_record", sa.Column("beyond", sa.Integer(), nullable=True)),
        ("correction", sa.Column("evidence", sa.String(), nullable=True)),
        ("correction", sa.Column("submission_id", sa.Uuid(), nullable=True)),
        ("device_session", sa.Column("handset", sa.Uuid(), nullable=True)),
        ("meeting_session", sa.Column("title", sa.String(), nullable=True)),
        ("station_count", sa.Column("trained", sa.Integer(), server_default="0", nullable=False)),
        ("village_count", sa.Column("trained", sa.Integer(), server_default="0", nullable=False)),
        ("verdict", sa.Column("far", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("verdict", sa.Column("late_code", sa.Boolean(), server_default=sa.false(), nullable=False)),
        ("verdict", sa.Column("method", sa.String(), nullable=True)),
        ("meeting", sa.Column("series", sa.Uuid(), nullable=True)),
        ("meeting", sa.Column("required_for", sa.String(), nullable=True)),
        ("meeting", sa.Column("absences_allowed", sa.Integer(), server_default="0", nullable=False)),
        ("meeting", sa.Column("cancelled_at", moment, nullable=True)),
        ("meeting", sa.Column("cancelled_by", sa.Integer(), nullable=True)),
        ("meeting", sa.Column("cancel_reason", sa.String(), nullable=True)),
        ("meeting", sa.Column("revision", sa.Integer(), server_default="0", nullable=False)),
        ("meeting", sa.Column("changed_at", moment, nullable=True)),
        ("invitation", sa.Column("site_id", sa.Integer(), nullable=True)),
        ("invitation", sa.Column("rule_id", sa.Integer(), nullable=True)),
        ("invitation", sa.Column("stands_for", sa.Integer(), nullable=True)),
        ("invitation", sa.Column("rsvp", sa.String(), nullable=True)),
        ("invitation", sa.Column("rsvp_reason", sa.String(), nullable=True)),
        ("invitation", sa.Column("rsvp_at", moment, nullable=True)),
        ("sheet", sa.Column("site_id", sa.Integer(), nullable=True)),
        ("sheet", sa.Column("head_count", sa.Integer(), nullable=True)),
        ("sheet", sa.Column("head_count_by", sa.Integer(), nullable=True)),
        ("sheet", sa.Column("head_count_at", moment, nullable=True)),
        ("sheet", sa.Column("secret", sa.String(), nullable=True)),
    )


def upgrade() -> None:
    _make_tables()
    for table, column in _added():
        op.add_column(table, column)
    op.execute(SITES)
    for table in ("invitation", "sheet"):
        op.execute(f"UPDATE {table} SET site_id = {FIRST_SITE.format(table=table)}")
    op.execute(f"UPDATE sheet SET secret = {SECRET[op.get_bind().dialect.name]}")
    op.execute(HOW)
    op.execute(FROM_NOWHERE)
    _tie()


def downgrade() -> None:
    """Only while every meeting still has one site and one session."""
    _untie()
    for table, column in reversed(_added()):
        op.drop_column(table, column.name)
    _drop_tables()


def _tie() -> None:
    with op.batch_alter_table("correction") as batch:
        batch.create_unique_constraint("uq_correction_submission_id", ["submission_id"])
    op.drop_index("uq_invitation_person", "invitation")
    op.create_index("uq_invitation_person", "invitation", ["site_id", "person_id"], unique=True)
    op.create_index("ix_invitation_meeting_id", "invitation", ["meeting_id"])
    op.create_index("uq_invitation_stands_for", "invitation", ["stands_for"], unique=True)
    op.create_index("ix_meeting_series", "meeting", ["series"])
    with op.batch_alter_table("invitation", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            "fk_invitation_rule_id_invitation_rule", "invitation_rule", ["rule_id"], ["id"]
        )
        batch.create_foreign_key("fk_invitation_site_id_site", "site", ["site_id"], ["id"])
        batch.create_foreign_key("fk_invitation_stands_for_invitation", "invitation", ["stands_for"], ["id"])
    with op.batch_alter_table("meeting") as batch:
        batch.create_foreign_key("fk_meeting_cancelled_by_person", "person", ["cancelled_by"], ["id"])
    with op.batch_alter_table("sheet") as batch:
        batch.alter_column("site_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("secret", existing_type=sa.String(), nullable=False)
        batch.drop_constraint("uq_sheet_session_id", type_="unique")
        batch.create_unique_constraint("uq_sheet_session_id_site_id", ["session_id", "site_id"])
        batch.create_foreign_key("fk_sheet_head_count_by_person", "person", ["head_count_by"], ["id"])
        batch.create_foreign_key("fk_sheet_site_id_site", "site", ["site_id"], ["id"])


def _untie() -> None:
    with op.batch_alter_table("correction") as batch:
        batch.drop_constraint("uq_correction_submission_id", type_="unique")
    with op.batch_alter_table("sheet") as batch:
        batch.drop_constraint("fk_sheet_site_id_site", type_="foreignkey")
        batch.drop_constraint("fk_sheet_head_count_by_person", type_="foreignkey")
        batch.drop_constraint("uq_sheet_session_id_site_id", type_="unique")
        batch.create_unique_constraint("uq_sheet_session_id", ["session_id"])
    with op.batch_alter_table("meeting") as batch:
        batch.drop_constraint("fk_meeting_cancelled_by_person", type_="foreignkey")
    with op.batch_alter_table("invitation") as batch:
        for other in ("stands_for_invitation", "site_id_site", "rule_id_invitation_rule"):
            batch.drop_constraint(f"fk_invitation_{other}", type_="foreignkey")
    op.drop_index("ix_meeting_series", "meeting")
    op.drop_index("uq_invitation_stands_for", "invitation")
    op.drop_index("ix_invitation_meeting_id", "invitation")
    op.drop_index("uq_invitation_person", "invitation")
    op.create_index("uq_invitation_person", "invitation", ["meeting_id", "person_id"], unique=True)


def _make_tables() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token", name=op.f("uq_calendar_feed_token")),
    )
    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_training_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint("code", name=op.f("uq_training_code")),
        sa.UniqueConstraint("person_id", "meeting_id", name=op.f("uq_training_person_id_meeting_id")),
    )
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_training_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_training_region_code"), ["region_code"], unique=False)

    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_follow_up_added_by_person")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_follow_up_done_by_person")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_follow_up_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_follow_up_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_follow_up_submission_id")),
    )
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_up_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follow_up_region_code"), ["region_code"], unique=False)

    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("pic_id", sa.Integer(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("radius", sa.Integer(), server_default="150", nullable=False),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_site_meeting_id_meeting")),
        sa.ForeignKeyConstraint(["pic_id"], ["person.id"], name=op.f("fk_site_pic_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_region_code"), ["region_code"], unique=False)

    op.create_table(
        "invitation_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column(
            "under",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("spread", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_invitation_rule_added_by_person")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_invitation_rule_meeting_id_meeting")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_invitation_rule_site_id_site")),
        sa.ForeignKeyConstraint(["under"], ["region.code"], name=op.f("fk_invitation_rule_under_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_rule")),
        sa.UniqueConstraint(
            "site_id", "role", "level", "under", name=op.f("uq_invitation_rule_site_id_role_level_under")
        ),
    )
    with op.batch_alter_table("invitation_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_rule_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invitation_rule_region_code"), ["region_code"], unique=False)

    op.create_table(
        "attendance_position",
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("accuracy", sa.Double(), nullable=False),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["attendance_record.id"],
            name=op.f("fk_attendance_position_record_id_attendance_record"),
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_attendance_position")),
    )
    with op.batch_alter_table("attendance_position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_position_region_code"), ["region_code"], unique=False)
    _make_groups()
    _make_looks()


def _make_looks() -> None:
    region = sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql")
    op.create_table(
        "look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("looked_by", sa.Integer(), nullable=False),
        sa.Column("looked_at", moment, nullable=False),
        sa.Column("region_code", region, nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name="fk_look_sheet_id_sheet"),
        sa.ForeignKeyConstraint(["looked_by"], ["person.id"], name="fk_look_looked_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_look"),
        sa.UniqueConstraint("sheet_id", "key", name="uq_look_sheet_id_key"),
    )
    op.create_table(
        "sheet_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("correction_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("region_code", region, nullable=False),
        sa.ForeignKeyConstraint(["sheet_id"], ["sheet.id"], name="fk_sheet_photo_sheet_id_sheet"),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["correction.id"], name="fk_sheet_photo_correction_id_correction"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name="fk_sheet_photo_owner_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_sheet_photo"),
    )
    for table, column in (
        ("look", "region_code"),
        ("sheet_photo", "region_code"),
        ("sheet_photo", "sheet_id"),
        ("sheet_photo", "correction_id"),
        ("sheet_photo", "sha256"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def _make_groups() -> None:
    op.create_table(
        "volunteer_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_volunteer_group_region_code_region")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["person.id"], name=op.f("fk_volunteer_group_created_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_group")),
    )
    active = sa.text("ended_at IS NULL")
    op.create_index("ix_volunteer_group_region_code", "volunteer_group", ["region_code"])
    op.create_index(
        "uq_volunteer_group_name",
        "volunteer_group",
        ["region_code", "search_name"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_by", sa.Integer(), nullable=False),
        sa.Column(
            "region_code",
            sa.String(length=13).with_variant(sa.String(length=13, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["volunteer_group.id"], name=op.f("fk_membership_group_id_volunteer_group")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_membership_added_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    still_in = sa.text("until IS NULL")
    op.create_index("ix_membership_region_code", "membership", ["region_code"])
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    op.create_index(
        "uq_membership_person",
        "membership",
        ["group_id", "person_id"],
        unique=True,
        sqlite_where=still_in,
        postgresql_where=still_in,
    )


def _drop_tables() -> None:
    op.drop_table("sheet_photo")
    op.drop_table("look")
    op.drop_table("membership")
    op.drop_table("volunteer_group")
    with op.batch_alter_table("attendance_position", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_position_region_code"))

    op.drop_table("attendance_position")
    with op.batch_alter_table("invitation_rule", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_rule_region_code"))
        batch_op.drop_index(batch_op.f("ix_invitation_rule_meeting_id"))

    op.drop_table("invitation_rule")
    with op.batch_alter_table("site", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_region_code"))
        batch_op.drop_index(batch_op.f("ix_site_meeting_id"))

    op.drop_table("site")
    with op.batch_alter_table("follow_up", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follow_up_region_code"))
        batch_op.drop_index(batch_op.f("ix_follow_up_owner_id"))
        batch_op.drop_index(batch_op.f("ix_follow_up_meeting_id"))

    op.drop_table("follow_up")
    with op.batch_alter_table("training", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_training_region_code"))
        batch_op.drop_index(batch_op.f("ix_training_meeting_id"))

    op.drop_table("training")
    op.drop_table("calendar_feed")

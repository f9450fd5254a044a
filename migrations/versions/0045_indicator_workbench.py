"""Periods, the state and history of indicator values, evidence, departments of counties, workbooks looked at.

Values stored so far belong to the first period, 2023.

Revision ID: 0045
Revises: 0035
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0045"
down_revision = "0035"
branch_labels = None
depends_on = None


def _key() -> list[sa.Column]:
    return [
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("rulebook_id", sa.String(60), nullable=False),
        sa.Column("indicator", sa.String(8), nullable=False),
    ]


def upgrade() -> None:
    period = op.create_table(
        "period",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("city_rulebook", sa.String(60), nullable=False),
        sa.Column("county_rulebook", sa.String(60), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("deadline", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_period")),
    )
    op.bulk_insert(
        period,
        [
            {
                "code": "2023", "city_rulebook": "jining-2023-municipal", "county_rulebook": "jining-2023-county",
                "state": "open", "deadline": None, "created_at": datetime.now(UTC),
            }
        ],
    )  # fmt: skip
    op.create_table(
        "deadline_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(80), nullable=False),
        sa.Column("deadline", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_deadline_extension_area_id_area")),
        sa.ForeignKeyConstraint(["period"], ["period.code"], name=op.f("fk_deadline_extension_period_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_extension")),
    )
    op.create_index("ix_deadline_extension_period", "deadline_extension", ["period"])
    with op.batch_alter_table("indicator_value") as batch:
        batch.add_column(sa.Column("period", sa.String(16), nullable=False, server_default="2023"))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint("uq_indicator_value_area_id", type_="unique")
        batch.create_unique_constraint(
            "uq_indicator_value_period", ["period", "area_id", "rulebook_id", "indicator", "metric"]
        )
        batch.create_foreign_key("fk_indicator_value_period_period", "period", ["period"], ["code"])
    with op.batch_alter_table("indicator_value") as batch:
        batch.alter_column("period", existing_type=sa.String(16), server_default=None)
        batch.alter_column("version", existing_type=sa.Integer(), server_default=None)
    op.create_table(
        "indicator_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        *_key(),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.String(80), nullable=False),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("verified_by", sa.String(80), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_indicator_entry_area_id_area")),
        sa.ForeignKeyConstraint(["period"], ["period.code"], name=op.f("fk_indicator_entry_period_period")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_entry")),
        sa.UniqueConstraint("period", "area_id", "rulebook_id", "indicator", name=op.f("uq_indicator_entry_period")),
    )
    op.create_index("ix_indicator_entry_area_id", "indicator_entry", ["area_id"])
    op.create_table(
        "value_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(80), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["indicator_entry.id"], name=op.f("fk_value_change_entry_id_indicator_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_change")),
    )
    op.create_index("ix_value_change_entry_id", "value_change", ["entry_id"])
    op.create_table(
        "indicator_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("media_type", sa.String(80), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("removed_by", sa.String(80), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("removed_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["indicator_entry.id"], name=op.f("fk_indicator_evidence_entry_id_indicator_entry")
        ),
        sa.ForeignKeyConstraint(
            ["digest"], ["stored_file.digest"], name=op.f("fk_indicator_evidence_digest_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_evidence")),
    )
    op.create_index("ix_indicator_evidence_entry_id", "indicator_evidence", ["entry_id"])
    op.create_table(
        "indicator_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        *_key(),
        sa.Column("leads", sa.JSON(), nullable=False),
        sa.Column("supporting", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_indicator_assignment_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_assignment")),
        sa.UniqueConstraint("area_id", "rulebook_id", "indicator", name=op.f("uq_indicator_assignment_area_id")),
    )
    op.create_index("ix_indicator_assignment_area_id", "indicator_assignment", ["area_id"])
    op.create_table(
        "workbook_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("period", sa.String(16), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["period.code"], name=op.f("fk_workbook_import_period_period")),
        sa.ForeignKeyConstraint(["digest"], ["stored_file.digest"], name=op.f("fk_workbook_import_digest_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbook_import")),
    )


def downgrade() -> None:
    op.drop_table("workbook_import")
    op.drop_table("indicator_assignment")
    op.drop_table("indicator_evidence")
    op.drop_table("value_change")
    op.drop_table("indicator_entry")
    op.execute("DELETE FROM indicator_value WHERE period <> '2023'")
    with op.batch_alter_table("indicator_value") as batch:
        batch.drop_constraint("fk_indicator_value_period_period", type_="foreignkey")
        batch.drop_constraint("uq_indicator_value_period", type_="unique")
        batch.drop_column("version")
        batch.drop_column("period")
        batch.create_unique_constraint("uq_indicator_value_area_id", ["area_id", "rulebook_id", "indicator", "metric"])
    op.drop_table("deadline_extension")
    op.drop_table("period")

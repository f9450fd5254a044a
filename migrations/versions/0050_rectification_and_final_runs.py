"""Gaps taken on, possible futures, and the run that settles the stars.

Revision ID: 0050
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0050"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rectification()
    _futures()


def _rectification() -> None:
    op.create_table(
        "rectification_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("rulebook_id", sa.String(60), nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("department", sa.String(80), nullable=False),
        sa.Column("from_stars", sa.Integer(), nullable=True),
        sa.Column("to_stars", sa.Integer(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("gap", sa.Text(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("submitted_by", sa.String(80), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("times_reopened", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_rectification_item_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_item")),
    )
    for column in ("area_id", "department", "state"):
        op.create_index(f"ix_rectification_item_{column}", "rectification_item", [column])
    op.create_table(
        "rectification_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(10), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["rectification_item.id"], name=op.f("fk_rectification_note_item_id_rectification_item")
        ),
        sa.ForeignKeyConstraint(
            ["file_digest"], ["stored_file.digest"], name=op.f("fk_rectification_note_file_digest_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_note")),
    )
    op.create_index("ix_rectification_note_item_id", "rectification_note", ["item_id"])
    op.create_table(
        "rectification_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(80), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("open", "submitted", "closed", "overdue")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_rectification_snapshot_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rectification_snapshot")),
        sa.UniqueConstraint("month", "area_id", "department", name=op.f("uq_rectification_snapshot_month")),
    )


def _futures() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("scoring_run_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("rulebook_digest", sa.String(64), nullable=False),
        sa.Column("code_version", sa.String(40), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_scenario_area_id_area")),
        sa.ForeignKeyConstraint(
            ["scoring_run_id"], ["scoring_run.id"], name=op.f("fk_scenario_scoring_run_id_scoring_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
        sa.UniqueConstraint("area_id", "name", name=op.f("uq_scenario_area_id")),
    )
    op.create_index("ix_scenario_area_id", "scenario", ["area_id"])
    op.create_table(
        "final_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("estimate_run_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(32), nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=False),
        sa.Column("provisional", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("code_version", sa.String(40), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["area.id"], name=op.f("fk_final_run_city_id_area")),
        sa.ForeignKeyConstraint(
            ["estimate_run_id"], ["estimate_run.id"], name=op.f("fk_final_run_estimate_run_id_estimate_run")
        ),
        sa.ForeignKeyConstraint(["supersedes_id"], ["final_run.id"], name=op.f("fk_final_run_supersedes_id_final_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_run")),
        sa.UniqueConstraint("batch", name=op.f("uq_final_run_batch")),
    )
    op.create_index("ix_final_run_city_id", "final_run", ["city_id"])
    op.create_index("ix_final_run_estimate_run_id", "final_run", ["estimate_run_id"])


def downgrade() -> None:
    for table in ("final_run", "scenario", "rectification_snapshot", "rectification_note", "rectification_item"):
        op.drop_table(table)

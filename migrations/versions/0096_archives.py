"""A closed survey's answers can lie in Parquet files: where they are, and the counts by hour that stay behind.

SQLite gives the number of a row that is gone to the next one; what hangs on archived answers needs numbers that are given once.

Revision ID: 0096
Revises: 0095
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None

EDGES = ("1", "2", "3", "4", "5", "6", "8", "10", "15", "20", "30", "60")
NUMBERED = ("response", "response_flag", "answer_coding")


def upgrade() -> None:
    _number(once=True)
    op.create_table(
        "survey_archive",
        sa.Column("survey_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("left_behind", sa.JSON(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_by", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", name="pk_survey_archive"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], "fk_survey_archive_survey_id_survey", ondelete="CASCADE"),
    )
    counts = [sa.Column(f"under_{edge}", sa.Integer(), nullable=False) for edge in EDGES]
    op.create_table(
        "archived_count",
        sa.Column("survey_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        *counts,
        sa.Column("longer", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "site_id", "hour", "state", "mode", "sampled", name="pk_archived_count"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], "fk_archived_count_survey_id_survey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], "fk_archived_count_site_id_site", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_archived_count_site_id", "archived_count", ["site_id"])


def downgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM survey_archive")).first() is not None:
        raise RuntimeError("answers lie in archives: bring them back with minyi archive SURVEY --back")
    op.drop_table("archived_count")
    op.drop_table("survey_archive")
    _number(once=False)


def _number(once: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in NUMBERED:
        with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": once}):
            pass

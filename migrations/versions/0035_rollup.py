"""Responses counted by site, hour, state and mode. The triggers that fill it are set after every upgrade.

Revision ID: 0035
Revises: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0030"
branch_labels = None
depends_on = None

VALUES = (
    "number", "flagged", "under_1", "under_2", "under_3", "under_4", "under_5", "under_6", "under_8", "under_10",
    "under_15", "under_20", "under_30", "under_60", "longer",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "response_count",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in VALUES),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], ondelete="CASCADE", name=op.f("fk_response_count_survey_id_survey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], ondelete="CASCADE", name=op.f("fk_response_count_site_id_site")
        ),
        sa.PrimaryKeyConstraint(
            "survey_id", "site_id", "hour", "state", "mode", "sampled", "slot", name=op.f("pk_response_count")
        ),
    )
    op.create_index("ix_response_count_site_id", "response_count", ["site_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER IF EXISTS response_counted ON response")
        op.execute("DROP FUNCTION IF EXISTS response_counted()")
        op.execute("DROP FUNCTION IF EXISTS response_count_add(response, integer)")
    else:
        for name in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS response_counted_{name}")
    op.drop_table("response_count")

"""Counts of quotas, raised with each response.

Revision ID: 0011
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota_count",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_quota_count_survey_id_survey"),
        sa.PrimaryKeyConstraint("survey_id", "key", name="pk_quota_count"),
    )


def downgrade() -> None:
    op.drop_table("quota_count")

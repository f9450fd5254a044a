"""Dispatch briefs: how every indicator of a period stood when one was made.

Revision ID: 0081
Revises: 0080
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("period", sa.String(16), sa.ForeignKey("period.code"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.UniqueConstraint("period", "number"),
    )


def downgrade() -> None:
    op.drop_table("dispatch")

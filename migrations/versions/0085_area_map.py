"""The map of a city's counties.

Revision ID: 0085
Revises: 0084
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area_map",
        sa.Column("city_id", sa.Integer(), sa.ForeignKey("area.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("review_number", sa.String(60), nullable=False),
        sa.Column("outlines", sa.JSON(), nullable=False),
        sa.Column("file_digest", sa.String(64), sa.ForeignKey("stored_file.digest"), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("area_map")

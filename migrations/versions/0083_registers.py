"""Registers of what proves points: incidents, communities, awards and media, standards and plans.

Revision ID: 0083
Revises: 0082
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_item",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("register", sa.String(40), nullable=False),
        sa.Column("area_id", sa.Integer(), sa.ForeignKey("area.id"), nullable=False, index=True),
        sa.Column("period", sa.String(16), sa.ForeignKey("period.code"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("second_day", sa.Date()),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("number", sa.Double()),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), sa.ForeignKey("stored_file.digest")),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_by", sa.String(80), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.Column("removed_reason", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("register_item")

"""Nil returns of registers: that there was nothing to write down in a period, and who said so.

Revision ID: 0097
Revises: 0096
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "register_nil",
        sa.Column("area_id", sa.Integer(), sa.ForeignKey("area.id"), primary_key=True),
        sa.Column("register", sa.String(40), primary_key=True),
        sa.Column("period", sa.String(16), sa.ForeignKey("period.code"), primary_key=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("register_nil")

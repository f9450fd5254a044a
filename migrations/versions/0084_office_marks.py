"""The office's colour and small picture, and whether pages show them.

Revision ID: 0084
Revises: 0083
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letterhead", sa.Column("small_logo", sa.Text(), nullable=False, server_default=""))
    op.add_column("letterhead", sa.Column("colour", sa.String(7), nullable=False, server_default=""))
    op.add_column("letterhead", sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("shown", "colour", "small_logo"):
        op.drop_column("letterhead", name)

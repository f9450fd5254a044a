"""Of a plan's version: by which exception it counts although it was made after the first answer.

Revision ID: 0065
Revises: 0064
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_version", sa.Column("exception", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("plan_version", "exception")

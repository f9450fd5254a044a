"""A period names the rulebook of zones, where its programme rates them by themselves.

Revision ID: 0094
Revises: 0093
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("period", sa.Column("zone_rulebook", sa.String(60), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("period", "zone_rulebook")

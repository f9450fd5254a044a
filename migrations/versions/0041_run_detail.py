"""What a run keeps beyond its cells: services, drivers, points by field, sites over waves; and who made it.

Revision ID: 0041
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("estimate_run") as table:
        table.add_column(sa.Column("detail", sa.JSON(), nullable=True))
        table.add_column(sa.Column("made_by", sa.String(80), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("estimate_run") as table:
        table.drop_column("made_by")
        table.drop_column("detail")

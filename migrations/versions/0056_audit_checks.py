"""A verification is written when it is done, so it needs no heartbeat.

Revision ID: 0056
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0056"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit_check") as table:
        table.drop_column("touched_at")
        table.alter_column("finished_at", existing_type=UtcDateTime(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("audit_check") as table:
        table.alter_column("finished_at", existing_type=UtcDateTime(), nullable=True)
        table.add_column(sa.Column("touched_at", UtcDateTime(), nullable=False, server_default=sa.func.now()))

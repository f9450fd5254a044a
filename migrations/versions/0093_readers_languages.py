"""A department's address and an invited person have a language that they are written to in.

Revision ID: 0093
Revises: 0092
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

TABLES = ("department_address", "invited")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("language", sa.String(2), nullable=False, server_default="zh"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "language")

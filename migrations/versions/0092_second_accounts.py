"""Whose second account an account is stays known when its identity is joined to another or its provider goes.

Revision ID: 0092
Revises: 0091
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("second_of", sa.String(80)))
    op.execute(
        "UPDATE user_account SET second_of = '' "
        "WHERE id IN (SELECT user_id FROM identity WHERE settled_by = '' AND user_id IS NOT NULL)"
    )


def downgrade() -> None:
    op.drop_column("user_account", "second_of")

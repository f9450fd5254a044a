"""Of a survey: whether an answer that its citizen takes back is kept sealed. Of all there are, it is deleted as before.

Revision ID: 0071
Revises: 0070
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("seals_erased", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("survey", "seals_erased")

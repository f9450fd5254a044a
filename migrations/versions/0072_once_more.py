"""Of an invitation's use: the answer may have been erased by its citizen, who may answer once more.

Revision ID: 0072
Revises: 0071
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invitation_use") as table:
        table.alter_column("response_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("taken_back", sa.String(64), nullable=True))
        table.add_column(sa.Column("renewed", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_unique_constraint(op.f("uq_invitation_use_taken_back"), ["taken_back"])


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM invitation_use WHERE response_id IS NULL"))
    with op.batch_alter_table("invitation_use") as table:
        table.drop_constraint(op.f("uq_invitation_use_taken_back"), type_="unique")
        for name in ("renewed", "taken_back"):
            table.drop_column(name)
        table.alter_column("response_id", existing_type=sa.Integer(), nullable=False)

"""Numbers that invitations go to, who wants no more messages, and where a citizen hears of an answer.

Revision ID: 0087
Revises: 0086
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invited",
        sa.Column("invitation_id", sa.Integer(), sa.ForeignKey("invitation.id"), primary_key=True, autoincrement=False),
        sa.Column("survey_id", sa.Integer(), sa.ForeignKey("survey.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("sent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_on", sa.Date()),
        sa.UniqueConstraint("survey_id", "mark"),
    )
    op.create_table(
        "opt_out", sa.Column("mark", sa.String(64), primary_key=True), sa.Column("on", sa.Date(), nullable=False)
    )
    op.add_column("ticket", sa.Column("sealed_way", sa.Text()))


def downgrade() -> None:
    op.drop_column("ticket", "sealed_way")
    op.drop_table("opt_out")
    op.drop_table("invited")

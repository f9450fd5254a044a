"""Final runs shown to the counties before they are signed, what these object to, and for how many days a period lets them.

Revision ID: 0066
Revises: 0065
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("period", sa.Column("objection_days", sa.Integer(), nullable=False, server_default="5"))
    op.create_table(
        "objection_round",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("final_run_id", sa.Integer(), sa.ForeignKey("final_run.id"), nullable=False, unique=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.String(80), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("objection_round.id"), nullable=False, index=True),
        sa.Column("area_id", sa.Integer(), sa.ForeignKey("area.id"), nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("letter", sa.String(200), nullable=False),
        sa.Column("received", sa.Date(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("points_after", sa.Double(), nullable=True),
    )
    op.create_table(
        "objection_file",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("objection_id", sa.Integer(), sa.ForeignKey("objection.id"), nullable=False, index=True),
        sa.Column("digest", sa.String(64), sa.ForeignKey("stored_file.digest"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
    )


def downgrade() -> None:
    for table in ("objection_file", "objection", "objection_round"):
        op.drop_table(table)
    op.drop_column("period", "objection_days")

"""Notes on figures of a run, earlier published figures, read-only links to a brief, the office's letterhead.

Revision ID: 0076
Revises: 0075
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_note",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "run_id", sa.Integer(), sa.ForeignKey("estimate_run.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("figure", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("removed_by", sa.String(80)),
    )
    op.create_table(
        "earlier_figure",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("area_id", sa.Integer(), sa.ForeignKey("area.id", ondelete="CASCADE"), nullable=False),
        sa.Column("period", sa.String(20), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("lower", sa.Double()),
        sa.Column("upper", sa.Double()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("uq_earlier_figure", "earlier_figure", ["area_id", "period"], unique=True)
    op.create_table(
        "view_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token", sa.String(64), nullable=False, unique=True),
        sa.Column(
            "run_id", sa.Integer(), sa.ForeignKey("estimate_run.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
    )
    op.create_table(
        "letterhead",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("office", sa.String(60), nullable=False),
        sa.Column("office_en", sa.String(120), nullable=False),
        sa.Column("line", sa.String(160), nullable=False),
        sa.Column("logo", sa.String(64), sa.ForeignKey("stored_file.digest")),
    )


def downgrade() -> None:
    for table in ("letterhead", "view_link", "earlier_figure", "figure_note"):
        op.drop_table(table)

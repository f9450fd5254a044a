"""Forms opened, refused and left, counted by site, day and question.

Revision ID: 0036
Revises: 0040
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_count",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.String(8), nullable=False),
        sa.Column("question", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], ondelete="CASCADE", name=op.f("fk_form_count_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "day", "event", "question", name=op.f("pk_form_count")),
    )


def downgrade() -> None:
    op.drop_table("form_count")

"""Numbers and words of the 12345 line, tickets that are handled together, replies kept as templates.

Revision ID: 0090
Revises: 0089
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hotline_number",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False, unique=True),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("ticket_id", sa.Integer(), sa.ForeignKey("ticket.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("ix_hotline_number_ticket_id", "hotline_number", ["ticket_id"])
    op.create_table(
        "hotline_word",
        sa.Column("kind", sa.String(12), primary_key=True),
        sa.Column("theirs", sa.String(80), primary_key=True),
        sa.Column("ours", sa.String(80), nullable=False),
    )
    op.create_table(
        "reply_template",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
    )
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("joined_to_id", sa.Integer()))
        table.create_foreign_key(
            "fk_ticket_joined_to_id_ticket", "ticket", ["joined_to_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index("ix_ticket_joined_to_id", ["joined_to_id"])


def downgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.drop_index("ix_ticket_joined_to_id")
        table.drop_constraint("fk_ticket_joined_to_id_ticket", type_="foreignkey")
        table.drop_column("joined_to_id")
    for name in ("reply_template", "hotline_word", "hotline_number"):
        op.drop_table(name)

"""Where interviewers find sampled persons and each attempt; which tablet brought a response; choosing in the household.

Revision ID: 0077
Revises: 0076
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("invitation_id", sa.Integer(), sa.ForeignKey("invitation.id"), primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Integer(), sa.ForeignKey("device_link.id")),
        sa.Column("appointment_at", UtcDateTime()),
        sa.Column("reserve", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("replaces", sa.Integer()),
        sa.Column("returned", sa.String(300), nullable=False),
    )
    op.create_index("ix_contact_device_id", "contact", ["device_id"])
    op.create_table(
        "visit",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("invitation_id", sa.Integer(), sa.ForeignKey("invitation.id"), nullable=False),
        sa.Column("device_id", sa.Integer(), sa.ForeignKey("device_link.id"), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(8), nullable=False),
    )
    op.create_index("ix_visit_invitation_id", "visit", ["invitation_id"])
    op.create_index("ix_visit_device_id", "visit", ["device_id"])
    op.add_column("device_link", sa.Column("mode", sa.String(8), server_default="tablet", nullable=False))
    op.add_column("response", sa.Column("device_id", sa.Integer()))
    op.create_index(
        "ix_response_device_id", "response", ["device_id"],
        sqlite_where=sa.text("device_id IS NOT NULL"), postgresql_where=sa.text("device_id IS NOT NULL"),
    )  # fmt: skip
    op.add_column("survey", sa.Column("within", sa.String(16)))
    op.add_column("survey", sa.Column("adults_question", sa.String(60)))
    op.add_column("survey", sa.Column("replace_after", sa.Integer()))


def downgrade() -> None:
    for column in ("within", "adults_question", "replace_after"):
        op.drop_column("survey", column)
    op.drop_index("ix_response_device_id", "response")
    op.drop_column("response", "device_id")
    op.drop_column("device_link", "mode")
    op.drop_table("visit")
    op.drop_table("contact")

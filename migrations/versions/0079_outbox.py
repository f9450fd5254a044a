"""What is sent out of the house: channels, messages, who is told of what, where.

Revision ID: 0079
Revises: 0078
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def _user(**more: object) -> sa.Column[int]:
    return sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id", ondelete="CASCADE"), **more)


def upgrade() -> None:
    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("channel_id", sa.Integer(), sa.ForeignKey("channel.id", ondelete="CASCADE"), nullable=False),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("receiver", sa.String(120), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id", ondelete="SET NULL")),
        sa.Column("sealed_to", sa.Text()),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("digest", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime()),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.UniqueConstraint("once"),
    )
    op.create_index("ix_outgoing_state_due_at", "outgoing", ["state", "due_at"])
    op.create_index("ix_outgoing_channel_id", "outgoing", ["channel_id"])
    op.create_index("ix_outgoing_user_id", "outgoing", ["user_id"])
    op.create_table(
        "notice_address", _user(primary_key=True, autoincrement=False), sa.Column("sealed", sa.Text(), nullable=False)
    )
    op.create_table(
        "notice_choice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("event", sa.String(30), nullable=False),
        sa.Column("role", sa.String(16)),
        _user(),
        sa.Column("way", sa.String(6), nullable=False),
        sa.UniqueConstraint("event", "role", name="uq_notice_choice_event_role"),
        sa.UniqueConstraint("event", "user_id", name="uq_notice_choice_event_user_id"),
    )
    op.create_index("ix_notice_choice_user_id", "notice_choice", ["user_id"])
    op.create_table(
        "notice_hours",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("quiet_from", sa.Time(), nullable=False),
        sa.Column("quiet_until", sa.Time(), nullable=False),
        sa.Column("digest_at", sa.Time(), nullable=False),
    )
    op.create_table(
        "notice_mark",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_table(
        "department_address",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("area_id", sa.Integer(), sa.ForeignKey("area.id"), nullable=False),
        sa.Column("department", sa.String(80), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("area_id", "department"),
    )


def downgrade() -> None:
    for table in (
        "department_address", "notice_mark", "notice_hours", "notice_choice", "notice_address", "outgoing", "channel",
    ):  # fmt: skip
        op.drop_table(table)

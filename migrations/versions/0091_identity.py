"""Signing in from elsewhere: providers, what their claims grant, who has come from them, and whence a grant is.

Revision ID: 0091
Revises: 0090
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identity_provider",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(40), nullable=False, unique=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("changed_by", sa.String(80), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
    )
    provider = sa.ForeignKey("identity_provider.id", ondelete="CASCADE")
    op.create_table(
        "claim_grant",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("provider_id", sa.Integer(), provider, nullable=False, index=True),
        sa.Column("claim", sa.String(120), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("area_id", sa.Integer(), sa.ForeignKey("area.id")),
        sa.Column("department", sa.String(80)),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "provider_id",
            sa.Integer(),
            sa.ForeignKey("identity_provider.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("full_name", sa.String(80), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True),
        sa.Column("settled_by", sa.String(80), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("provider_id", "issuer", "subject"),
    )
    op.add_column("access_grant", sa.Column("source", sa.String(24), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("access_grant", "source")
    for table in ("identity", "claim_grant", "identity_provider"):
        op.drop_table(table)

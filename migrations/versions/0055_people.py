"""A second factor for accounts, things kept for a while, verifications of the audit trail and indexes to browse it.

Revision ID: 0055
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0055"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("full_name", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("language", sa.String(2), nullable=False, server_default=""))
        table.add_column(sa.Column("last_sign_in_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("tf_primary_method", sa.String(64), nullable=True))
        table.add_column(sa.Column("tf_totp_secret", sa.String(255), nullable=True))
        table.add_column(sa.Column("tf_last_counter", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("mf_recovery_codes", sa.JSON(), nullable=True))
    op.create_table(
        "kept",
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_kept_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_kept")),
    )
    op.create_index("ix_kept_user_id", "kept", ["user_id"])
    op.create_table(
        "audit_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("breaks", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("touched_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_check")),
    )
    op.create_index("ix_audit_entry_actor", "audit_entry", ["actor", "number"])
    op.create_index("ix_audit_entry_action", "audit_entry", ["action", "number"])
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_index(
        "ix_audit_entry_subject_start",
        "audit_entry",
        ["subject", "number"],
        postgresql_ops={"subject": "text_pattern_ops"},
    )


def downgrade() -> None:
    for name in ("subject_start", "at", "action", "actor"):
        op.drop_index(f"ix_audit_entry_{name}", "audit_entry")
    op.drop_table("audit_check")
    op.drop_table("kept")
    with op.batch_alter_table("user_account") as table:
        for column in (
            "mf_recovery_codes", "tf_last_counter", "tf_totp_secret", "tf_primary_method", "last_sign_in_at",
            "language", "full_name",
        ):  # fmt: skip
            table.drop_column(column)

"""Files between the two steps of an import.

Revision ID: 0037
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0037"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting_file",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], ondelete="CASCADE", name=op.f("fk_waiting_file_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_waiting_file")),
    )
    op.create_index("ix_waiting_file_kept_at", "waiting_file", ["kept_at"])


def downgrade() -> None:
    op.drop_table("waiting_file")

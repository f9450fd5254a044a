"""Answers in people's own words: a frame of codes for each question, and who put which answer under which.

Revision ID: 0073
Revises: 0072
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer_code",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("survey_id", sa.Integer(), sa.ForeignKey("survey.id", ondelete="CASCADE"), nullable=False),
        sa.Column("question", sa.String(120), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
    )
    op.create_index("uq_answer_code", "answer_code", ["survey_id", "question", "name"], unique=True)
    op.create_table(
        "answer_coding",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("survey_id", sa.Integer(), sa.ForeignKey("survey.id", ondelete="CASCADE"), nullable=False),
        sa.Column("response_id", sa.Integer(), sa.ForeignKey("response.id", ondelete="CASCADE"), nullable=False),
        sa.Column("question", sa.String(120), nullable=False),
        sa.Column("coder", sa.String(80), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("uq_answer_coding", "answer_coding", ["response_id", "question", "coder"], unique=True)
    op.create_index("ix_answer_coding_survey", "answer_coding", ["survey_id", "question"])


def downgrade() -> None:
    op.drop_table("answer_coding")
    op.drop_table("answer_code")

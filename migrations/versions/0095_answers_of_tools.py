"""Answers that come in as files of other tools: how they are read, and which files were taken.

Revision ID: 0095
Revises: 0094
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None
HELD = sa.text("import_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "answers_mapping",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("collector", sa.String(60), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name="fk_answers_mapping_survey_id_survey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("survey_id", "collector", name="pk_answers_mapping"),
    )
    op.create_table(
        "answers_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("collector", sa.String(60), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name="fk_answers_import_survey_id_survey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answers_import"),
    )
    op.create_index("ix_answers_import_survey_id", "answers_import", ["survey_id"])
    op.add_column("response", sa.Column("import_id", sa.Integer()))
    op.create_index("ix_response_import_id", "response", ["import_id"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    op.drop_index("ix_response_import_id", "response")
    op.drop_column("response", "import_id")
    op.drop_table("answers_import")
    op.drop_table("answers_mapping")

"""Versions of a locked plan, each with its reason, and which survey a wave follows.

Revision ID: 0030
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0030"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.String(80), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_plan_version_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_plan_version_survey_id")),
    )
    with op.batch_alter_table("survey") as batch:
        batch.add_column(sa.Column("wave_of_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_survey_wave_of_id_survey"), "survey", ["wave_of_id"], ["id"])
    op.execute(
        "INSERT INTO plan_version (survey_id, number, body, digest, reason, made_by, made_at) "
        "SELECT id, 1, plan, plan_digest, '', '-', locked_at FROM survey WHERE locked_at IS NOT NULL"
    )


def downgrade() -> None:
    with op.batch_alter_table("survey") as batch:
        batch.drop_constraint(op.f("fk_survey_wave_of_id_survey"), type_="foreignkey")
        batch.drop_column("wave_of_id")
    op.drop_table("plan_version")

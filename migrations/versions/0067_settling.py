"""The settling of an official survey: what froze, what tablets hold, and decisions that flags stand.

Revision ID: 0067
Revises: 0066
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "frozen_answers",
        sa.Column("survey_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("frozen_at", MOMENT, nullable=False),
        sa.Column("watermark", sa.Integer(), nullable=False),
        sa.Column("flags_version", sa.Integer(), nullable=False),
        sa.Column("plan_digest", sa.String(64), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("decided", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_frozen_answers")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_frozen_answers_survey_id_survey")),
    )
    with op.batch_alter_table("official_survey") as table:
        table.add_column(sa.Column("settles_by", MOMENT, nullable=True))
        table.add_column(sa.Column("forms_keyed_by", sa.String(80), nullable=False, server_default=""))
        table.add_column(sa.Column("run_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("run_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_official_survey_run_id_estimate_run"), "estimate_run", ["run_id"], ["id"])
    op.add_column("response_flag", sa.Column("confirmed_at", MOMENT, nullable=True))
    op.add_column("response_flag", sa.Column("confirmed_by", sa.String(80), nullable=True))
    op.add_column("device_link", sa.Column("unsent", sa.Integer(), nullable=True))
    op.add_column("device_link", sa.Column("reported_at", MOMENT, nullable=True))


def downgrade() -> None:
    for name in ("reported_at", "unsent"):
        op.drop_column("device_link", name)
    for name in ("confirmed_by", "confirmed_at"):
        op.drop_column("response_flag", name)
    with op.batch_alter_table("official_survey") as table:
        table.drop_constraint(op.f("fk_official_survey_run_id_estimate_run"), type_="foreignkey")
        for name in ("run_id", "run_asked", "forms_keyed_by", "settles_by"):
            table.drop_column(name)
    op.drop_table("frozen_answers")

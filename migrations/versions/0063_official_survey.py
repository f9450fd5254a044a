"""A period's one official survey, and who opened its figure before the close.

Periods from before need none; where nothing was surveyed yet, the period that an installation begins with does.

Revision ID: 0063
Revises: 0062
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "official_survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(16), nullable=False),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("named_by", sa.String(80), nullable=False),
        sa.Column("named_at", moment, nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_survey")),
        sa.ForeignKeyConstraint(["period"], ["period.code"], name=op.f("fk_official_survey_period_period")),
        sa.ForeignKeyConstraint(["city_id"], ["area.id"], name=op.f("fk_official_survey_city_id_area")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_official_survey_survey_id_survey")),
        sa.UniqueConstraint("period", "city_id", name=op.f("uq_official_survey_period")),
        sa.UniqueConstraint("survey_id", name=op.f("uq_official_survey_survey_id")),
    )
    op.create_table(
        "figure_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("place", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_opening")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_figure_opening_survey_id_survey")),
    )
    op.create_index(op.f("ix_figure_opening_survey_id"), "figure_opening", ["survey_id"])
    op.add_column("period", sa.Column("asks_official", sa.Boolean(), nullable=False, server_default=sa.false()))
    connection = op.get_bind()
    if not connection.scalar(sa.text("SELECT count(*) FROM survey")):
        connection.execute(sa.table("period", sa.column("asks_official")).update().values(asks_official=sa.true()))


def downgrade() -> None:
    op.drop_column("period", "asks_official")
    op.drop_table("figure_opening")
    op.drop_table("official_survey")

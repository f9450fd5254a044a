"""Answers that other collectors bring by a key of the API.

Revision ID: 0088
Revises: 0087
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None
HELD = sa.text("token_id IS NOT NULL")


def upgrade() -> None:
    with op.batch_alter_table("api_token") as table:
        table.add_column(sa.Column("survey_id", sa.Integer()))
        table.add_column(sa.Column("daily", sa.Integer()))
        table.add_column(sa.Column("day", sa.Date()))
        table.add_column(sa.Column("taken", sa.Integer(), nullable=False, server_default=sa.text("0")))
        table.create_foreign_key("fk_api_token_survey_id_survey", "survey", ["survey_id"], ["id"], ondelete="CASCADE")
    op.add_column("response", sa.Column("token_id", sa.Integer()))
    op.create_index("ix_response_token_id", "response", ["token_id"], sqlite_where=HELD, postgresql_where=HELD)


def downgrade() -> None:
    op.drop_index("ix_response_token_id", "response")
    op.drop_column("response", "token_id")
    with op.batch_alter_table("api_token") as table:
        table.drop_constraint("fk_api_token_survey_id_survey", type_="foreignkey")
        for name in ("taken", "day", "daily", "survey_id"):
            table.drop_column(name)

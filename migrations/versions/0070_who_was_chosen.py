"""Of a survey: how the plan chooses who answers, as the respondents' side reads it. Surveys locked before stay as they are.

Revision ID: 0070
Revises: 0069
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("respondents", sa.String(60)))


def downgrade() -> None:
    op.drop_column("survey", "respondents")

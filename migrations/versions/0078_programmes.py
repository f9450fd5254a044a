"""Programmes: those an installation adds, and the one of each period; before them all was rated by jining-2023.

An installation with areas, accounts or surveys keeps that; a new one has none until one is chosen.

Revision ID: 0078
Revises: 0077
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

BEFORE = "jining-2023"


def upgrade() -> None:
    op.create_table(
        "added_programme",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("programme", sa.String(48), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("programme", "version", name="uq_added_programme_version"),
    )
    with op.batch_alter_table("period") as batch:
        batch.add_column(sa.Column("programme", sa.String(60), nullable=False, server_default=""))
        batch.add_column(sa.Column("by_city", sa.JSON(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    tables = ("area", "user_account", "survey")
    used = any(connection.scalar(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)) for name in tables)
    period = sa.table("period", *(sa.column(name) for name in ("programme", "city_rulebook", "county_rulebook")))
    if not used:
        op.execute(period.update().values(programme="", city_rulebook="", county_rulebook=""))
        return
    op.execute(period.update().values(programme=f"{BEFORE}@1"))


def downgrade() -> None:
    period = sa.table("period", *(sa.column(name) for name in ("city_rulebook", "county_rulebook")))
    for kind, book in (("city", f"{BEFORE}-municipal"), ("county", f"{BEFORE}-county")):
        column = period.c[f"{kind}_rulebook"]
        op.execute(period.update().where(column == "").values({column: book}))
    with op.batch_alter_table("period") as batch:
        batch.drop_column("by_city")
        batch.drop_column("programme")
    op.execute("DELETE FROM kept_setting WHERE name = 'programme'")
    op.drop_table("added_programme")

"""The counts of responses lie in the order of their key on SQLite, so that a page reads them in one sweep.

SQLite makes such a table only anew. It is filled, and its triggers are set, after every upgrade where they are missing.

Revision ID: 0038
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0042"
branch_labels = None
depends_on = None

KEY = ("survey_id", "site_id", "hour", "state", "mode", "sampled", "slot")
VALUES = (
    "number", "flagged", "under_1", "under_2", "under_3", "under_4", "under_5", "under_6", "under_8", "under_10",
    "under_15", "under_20", "under_30", "under_60", "longer",
)  # fmt: skip


def upgrade() -> None:
    _anew(with_rowid=False)


def downgrade() -> None:
    _anew(with_rowid=True)


def _anew(with_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS response_counted_{name}")
    op.drop_table("response_count")
    types = {"state": sa.String(12), "mode": sa.String(8), "sampled": sa.Boolean()}
    op.create_table(
        "response_count",
        *(sa.Column(name, types.get(name, sa.Integer()), nullable=False) for name in KEY),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in VALUES),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], ondelete="CASCADE", name=op.f("fk_response_count_survey_id_survey")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], ondelete="CASCADE", name=op.f("fk_response_count_site_id_site")
        ),
        sa.PrimaryKeyConstraint(*KEY, name=op.f("pk_response_count")),
        sqlite_with_rowid=with_rowid,
    )
    op.create_index("ix_response_count_site_id", "response_count", ["site_id"])

"""Work by the clock: when each is due next, and its last job.

Revision ID: 0075
Revises: 0074
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "regular_work",
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", sa.Integer()),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_regular_work_job_id_job"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_regular_work")),
    )


def downgrade() -> None:
    op.drop_table("regular_work")

"""drafts of longer questionnaires"""

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0004"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_key", sa.String(length=32), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_draft_site_id_site"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_draft_submission_key")),
    )
    op.create_index(op.f("ix_draft_site_id"), "draft", ["site_id"])
    op.create_index(op.f("ix_draft_updated_at"), "draft", ["updated_at"])


def downgrade() -> None:
    op.drop_table("draft")

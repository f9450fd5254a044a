"""retired codes, opening hours, full sites, the least size of a shown cell, how far the flags have looked"""

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0020"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retired_code",
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("retired_at", UtcDateTime(), nullable=False),
        sa.Column("retired_by", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_retired_code_site_id_site"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_retired_code")),
    )
    op.create_index(op.f("ix_retired_code_site_id"), "retired_code", ["site_id"])
    op.add_column("site", sa.Column("address", sa.String(length=16), nullable=True))
    op.add_column("site", sa.Column("hours", sa.String(length=300), nullable=True))
    op.create_index("uq_site_address", "site", ["address"], unique=True)
    op.add_column("survey", sa.Column("hours", sa.String(length=300), nullable=True))
    op.add_column("survey", sa.Column("stops_when_full", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("survey", sa.Column("least_cell", sa.Integer(), nullable=True))
    op.add_column("survey", sa.Column("flags_watermark", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index(
        "ix_response_flagged", "response", ["survey_id", "id"], sqlite_where=sa.text("flagged"),
        postgresql_where=sa.text("flagged"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_response_flagged", "response")
    for column in ("flags_watermark", "least_cell", "stops_when_full", "hours"):
        op.drop_column("survey", column)
    op.drop_index("uq_site_address", "site")
    for column in ("hours", "address"):
        op.drop_column("site", column)
    op.drop_table("retired_code")

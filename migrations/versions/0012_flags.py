"""flags on responses, and which set of them a run saw"""

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("response", sa.Column("flagged", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("survey", sa.Column("flags_version", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("estimate_run", sa.Column("flags_version", sa.Integer(), nullable=True))
    op.create_table(
        "response_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_response_flag_response_id_response"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_flag")),
    )
    op.create_index("uq_response_flag_response_id", "response_flag", ["response_id", "kind"], unique=True)


def downgrade() -> None:
    op.drop_table("response_flag")
    op.drop_column("estimate_run", "flags_version")
    op.drop_column("survey", "flags_version")
    op.drop_column("response", "flagged")

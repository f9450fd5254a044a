"""invitations, paper forms, tablets"""

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey", sa.Column("open_codes_admit", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("survey", sa.Column("double_entry", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("external_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("disposition", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("last_attempt_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_invitation_survey_id_survey")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_invitation_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("survey_id", "serial", name=op.f("uq_invitation_survey_id")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
        sa.UniqueConstraint("external_hash", name=op.f("uq_invitation_external_hash")),
    )
    op.create_index(op.f("ix_invitation_site_id"), "invitation", ["site_id"])
    op.create_table(
        "invitation_key",
        sa.Column("survey_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_invitation_key_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_invitation_key")),
    )
    op.create_table(
        "invitation_use",
        sa.Column("use_hash", sa.String(length=64), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_invitation_use_survey_id_survey")),
        sa.ForeignKeyConstraint(["response_id"], ["response.id"], name=op.f("fk_invitation_use_response_id_response")),
        sa.PrimaryKeyConstraint("use_hash", name=op.f("pk_invitation_use")),
        sa.UniqueConstraint("response_id", name=op.f("uq_invitation_use_response_id")),
    )
    op.create_index(op.f("ix_invitation_use_survey_id"), "invitation_use", ["survey_id"])
    op.create_table(
        "paper_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(length=80), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("interviewed_on", sa.Date(), nullable=False),
        sa.Column("keyed_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_paper_entry_invitation_id_invitation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entry")),
        sa.UniqueConstraint("invitation_id", "place", name=op.f("uq_paper_entry_invitation_id")),
    )
    op.create_table(
        "device_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_link_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_link")),
    )
    op.create_index(op.f("ix_device_link_site_id"), "device_link", ["site_id"])


def downgrade() -> None:
    for table in ("device_link", "paper_entry", "invitation_use", "invitation_key", "invitation"):
        op.drop_table(table)
    with op.batch_alter_table("survey") as batch:
        batch.drop_column("double_entry")
        batch.drop_column("open_codes_admit")

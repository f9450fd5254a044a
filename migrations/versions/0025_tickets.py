"""Citizens' problems: tickets with their history, photos, drafts of replies, and published answers.

Revision ID: 0025
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_app.models.base import UtcDateTime

revision = "0025"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number_hash", sa.String(64), nullable=True),
        sa.Column("submission_key", sa.String(32), nullable=True),
        sa.Column("city_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("field_name", sa.String(80), nullable=False),
        sa.Column("field_name_en", sa.String(120), nullable=False),
        sa.Column("indicators", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=True),
        sa.Column("sealed_contact", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("routed", sa.Boolean(), nullable=False),
        sa.Column("handler_area_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(80), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reply_due_on", sa.Date(), nullable=False),
        sa.Column("close_due_on", sa.Date(), nullable=False),
        sa.Column("first_reply_on", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("objected", sa.Boolean(), nullable=False),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["city_id"], ["area.id"], name=op.f("fk_ticket_city_id_area")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_ticket_area_id_area")),
        sa.ForeignKeyConstraint(["handler_area_id"], ["area.id"], name=op.f("fk_ticket_handler_area_id_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number_hash", name=op.f("uq_ticket_number_hash")),
        sa.UniqueConstraint("submission_key", name=op.f("uq_ticket_submission_key")),
    )
    op.create_index("ix_ticket_handler", "ticket", ["handler_area_id", "department", "state"])
    op.create_index(op.f("ix_ticket_area_id"), "ticket", ["area_id"])
    op.create_index(op.f("ix_ticket_field"), "ticket", ["field"])
    op.create_index(op.f("ix_ticket_received_on"), "ticket", ["received_on"])
    op.create_table(
        "ticket_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("department", sa.String(80), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        _ticket("ticket_event"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_event")),
    )
    op.create_index(op.f("ix_ticket_event_ticket_id"), "ticket_event", ["ticket_id"])
    op.create_table(
        "ticket_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        _ticket("ticket_photo"),
        sa.ForeignKeyConstraint(["digest"], ["stored_file.digest"], name=op.f("fk_ticket_photo_digest_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_photo")),
        sa.UniqueConstraint("ticket_id", "place", name=op.f("uq_ticket_photo_ticket_id")),
    )
    op.create_index(op.f("ix_ticket_photo_digest"), "ticket_photo", ["digest"])
    op.create_table(
        "ticket_draft",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        _ticket("ticket_draft"),
        sa.PrimaryKeyConstraint("ticket_id", "author", name=op.f("pk_ticket_draft")),
    )
    op.create_table(
        "ticket_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("department", sa.String(80), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        _ticket("ticket_publication"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_publication")),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_ticket_publication_ticket_id")),
    )
    op.create_index(op.f("ix_ticket_publication_published_on"), "ticket_publication", ["published_on"])


def downgrade() -> None:
    for table in ("ticket_publication", "ticket_draft", "ticket_photo", "ticket_event", "ticket"):
        op.drop_table(table)


def _ticket(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["ticket_id"], ["ticket.id"], name=op.f(f"fk_{table}_ticket_id_ticket"), ondelete="CASCADE"
    )

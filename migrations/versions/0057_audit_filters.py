"""Indexes of the audit trail that answer two filters at once.

Revision ID: 0057
Revises: 0038
"""

from __future__ import annotations

from alembic import op

revision = "0057"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for first, other in (("actor", "action"), ("action", "actor")):
        op.drop_index(f"ix_audit_entry_{first}", "audit_entry")
        op.create_index(f"ix_audit_entry_{first}", "audit_entry", [first, "number", other, "subject"])


def downgrade() -> None:
    for first in ("actor", "action"):
        op.drop_index(f"ix_audit_entry_{first}", "audit_entry")
        op.create_index(f"ix_audit_entry_{first}", "audit_entry", [first, "number"])

"""Of a drawn site: its people of the population of interest beside its residents, and the take a typed weight assumes.

What stood as residents was asked for as 'aged 16 and over' and is that from now on. A weight that does not follow from
the other columns was typed by hand for the target of its site.

Revision ID: 0060
Revises: 0059
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

SITE = sa.table(
    "site", sa.column("id", sa.Integer), sa.column("residents", sa.Integer), sa.column("eligible", sa.Integer),
    sa.column("inclusion_probability", sa.Double), sa.column("base_weight", sa.Double), sa.column("target", sa.Integer),
    sa.column("weight_take", sa.Integer),
)  # fmt: skip
LARGEST_GAP = 0.01


def upgrade() -> None:
    op.add_column("site", sa.Column("eligible", sa.Integer(), nullable=True))
    op.add_column("site", sa.Column("weight_take", sa.Integer(), nullable=True))
    bind = op.get_bind()
    bind.execute(SITE.update().values(eligible=SITE.c.residents))
    weighted = sa.select(SITE).where(SITE.c.base_weight.is_not(None), SITE.c.target > 0)
    typed = [row.id for row in bind.execute(weighted).all() if _typed(row)]
    for start in range(0, len(typed), 500):
        part = typed[start : start + 500]
        bind.execute(SITE.update().where(SITE.c.id.in_(part)).values(weight_take=SITE.c.target))


def _typed(row: sa.Row) -> bool:  # type: ignore[type-arg]
    if not (row.residents and row.inclusion_probability):
        return True
    derived = row.residents / (row.inclusion_probability * row.target)
    return bool(abs(row.base_weight / derived - 1) > LARGEST_GAP)


def downgrade() -> None:
    op.drop_column("site", "weight_take")
    op.drop_column("site", "eligible")

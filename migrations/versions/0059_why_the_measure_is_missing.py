"""Why a response has no answer to the official question: the routing led past it, or it was left open.

Of responses stored before, only those can have been led past it whose questionnaire asks it under a condition; their
answers are looked at once. A questionnaire that cannot be read any more leaves its responses as they are: skipped.

Revision ID: 0059
Revises: 0058
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from definitions import DefinitionError
from questionnaires import parse_definition
from questionnaires.answers import was_shown

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

RESPONSE = sa.table(
    "response", sa.column("id", sa.Integer), sa.column("questionnaire_id", sa.Integer),
    sa.column("measure", sa.Integer), sa.column("measure_missing", sa.String), sa.column("answers", sa.JSON),
)  # fmt: skip
QUESTIONNAIRE = sa.table(
    "questionnaire_version", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("body", sa.Text)
)
AT_ONCE = 500


def upgrade() -> None:
    op.add_column("response", sa.Column("measure_missing", sa.String(12), nullable=True))
    bind = op.get_bind()
    for number, name, body in bind.execute(sa.select(QUESTIONNAIRE)).all():
        try:
            definition = parse_definition(body, name)
        except DefinitionError:
            continue
        asked = definition.columns.get("measure", "")
        question = definition.question(asked)
        if question is None or not (definition.rules[asked] or any(choice.rule for choice in question.options)):
            continue  # everybody was asked
        mine = (RESPONSE.c.questionnaire_id == number, RESPONSE.c.measure.is_(None))
        last = 0
        while rows := bind.execute(
            sa.select(RESPONSE.c.id, RESPONSE.c.answers)
            .where(*mine, RESPONSE.c.id > last)
            .order_by(RESPONSE.c.id)
            .limit(AT_ONCE)
        ).all():
            last = rows[-1].id
            past = [row.id for row in rows if not was_shown(definition, asked, row.answers or {})]
            if past:
                bind.execute(RESPONSE.update().where(RESPONSE.c.id.in_(past)).values(measure_missing="not_shown"))


def downgrade() -> None:
    op.drop_column("response", "measure_missing")

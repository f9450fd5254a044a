"""The services a questionnaire has rated."""

from __future__ import annotations

from analysis.documents.services import ServiceName
from analysis.plan import Plan
from questionnaires import Definition

NOT_USED = 0


def services_of(definition: Definition, plan: Plan) -> list[tuple[str, ServiceName]]:
    """Question and row of every service that is rated on the plan's scale; of the plan's own list where it has one."""
    scale = {str(code) for code in plan.measure.scale}
    wanted = set(plan.drivers.services) if plan.drivers else None
    found: list[tuple[str, ServiceName]] = []
    for question in definition.questions:
        codes = {choice.code for choice in question.options}
        if question.type != "matrix" or not scale <= codes or codes - scale - {str(NOT_USED)}:
            continue
        for row in question.rows:
            if wanted is None or row.key in wanted:
                text = row.text
                found.append(
                    (
                        question.key,
                        {"key": row.key, "zh": text["zh"], "en": text["en"], "indicators": list(row.indicators)},
                    )
                )
    return found

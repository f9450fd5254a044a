"""Decisions of persons on single answers, by whether the answer is a satisfied one: shown once the figure is approved."""

from __future__ import annotations

from collections import Counter

from flask_babel import gettext as _

from analysis.documents.estimate import EstimateDocument
from survey_app.console.tables import Column, Table
from survey_app.estimates.review import subject
from survey_app.ground.sign_off import APPROVED, standing
from survey_app.models import EstimateRun
from survey_app.surveys.frozen import of_frozen
from survey_app.surveys.small_cells import shown_apart


def decided(run: EstimateRun, result: EstimateDocument) -> Table | None:
    """None before the approval, for a run of no frozen answers, and where nobody decided anything. result: as it may be shown."""
    if standing(subject(run.id)).state != APPROVED:
        return None
    frozen = of_frozen(run)
    numbers: Counter[tuple[str, str]] = Counter()
    for row in frozen.decided if frozen else ():
        for part in ("satisfied", "others"):
            numbers[row["decision"], part] += int(row[part])
    if not numbers:
        return None
    shown = shown_apart(numbers, (), run.survey) if result.get("suppressed") else dict(numbers)
    names = {"set": _("人工标记"), "confirmed": _("确认标记成立"), "lifted": _("解除标记"), "voided": _("作废")}
    rows = [
        {"decision": words, "satisfied": shown[key, "satisfied"], "others": shown[key, "others"]}
        for key, words in names.items()
        if (key, "others") in shown
    ]
    columns = [
        Column("decision", _("处理")),
        Column("satisfied", _("满意"), "number"),
        Column("others", _("其他"), "number"),
    ]
    return Table("decided", _("对单份应答的处理，按是否满意"), columns, rows)

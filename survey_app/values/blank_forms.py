"""Blank forms of every value a rulebook asks for: the workbook that a clerk fills, a table, a JSON document."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analysis.scoring.asked_next import asked_next, asked_of_declared
from analysis.scoring.rulebook import Metric, Rulebook
from analysis.scoring.values import RATING, Values, read_values
from survey_app.files.sheet_rows import saved
from survey_app.files.workbooks import new_workbook
from survey_app.values.files import AREA, COLUMNS, RATIO_HEADING, ValueFileError, Wrong
from survey_app.values.form_sheet import Band, Form, Line, add_form
from wording import Message

INSTRUCTIONS = (
    "指标填报表",
    "先在第二行填写地区(和周期)，再填浅黄色的格子；其他格子不能修改。",
    "灰色条写明每项指标的牵头部门和计入范围；“下一档要求”是最低一档的门槛。",
    "有分子、分母的指标项：按“分子 ÷ 分母”列的名称填分子和分母；只有比例的，填在“数值”，不要两处都填。",
    "比例按百分数填(如85%)或按小数填(0.85)；是/否从下拉框选择；不知道的留空；不适用的，在“不适用原因”写明原因。",
    "数值超出通常范围的，核对无误后在“超出通常范围的理由”写明理由。",
    "Write the area into the second row, then fill the shaded cells. Leave blank what is not known; say why where a value does not apply.",
    "Give numerator and denominator where both are named, or the share itself, not both. `minyi score FILE` reads the workbook.",
)
KINDS = {"share": "占比(0–1)", "count": "数量", "number": "数值", "yes_no": "是/否"}


def template_rows(rulebook: Rulebook) -> Iterable[tuple[Any, ...]]:
    """Every value as a row, blank, with what its numerator and denominator are."""
    blank = (None,) * 5
    yield (*COLUMNS, RATIO_HEADING)
    for indicator in rulebook.indicators:
        lead = "、".join(indicator.lead)
        for metric in indicator.metrics:
            unit, kind = metric.unit, KINDS[metric.kind]
            yield (indicator.number, indicator.name, metric.name, unit, kind, lead, *blank, metric.ratio)
    for condition, words in rulebook.declared.items():
        yield (RATING, words, condition, "", KINDS["yes_no"], "", *blank, "")
    yield (AREA, "填报地区", "地区名称", "", "名称", "", *blank, "")


def write_template(rulebook: Rulebook, out: Path) -> None:
    """A blank template as .xlsx, .csv or .json. Raises ValueFileError for another ending."""
    suffix = out.suffix.lower()
    if suffix == ".xlsx":
        out.write_bytes(template_workbook(rulebook))
    elif suffix == ".csv":
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(template_rows(rulebook))
    elif suffix == ".json":
        blank: Values = {
            str(indicator.number): {metric.name: None for metric in indicator.metrics}
            for indicator in rulebook.indicators
            if indicator.metrics
        }
        blank[RATING] = dict.fromkeys(rulebook.declared)
        out.write_text(json.dumps({AREA: ""} | blank, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        raise ValueFileError([Wrong(out.name, Message("values.template_ends"))])


def template_workbook(rulebook: Rulebook) -> bytes:
    """The form that a clerk fills, blank: area and period are written into it, and every tier counts as not reached."""
    supplied = read_values(rulebook, {})
    bands = []
    for row in rulebook.indicators:
        asks = asked_next(row, supplied)
        lines = [Line(metric, asks.get(metric.key, "")) for metric in row.metrics]
        bands += [Band(str(row.number), row.name, "、".join(row.lead), row, lines)] if lines else []
    asked = asked_of_declared(rulebook)
    declared = [Line(Metric(key, words, "yes_no"), asked.get(key, "")) for key, words in rulebook.declared.items()]
    bands += [Band(RATING, "评级条件", "", None, declared)] if declared else []
    book = new_workbook(INSTRUCTIONS)
    return saved(book, add_form(book, Form(rulebook.title, bands=bands)))

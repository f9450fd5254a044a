"""Indicator values as a workbook to fill: the present values, what is asked, and the version each one has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from analysis.scoring import load_rulebook
from analysis.scoring.rulebook import Metric
from analysis.scoring.values import CONFIRMED, DENOMINATOR, NUMERATOR
from analysis.scoring.values import VALUE as VALUE_PART
from survey_app.files import workbooks
from survey_app.files.workbooks import Sheet
from survey_app.ground.clock import office
from survey_app.ground.dates import with_zone
from survey_app.models import IndicatorValue, Period, db
from survey_app.values.files import KINDS
from survey_app.values.forms import parts_of
from survey_app.values.reading import metrics_of
from survey_app.values.worklist import Task

KIND = "values"
TITLE = "指标数值"
HEADINGS = (
    ("地区", 12), ("序号", 6), ("三级指标", 26), ("指标项", 40), ("单位", 8), ("类型", 12), ("牵头部门", 22), ("状态", 10),
    ("数值", 14), ("分子", 14), ("分母", 14), ("不适用原因", 22), ("算得", 12), ("说明(每项指标填在第一行)", 30),
    ("area", 8), ("metric", 8), ("version", 8), ("base", 8), ("base_note", 8), ("超出通常范围的理由", 22),
)  # fmt: skip
VALUE, TOP, BOTTOM, REASON, RESULT, NOTE = 9, 10, 11, 12, 13, 14
AREA, METRIC, VERSION, BASE, BASE_NOTE = HIDDEN = 15, 16, 17, 18, 19
CONFIRMATION = 20  # the last, so that workbooks exported before it was there are read as they were
SHEET = Sheet(
    TITLE,
    HEADINGS,
    frozenset((VALUE, TOP, BOTTOM, REASON, NOTE, CONFIRMATION)),
    frozenset(HIDDEN),
    frozenset((CONFIRMATION,)),
)
STATES = {
    "unassigned": "未指定部门",
    "missing": "未填报",
    "draft": "草稿",
    "returned": "被退回",
    "submitted": "待核验",
    "accepted": "已核验",
}
OPEN_STATES = ("unassigned", "missing", "draft", "returned")
INSTRUCTIONS = (
    "指标填报表",
    "只填浅黄色的格子；其他格子由系统生成，不能修改。灰白的行已经提交或核验，改动不会导入。",
    "有分子、分母的指标项：填分子和分母，“算得”自动出现比例；只有比例的，填在“数值”，不要两处都填。",
    "比例按百分数填(如85%)或按小数填(0.85)；是/否从下拉框选择；不适用的，在“不适用原因”写明原因。",
    "数值超出通常范围的，核对无误后在“超出通常范围的理由”写明理由。",
    "清空一个已有的数值并导入，就是改为未知。说明填在每项指标的第一行。",
    "填好后在“指标填报”页导入：先预览新增、修改和冲突，确认后才保存。别人在您导出以后改过的，会作为冲突列出。",
    "导入只保存数值；提交核验请在系统中进行。",
    "Fill in the shaded cells only. Give numerator and denominator where both are asked, or the share itself, not both.",
    "Import the file on the page 'Indicator values'; you see every change and conflict before anything is stored.",
)


def value_workbook(period: Period, tasks: Iterable[Task]) -> bytes:
    """The workbook of these tasks, in the order of the annex by area."""
    listed = sorted(tasks, key=lambda task: task.order[1:])
    lines = [
        f"周期：{period.code}",
        f"截止：{with_zone(period.deadline, office())}" if period.deadline else "截止：未规定",
    ]
    book, filled = workbooks.new_workbook(SHEET, {"kind": KIND, "period": period.code}, (*INSTRUCTIONS, *lines))
    rules = _Rules()
    versions = _versions(period, listed)
    for task in listed:
        rulebook = load_rulebook(period.rulebook_of(task.area))
        for place, metric in enumerate(metrics_of(rulebook, task.indicator)):
            version = versions.get((task.area.id, rulebook.id, task.indicator, metric.key), 0)
            _add(filled, task, metric, version, first=place == 0)
            rules.add(metric, filled.max_row)
    rules.attach(filled)
    return workbooks.saved(book)


def _add(filled: Worksheet, task: Task, metric: Metric, version: int, first: bool) -> None:
    value = task.values.get(metric.key)
    single, top, bottom, reason, confirmed = inputs_of(metric, value)
    line = filled.max_row + 1
    note = task.entry.note if task.entry else ""
    shut = {*range(VALUE, NOTE + 1), CONFIRMATION} if task.state not in OPEN_STATES else set()
    if not metric.ratio_of:
        shut |= {TOP, BOTTOM}
    if not first:
        shut.add(NOTE)
    result = f'=IF(AND(ISNUMBER(J{line}),ISNUMBER(K{line}),K{line}<>0),J{line}/K{line},"")' if metric.ratio_of else None
    workbooks.add_row(
        filled, SHEET,
        [
            task.area.name, int(task.indicator) if task.indicator.isdigit() else task.indicator, task.name, metric.name,
            metric.unit, KINDS[metric.kind], "、".join(task.who.leads) or ("共同" if task.who.shared else "未指定"),
            STATES[task.state], single, top, bottom, reason, result, note if first else None, task.area.code, metric.key, version, json.dumps(value, ensure_ascii=False),
            note if first else None, confirmed,
        ],
        shut,
        formulas=(RESULT,),
    )  # fmt: skip
    share = "0.00%" if metric.kind == "share" else "General"
    filled.cell(line, VALUE).number_format = filled.cell(line, RESULT).number_format = share


def inputs_of(metric: Metric, value: Any) -> tuple[Any, Any, Any, Any, Any]:
    """What stands in a row's inputs for a stored value: value, numerator, denominator, reason, confirmation."""
    parts = parts_of(metric, value)
    held = value if isinstance(value, dict) else {VALUE_PART: value}
    single = held.get(VALUE_PART)
    if not isinstance(single, int | float) or isinstance(single, bool):
        single = parts[VALUE_PART] or None
    return single, held.get(NUMERATOR), held.get(DENOMINATOR), parts["reason"] or None, parts[CONFIRMED] or None


class _Rules:
    """What a spreadsheet program checks while typing; the import checks everything again."""

    def __init__(self) -> None:
        def not_negative() -> DataValidation:
            return DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True)

        self.by_kind = {
            "yes_no": DataValidation(type="list", formula1='"是,否"', allow_blank=True),
            "share": DataValidation(type="decimal", operator="between", formula1="0", formula2="1", allow_blank=True),
            "open_share": not_negative(),
            "count": DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True),
            "number": not_negative(),
            "parts": not_negative(),
        }
        for name, rule in self.by_kind.items():
            rule.showErrorMessage = True
            rule.errorTitle = "请检查"
            rule.error = {
                "yes_no": "请选“是”或“否”",
                "share": "比例在0与100%之间",
                "count": "请填不小于0的整数",
            }.get(name, "请填不小于0的数")

    def add(self, metric: Metric, line: int) -> None:
        open_share = metric.kind == "share" and not metric.part_of_whole
        self.by_kind["open_share" if open_share else metric.kind].add(f"I{line}")
        if metric.ratio_of:
            self.by_kind["parts"].add(f"J{line}:K{line}")

    def attach(self, filled: Worksheet) -> None:
        for rule in self.by_kind.values():
            if rule.sqref:
                filled.add_data_validation(rule)


def _versions(period: Period, tasks: list[Task]) -> dict[tuple[int, str, str, str], int]:
    areas = {task.area.id for task in tasks}
    query = db.select(IndicatorValue).where(IndicatorValue.period == period.code, IndicatorValue.area_id.in_(areas))
    return {(row.area_id, row.rulebook_id, row.indicator, row.metric): row.version for row in db.session.scalars(query)}

"""Indicator values as a workbook to fill: the present values, what is asked, and the version each one has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import select

from analysis.scoring.asked_next import asked_next, asked_of_declared
from analysis.scoring.rulebook import Metric, Rulebook
from analysis.scoring.values import CONFIRMED, DENOMINATOR, NUMERATOR, RATING, Values, ValuesError, read_values
from analysis.scoring.values import VALUE as VALUE_PART
from survey_app.files import workbooks
from survey_app.files.sheet_rows import saved
from survey_app.ground.clock import office
from survey_app.ground.dates import with_zone
from survey_app.models import Area, IndicatorValue, Period, db
from survey_app.values.earlier import Earlier, earlier_each
from survey_app.values.form_sheet import TITLE, Band, Form, Line, add_form, sheet_names
from survey_app.values.forms import parts_of, said
from survey_app.values.periods import periods
from survey_app.values.reading import indicator_of, metrics_of, stored_of
from survey_app.values.readings import readings_in
from survey_app.values.worklist import Task
from wording import Message, Text, reading
from wording.language import language

KIND = "values"
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
    "只填浅黄色的格子；其他格子由系统生成，不能修改。没有浅黄色格子的指标已经提交或核验，改动不会导入。",
    "每项指标的灰色条写明牵头部门、状态和计入范围；“下一档要求”是高一档的门槛，“上期”是上一周期的数值，供核对。",
    "有分子、分母的指标项：按“分子 ÷ 分母”列的名称填分子和分母，“算得”自动出现比例；只有比例的，填在“数值”，不要两处都填。",
    "比例按百分数填(如85%)或按小数填(0.85)；是/否从下拉框选择；不适用的，在“不适用原因”写明原因。",
    "数值超出通常范围的，核对无误后在“超出通常范围的理由”写明理由。",
    "清空一个已有的数值并导入，就是改为未知。说明填在每项指标的第一行。",
    "填好后在“指标填报”页导入：先预览新增、修改和冲突，确认后才保存。别人在您导出以后改过的，会作为冲突列出。",
    "导入只保存数值；提交核验请在系统中进行。",
    "Fill in the shaded cells only. Give numerator and denominator where both are asked, or the share itself, not both.",
    "The grey band above an indicator's rows says who leads it and what counts; beside each value stand what the next tier asks and last period's value.",
    "Import the file on the page 'Indicator values'; you see every change and conflict before anything is stored.",
)


def value_workbook(period: Period, tasks: Iterable[Task]) -> bytes:
    """The workbook of these tasks, in the order of the annex, a sheet for each area."""
    in_order = sorted(tasks, key=lambda task: task.order[1:])
    by_area = [(area, list(own)) for area, own in groupby(in_order, lambda task: task.area)]
    areas = [area for area, _tasks in by_area]
    titles = sheet_names(area.name for area in areas) if len(areas) > 1 else [TITLE]
    book = workbooks.new_workbook(INSTRUCTIONS, {"kind": KIND, "period": period.code, "sheets": titles})
    versions, before, offered = _versions(period, areas), _before(period, areas), earlier_each(period, areas)
    held = readings_in(period)
    rulebooks = {name: held.rulebook(name) for name in {period.rulebook_of(area) for area in areas}}
    due = with_zone(period.deadline, office()) if period.deadline else "未规定"
    filled = []
    with reading(language()):  # found once, not for each of its words
        for title, (area, listed) in zip(titles, by_area, strict=False):
            rulebook, taken = rulebooks[period.rulebook_of(area)], offered.get(area.id, {})
            bands = [_band(rulebook, task, versions, before.get(area.id, {}), taken) for task in listed]
            filled.append(add_form(book, Form(rulebook.title, area.name, period.code, due, bands), title))
    return saved(book, *filled)


def _band(
    rulebook: Rulebook, task: Task, versions: Mapping[tuple[int, str, str], int], before: Values,
    offered: Mapping[tuple[str, str], Earlier],
) -> Band:  # fmt: skip
    """offered: what stands in an input that is blank, from the period that the metric asks of."""
    asks, mine = _asks(rulebook, task), before.get(task.indicator, {})
    taken = {metric: one.value for (indicator, metric), one in offered.items() if indicator == task.indicator}
    lines = [
        Line(
            metric, asks.get(metric.key, "" if metric.kind == "yes_no" else Message("values.top_reached")),
            said(metric, taken.get(metric.key, mine.get(metric.key))),
            inputs_of(metric, task.values[metric.key] if task.values.get(metric.key) is not None else taken.get(metric.key)),
            (
                task.area.code, metric.key, versions.get((task.area.id, task.indicator, metric.key), 0),
                json.dumps(task.values.get(metric.key), ensure_ascii=False),
            ),
        )
        for metric in metrics_of(rulebook, task.indicator)
    ]  # fmt: skip
    leads = "、".join(task.who.leads) or ("共同负责" if task.who.shared else "")
    about = " · ".join(filter(None, (leads, STATES[task.state])))
    indicator = None if task.indicator == RATING else indicator_of(rulebook, task.indicator)
    note = task.entry.note if task.entry else ""
    return Band(task.indicator, task.name, about, indicator, lines, note, task.state not in OPEN_STATES)


def _asks(rulebook: Rulebook, task: Task) -> Mapping[str, Text]:
    if task.indicator == RATING:
        return asked_of_declared(rulebook)
    try:
        supplied = read_values(rulebook, {task.indicator: task.values})
    except ValuesError:  # what an earlier release stored
        supplied = read_values(rulebook, {})
    return asked_next(indicator_of(rulebook, task.indicator), supplied)


def inputs_of(metric: Metric, value: Any) -> tuple[Any, Any, Any, Any, Any]:
    """What stands in a row's inputs for a stored value: value, numerator, denominator, reason, confirmation."""
    parts = parts_of(metric, value)
    held = value if isinstance(value, dict) else {VALUE_PART: value}
    single = held.get(VALUE_PART)
    if not isinstance(single, int | float) or isinstance(single, bool):
        single = parts[VALUE_PART] or None
    return single, held.get(NUMERATOR), held.get(DENOMINATOR), parts["reason"] or None, parts[CONFIRMED] or None


def _versions(period: Period, areas: list[Area]) -> dict[tuple[int, str, str], int]:
    books = {area.id: period.rulebook_of(area) for area in areas}
    query = select(IndicatorValue).where(IndicatorValue.period == period.code, IndicatorValue.area_id.in_(books))
    rows = (row for row in db.session.scalars(query) if row.rulebook_id == books[row.area_id])
    return {(row.area_id, row.indicator, row.metric): row.version for row in rows}


def _before(period: Period, areas: list[Area]) -> dict[int, Values]:
    """Area id -> its values of the period before, where the same rulebook rated it then."""
    last = next((one for one in periods() if one.code < period.code), None)
    same = [area for area in areas if last and last.rulebook_of(area) == period.rulebook_of(area)]
    if last is None or not same:
        return {}
    stored = stored_of(last, same)
    return {area.id: stored.values(area) for area in same}

"""Indicator values: read, saved and handed in, where the console's table lets the key's role and department."""

from __future__ import annotations

from datetime import datetime

from flask import g
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from survey_app.api.frame import actor, grants, operation
from survey_app.api.paging import Page, PageQuery, listed, paged
from survey_app.api.problems import ProblemError
from survey_app.api.words import marked
from survey_app.ground.transaction import transaction
from survey_app.values import entry
from survey_app.values.entry import Place
from survey_app.values.periods import current_period, deadline_of, period_of
from survey_app.values.tasks_seen import tasks_seen
from survey_app.values.worklist import Task


class ValueLine(BaseModel):
    """An indicator of an area in a period."""

    period: str
    area: str
    indicator: str
    name: str
    state: str = Field(description=marked("unassigned、missing、draft、submitted、returned 或 accepted"))
    version: int = Field(description=marked("保存时要写明所见的版本；还没有为0"))
    departments: list[str]
    deadline: datetime | None
    values: dict[str, JsonValue] = Field(description=marked("按指标项；份额为0到1，null为不知道"))


class Metric(BaseModel):
    """What is asked for."""

    key: str
    name: str
    unit: str


class ValueWhole(ValueLine):
    """The same with its metrics and note."""

    metrics: list[Metric]
    note: str


class ValuesQuery(PageQuery):
    """Of which period and area."""

    period: str = Field("", max_length=20, description=marked("周期；不填为当前周期"))
    area: str = Field("", max_length=40, description=marked("只要这个地区的，填地区代码"))


class Body(BaseModel):
    """A body; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Seen(Body):
    """Which version was seen."""

    version: int = Field(ge=0, le=2**31 - 1, description=marked("所见的版本；有人改过就拒绝"))


class Given(Seen):
    """Values to be saved."""

    values: dict[str, JsonValue] = Field(description=marked("按指标项，写法同 minyi score 的数值文件"))
    note: str = Field("", max_length=entry.NOTE_LENGTH, description=marked("备注"))


@operation("/values", "查看指标数值", "console.values_page", Page[ValueLine], tag="values")
def list_values(query: ValuesQuery) -> Page[ValueLine]:
    """The indicators that the key's role sees, by area and number."""
    period = period_of(query.period) if query.period else current_period()
    tasks = [task for task in tasks_seen(period, grants()) if query.area in ("", task.area.code)]
    tasks.sort(key=lambda task: task.order[1:])
    return paged(query, listed(tasks, _key), _key, _line)


@operation("/values/<period>/<area>/<indicator>", "查看一个指标", "console.value_page", ValueWhole, tag="values")
def get_value(period: str, area: str, indicator: str) -> ValueWhole:
    return _whole(_place(period, area, indicator))


@operation(
    "/values/<period>/<area>/<indicator>", "填写指标数值", "console.save_value", ValueWhole, method="PUT", kind="write",
    tag="values",
)  # fmt: skip
def put_value(period: str, area: str, indicator: str, json: Given) -> ValueWhole:
    """Save values and note; 409 where somebody changed it since the version that was seen."""
    place = _place(period, area, indicator)
    with transaction():
        entry.save(place, json.values, json.note, json.version, actor(g.api_token))
    return _whole(place)


@operation(
    "/values/<period>/<area>/<indicator>/submission", "报送一个指标", "console.submit_value", ValueWhole, method="POST",
    kind="write", tag="values",
)  # fmt: skip
def submit_value(period: str, area: str, indicator: str, json: Seen) -> ValueWhole:
    """Hand the indicator to the verifier."""
    place = _place(period, area, indicator)
    with transaction():
        entry.submit(place, json.version, actor(g.api_token))
    return _whole(place)


def _place(period: str, area: str, indicator: str) -> Place:
    found = entry.place_of(period, area, indicator)
    if found is None:
        raise ProblemError(404, "api.not_found")
    return found


def _key(task: Task) -> str:
    return f"{task.area.code} {task.indicator}"


def _line(task: Task) -> ValueLine:
    return ValueLine(
        period=task.period, area=task.area.code, indicator=task.indicator, name=task.name, state=task.state,
        version=task.version, departments=list(task.who.departments), deadline=task.deadline,
        values=dict(task.values),
    )  # fmt: skip


def _whole(place: Place) -> ValueWhole:
    found = entry.entry_of(place, fresh=True)
    values = {metric: row.value for metric, row in entry.rows_of(place, fresh=True).items()}
    return ValueWhole(
        period=place.period.code, area=place.area.code, indicator=place.indicator, name=place.name,
        state=entry.state(place), version=found.version if found else 0, departments=list(place.who.departments),
        deadline=deadline_of(place.period, place.area, place.who.departments), values=values,
        metrics=[Metric(key=one.key, name=one.name, unit=one.unit or "") for one in place.metrics],
        note=found.note if found else "",
    )  # fmt: skip

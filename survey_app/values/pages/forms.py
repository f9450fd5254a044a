"""The forms of indicator values: entering and handing in, verifying, assigning departments, periods, imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from analysis.scoring.entering import AskBackError
from analysis.scoring.programme import programmes
from analysis.scoring.registers import Register
from analysis.scoring.rulebook import Indicator, Metric
from survey_app.console.forms import (
    CHOOSE,
    AnyNumber,
    AnyWhole,
    DepartmentChoice,
    Form,
    Marks,
    Pressed,
    Version,
    with_fields,
)
from survey_app.console.frame import area_name, programme_title
from survey_app.ground.rulebooks import installation
from survey_app.models import Area, Period
from survey_app.values.entry import NOTE_LENGTH
from survey_app.values.forms import parts_of, value_of
from survey_app.values.periods import CLOSED, OPEN
from survey_app.values.readings import ReadingRow

WRITE, REASON = _("请填写"), _("请写明理由")
ACCEPT, RETURN = "accept", "return"
PARTS = ("value", "numerator", "denominator", "reason", "confirmed")
READING = "reading"  # which of two readings of a number is meant, where the page asked


def _required(label: Any, message: Any = WRITE, most: int | None = None) -> StringField:
    too_long = [Length(max=most, message=_("请写在%(n)s字以内", n=most))] if most else []
    return StringField(label, [InputRequired(message), *too_long])


def problems_of(form: Form) -> list[tuple[str, str]]:
    """What is wrong with a form, as an EntryError tells it."""
    return [("", str(message)) for messages in form.errors.values() for message in messages]


class VersionForm(Form):
    """A button that acts on the indicator as it was shown."""

    version = Version()


class ValueForm(VersionForm):
    """The values of one indicator; `value_form` adds the boxes of each metric."""

    note = TextAreaField(
        _("说明"),
        [Length(max=NOTE_LENGTH, message=_("请写在%(n)s字以内", n=NOTE_LENGTH))],
        description=_("统计口径、数据来源；暂缺的数值写明原因。"),
    )

    def value(self, metric: Metric, indicator: Indicator | None) -> Any:
        """What was written for a metric, as it is stored. Raises ValueError in the user's words, as `enter` does."""
        written = {part: self[f"{metric.key}:{part}"].data for part in PARTS}
        try:
            return value_of(metric, **written, indicator=indicator)
        except AskBackError as asked:
            meant = self[f"{metric.key}:{READING}"].data
            if meant not in asked.choices:
                raise
            return value_of(metric, **written | {"value": meant}, indicator=indicator)

    def boxes(self, metric: Metric, unusual: bool) -> Iterator[StringField]:
        """The boxes that a person sees of a metric; `unusual`: also the one for the reason of an unusual value."""
        hidden = set() if metric.ratio_of else {"numerator", "denominator"}
        if not unusual and not self[f"{metric.key}:confirmed"].data:
            hidden.add("confirmed")
        yield from (self[f"{metric.key}:{part}"] for part in PARTS if part not in hidden)


def value_form(metrics: Iterable[Metric]) -> type[ValueForm]:
    """The form of an indicator. Also what a metric has no box for is read, so that it can be refused."""
    fields: dict[str, Field] = {}
    for metric in metrics:
        names = dict(zip(("numerator", "denominator"), metric.ratio_of or (), strict=False))
        labels = {
            "value": _result_words(metric), "numerator": gettext("分子"), "denominator": gettext("分母"),
            "reason": gettext("不适用的原因"), "confirmed": gettext("数值超出通常范围的理由"),
        }  # fmt: skip
        labels |= {part: labels[part] + gettext("：") + name for part, name in names.items()}
        fields |= {f"{metric.key}:{part}": StringField(labels[part]) for part in PARTS}
        fields[f"{metric.key}:{READING}"] = StringField()
        if metric.kind == "yes_no":
            words = {"": gettext("未知"), "是": gettext("是"), "否": gettext("否")}
            choices = [SelectChoice(value, word) for value, word in words.items()]
            fields[f"{metric.key}:value"] = SelectField(gettext("是或否"), choices=choices, validate_choice=False)
    return with_fields(ValueForm, fields)


def _result_words(metric: Metric) -> str:
    if metric.ratio_of:
        return str(gettext("或直接填结果"))
    return str({"share": gettext("比例"), "count": gettext("数量")}.get(metric.kind, gettext("数值")))


def filled_values(metrics: Iterable[Metric], values: dict[str, object], note: str) -> dict[str, object]:
    """What is stored, as the fields of a value form show it."""
    parts = {metric.key: parts_of(metric, values.get(metric.key)) for metric in metrics}
    return {"note": note} | {f"{key}:{part}": shown[part] for key, shown in parts.items() for part in PARTS}


class VerifyForm(VersionForm):
    """A verifier's word on one indicator."""

    decision = Pressed((ACCEPT, RETURN), _("请选择通过或退回"))
    comment = TextAreaField(_("核验意见"), description=_("退回时必填。"))


class VerifySeveralForm(Form):
    """The same word on all that are ticked: marks 'area|indicator|version'."""

    chosen = Marks()
    decision = Pressed((ACCEPT, RETURN), _("请选择通过或退回"))
    comment = TextAreaField(_("核验意见"), description=_("退回时必填，写给每一项。"))


class SubmitSeveralForm(Form):
    """All of a list that is ready, as marks; the area that the list was narrowed to."""

    ready = Marks()
    area = HiddenField()


class TakeForm(Form):
    """An import that was looked at: the conflicts that shall be stored."""

    take = Marks()


class RemoveForm(Form):
    """Why a file is taken off."""

    reason = _required(_("理由"), _("请写明移除的理由"))


class AssignmentsForm(Form):
    """The departments of an area; `assignments_form` adds a row for each indicator."""

    def sent(self, keys: Iterable[str]) -> list[str]:
        """The rows that came with the form."""
        return [key for key in keys if self[f"version:{key}"].raw_data]


def assignments_form(keys: Iterable[str]) -> type[AssignmentsForm]:
    fields: dict[str, Field] = {}
    for key in keys:
        fields[f"leads:{key}"] = Marks(_("牵头部门"), coerce=str)
        fields[f"supporting:{key}"] = Marks(_("配合部门"), coerce=str)
        fields[f"shared:{key}"] = BooleanField(_("共同负责"))
        fields[f"version:{key}"] = Version()
    return with_fields(AssignmentsForm, fields)


class MakePeriodForm(Form):
    """A new period."""

    code = _required(_("名称"))
    deadline = DateField(_("截止日期"), [Optional()])
    programme = SelectField(_("评价方案"), [InputRequired(CHOOSE)])

    def offer(self) -> MakePeriodForm:
        """With the programmes to choose from, the installation's first."""
        first = installation()
        known = sorted(programmes(), key=lambda one: first not in (one.id, one.ref))
        self.programme.choices = [SelectChoice(one.ref, programme_title(one)) for one in known]
        return self


class UseProgrammeForm(Form):
    """What is to go by a programme: the installation where neither box says anything."""

    period = SelectField(_("填报周期"), [Optional()], default="")
    city = SelectField(_("只为一个市"), [Optional()], default="")
    reason = _required(_("理由"), REASON)

    def offer(self, cities: Iterable[Area], periods: Iterable[Period]) -> UseProgrammeForm:
        self.period.choices = [SelectChoice("", "–"), *(SelectChoice(one.code, one.code) for one in periods)]
        self.city.choices = [SelectChoice("", "–"), *(SelectChoice(area.code, area_name(area)) for area in cities)]
        return self


class RemoveProgrammeForm(Form):
    """Why a version goes."""

    reason = _required(_("理由"), REASON)


class ChangePeriodForm(Form):
    """Another deadline or state, and why."""

    deadline = DateField(_("截止日期"), [Optional()])
    state = SelectField(
        _("状态"), [InputRequired(CHOOSE)], choices=[SelectChoice(OPEN, _("填报中")), SelectChoice(CLOSED, _("已结束"))]
    )
    objection_days = AnyWhole(_("公示工作日(0为不公示)"), [Optional()])
    reason = _required(_("理由"), REASON)


class ExtendForm(Form):
    """A later day for one department."""

    area = SelectField(_("地区"), [InputRequired(CHOOSE)])
    department = DepartmentChoice(_("部门"), [InputRequired(CHOOSE)])
    deadline = DateField(_("新的截止日期"), [InputRequired(_("请填写新的截止日期"))])
    reason = _required(_("理由"), REASON)

    def offer(self, areas: Iterable[tuple[str, str]]) -> ExtendForm:
        self.area.choices = [SelectChoice(code, name) for code, name in areas]
        return self


class ReadingForm(Form):
    """How one unclear row is read, and by whose authority; the file only of a ruling."""

    reading = SelectField(_("哪一条读法"), [InputRequired(CHOOSE)])
    chosen = SelectField(_("采用"), choices=[SelectChoice("", _("本系统读法")), SelectChoice("1", _("另一读法"))])
    letter = StringField(_("文号"), [Length(max=200)])
    letter_date = DateField(_("日期"), [Optional()])
    interpreter = StringField(_("解释单位"), [Length(max=100)])
    file = FileField(_("裁定文件"))
    reason = _required(_("理由"), REASON)

    def offer(self, rows: Iterable[ReadingRow]) -> ReadingForm:
        self.reading.choices = [SelectChoice(row["id"], row["reads"]) for row in rows]
        return self


class RegisterForm(VersionForm):
    """An item of a register: its file. `register_form` adds the columns that the register asks, under its own words."""

    file = FileField(_("佐证材料"))


def register_form(register: Register, language: str) -> type[RegisterForm]:
    """The form of a register's items. A day and a level are needed where they are asked, since nothing is counted without."""
    made: dict[str, Field] = {"title": _required(register.title.text(language), most=200)}
    for key, words in register.asks.items():
        label, needed = words.text(language), [InputRequired(WRITE)] if key in ("day", "level") else [Optional()]
        if key == "level":
            levels = [SelectChoice("", CHOOSE), *(SelectChoice(level, level) for level in register.levels)]
            made[key] = SelectField(label, needed, choices=levels)
        elif key in ("day", "second_day"):
            made[key] = DateField(label, needed)
        elif key == "number":
            made[key] = AnyNumber(label, needed)
        elif key == "about":
            made[key] = StringField(label, [Length(max=120)])
        else:
            made[key] = TextAreaField(label, [Length(max=2000)])
    return with_fields(RegisterForm, made)

"""The forms of scoring: what if, gaps taken on, rectification step by step, and the final score."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from analysis.scoring.documents import ScorecardDocument
from survey_app.console.forms import CHOOSE, AnyNumber, DepartmentChoice, Form, Marks, Pressed, with_fields
from survey_app.ground import sign_off
from survey_app.ground.two_persons import MOST_REASON
from survey_app.scoring import final_runs, objections, what_if

WRITE, DAY = _("请填写"), _("请填写期限，如2026-12-31")
REASON_LENGTH = 400


def _at_most(number: int) -> Length:
    return Length(max=number, message=_("请写在%(n)s字以内", n=number))


class TypedForm(Form):
    """A form whose use case reads what was typed itself, and says of each box what it cannot read."""

    def typed(self) -> dict[str, str]:
        """Name -> what was typed; a ticked box is 1, an empty one is left out."""
        texts = {name: "1" if value is True else value for name, value in self.data.items()}
        return {name: text for name, text in texts.items() if isinstance(text, str) and text}


class AheadForm(TypedForm):
    """What if; `ahead_form` adds the boxes of each metric and indicator. With a name it is kept as a scenario."""

    target = StringField(_("目标评级"))
    draws = StringField(_("模拟次数"), default=str(what_if.DRAWS))
    seed = StringField(_("随机种子"), default=str(what_if.SEED))
    correlation = StringField(_("各数值间的相关(0到1)"), default="0")
    name = StringField(_("方案名称"))
    note = StringField(_("说明"))


def ahead_form(lines: Iterable[what_if.Line]) -> type[AheadForm]:
    fields: dict[str, Field] = {}
    for line in lines:
        fields |= {f"{part}:{line.field}": StringField() for part in ("value", "low", "high")}
        fields |= {f"effort:{line.number}": StringField(), f"fixed:{line.number}": BooleanField()}
    return with_fields(AheadForm, fields)


def _gap(mark: str) -> tuple[int, int]:
    number, stars = mark.split(":")
    return int(number), int(stars)


class AcceptForm(TypedForm):
    """Gaps to take on, each a mark (number, stars); `accept_form` adds the boxes of each indicator."""

    take = Marks(coerce=_gap)
    target = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """A day is asked for only where a gap is ticked."""
        good = bool(super().validate(extra_validators))
        for number, _stars in self.take.data or ():
            field = f"due:{number}"
            if field not in self or (self[field].data is None and not self[field].errors):
                self.refuse(str(DAY if field in self else CHOOSE), field)
                good = False
        return good

    def problems(self) -> list[str]:
        """What is wrong, each with the number of its indicator."""
        said = ((name.partition(":")[2] if name else "", line) for name, lines in self.errors.items() for line in lines)
        return [f"{number}：{line}" if number else str(line) for number, line in said]


def accept_form(numbers: Iterable[int]) -> type[AcceptForm]:
    fields: dict[str, Field] = {}
    for number in numbers:
        fields[f"department:{number}"] = DepartmentChoice(_("责任部门"))
        fields[f"due:{number}"] = DateField(_("期限"), [Optional()])
        fields[f"effort:{number}"], fields[f"fixed:{number}"] = HiddenField(), HiddenField()
    return with_fields(AcceptForm, fields)


class ProgressForm(Form):
    """What the department has done, or that it is done."""

    text = TextAreaField(_("进展"))
    file = FileField(_("材料"))
    step = Pressed(("note", "submit"))


class VerifyForm(Form):
    """The verifier's word."""

    text = TextAreaField(_("意见"))
    step = Pressed(("close", "return", "withdraw"))


class ChangeForm(Form):
    """Another owner or another day."""

    department = DepartmentChoice(_("责任部门"), [InputRequired(CHOOSE)])
    due = DateField(_("期限"), [InputRequired(DAY)])
    reason = StringField(_("理由"), [InputRequired(WRITE)])


class FinalForm(Form):
    """A trial or a final run."""

    estimate = SelectField(_("满意度估计"), coerce=int)
    period = HiddenField()
    kind = Pressed((final_runs.TRIAL, final_runs.FINAL))
    reason = StringField(_("重新评分的理由"), [_at_most(REASON_LENGTH)])
    cause = SelectField(
        _("取代的原因"),
        choices=[
            SelectChoice("", CHOOSE),
            SelectChoice("input_error", _("输入错误(说明哪一处)")),
            SelectChoice("program_fault", _("程序故障")),
            SelectChoice("order", _("上级要求(写明文号)")),
        ],
        default="",
    )


def final_form(estimates: Iterable[int]) -> FinalForm:
    """The form as it was sent, for these estimates."""
    form = FinalForm()
    form.estimate.choices = [SelectChoice(number, f"#{number}") for number in estimates]
    return form


class ObjectionForm(Form):
    """What a county objects to; letter and day where it is entered for the county."""

    indicator = SelectField(_("评分表的哪一项"), [InputRequired(CHOOSE)], coerce=int)
    text = TextAreaField(_("异议内容"), [InputRequired(WRITE), _at_most(objections.TEXT_LENGTH)])
    files = MultipleFileField(_("证明材料"))
    letter = StringField(_("代为录入：来函名称或文号"), [_at_most(200)])
    received = DateField(_("收到日期"), [Optional()])

    def offer(self, card: ScorecardDocument) -> ObjectionForm:
        self.indicator.choices = [
            SelectChoice(row["number"], f"{row['number']} {row['name']} ({row['points']:g})")
            for row in card["indicators"]
        ]
        return self


class DecideForm(Form):
    """The first of two people on an objection."""

    outcome = SelectField(
        _("决定"), [InputRequired(CHOOSE)],
        choices=[SelectChoice("", CHOOSE), SelectChoice(objections.UPHELD, _("采纳")), SelectChoice(objections.REJECTED, _("不采纳"))],
    )  # fmt: skip
    points_after = AnyNumber(_("采纳后该项得分"), [Optional()])
    reason = TextAreaField(_("理由"), [InputRequired(WRITE), _at_most(MOST_REASON)])


class SignOffForm(Form):
    """One step of two people."""

    step = Pressed((sign_off.PROPOSED, sign_off.APPROVED, sign_off.RETURNED, sign_off.WITHDRAWN))
    comment = TextAreaField(_("意见"))

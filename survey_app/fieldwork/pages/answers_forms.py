"""The forms in which answers of other tools come in: the file, and what its columns, options and sites are."""

from __future__ import annotations

from typing import Any, cast
from zlib import crc32

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from questionnaires import Question
from survey_app.console.forms import Form, with_fields
from survey_app.fieldwork.answers_in.headings import LEFT, Column
from survey_app.fieldwork.answers_in.importing import site_meant, sites_of, sites_said
from survey_app.fieldwork.answers_in.mapping import LONGEST_NAME, Mapping
from survey_app.fieldwork.answers_in.reading import Sheet
from survey_app.fieldwork.answers_in.targets import RECOMMENDED
from survey_app.ground.language import language
from survey_app.models import Survey

UNSAID, NONE = "?", "-"


class AnswersForm(Form):
    """A file of answers, and whose it is."""

    file = FileField(lazy_gettext("文件 (.xlsx 或 .csv)"), [FileRequired(lazy_gettext("请选择文件。"))])
    collector = StringField(
        lazy_gettext("采集方"),
        [Length(max=LONGEST_NAME)],
        description=lazy_gettext("谁收的答卷，估计报告按这个名称说明；留空为工具的名称。"),
    )


class MappingFileForm(Form):
    """A mapping as YAML."""

    file = FileField(lazy_gettext("对照表 (.yaml)"), [FileRequired(lazy_gettext("请选择文件。"))])


class MappingForm(Form):
    """What the person says of a file; its boxes are the file's (`mapping_form`)."""

    key = HiddenField()


def mapping_form(survey: Survey, sheet: Sheet, sent: bool) -> Any:
    """A box for each column, each thing an open choice says, each site; filled with what is known. sent: as it was sent."""
    fields: dict[str, object] = {"site": _site(survey, sheet)}
    if sheet.numbers_open or sheet.mapping.numbers:
        fields["numbers"] = RadioField(
            _("文件里的数字是"),
            choices=[SelectChoice("serial", _("选项的序号")), SelectChoice("code", _("选项的代码或分值"))],
            default=sheet.numbers or None,
            validate_choice=False,
        )
    targets = [SelectChoice(target, _target(question, part)) for target, (question, part) in sheet.targets.all.items()]
    for column in sheet.columns:
        fields[f"column-{column.place}"] = _column(column, targets)
    for question, said, name in options_of(sheet):
        code = sheet.code_of(question, said)
        fields[name] = SelectField(
            said, choices=_options(question), default=UNSAID if code is None else code or NONE, validate_choice=False
        )
    sites = sites_of(survey)
    choices = [SelectChoice(UNSAID, _("请选择")), *(SelectChoice(code, site.name) for code, site in sites.items())]
    for said in sites_said(sheet, sites):
        meant = site_meant(sheet, sites, said) or UNSAID
        fields[_named("place", said)] = SelectField(said, choices=choices, default=meant, validate_choice=False)
    kind = with_fields(MappingForm, fields)
    return kind() if sent else kind(formdata=None)


def options_of(sheet: Sheet) -> list[tuple[Question, str, str]]:
    """What choices say in the file: the question, the words, and the name of its box; none before numbers are understood."""
    if sheet.numbers_open:
        return []
    crowded = {column.place for column, _number in sheet.no_choice()}
    keys = {question.key for column, question, _part in sheet.answers if column.place not in crowded}
    asked = [question for question in sheet.targets.asked if question.key in keys]
    return [(question, said, _named(f"option-{question.key}", said)) for question in asked for said in sheet.said.get(question.key, ())]  # fmt: skip


def mapping_sent(survey: Survey, sheet: Sheet, form: Any) -> Mapping:
    """The mapping with what was sent: what is known without it is not kept, so that a changed questionnaire decides anew."""
    columns = dict(sheet.mapping.columns)
    for column in sheet.columns:
        said = form[f"column-{column.place}"].data
        columns.pop(column.heading, None)
        if said != UNSAID and (said != (column.target or LEFT) or column.open or column.why == "chosen"):
            columns[column.heading] = said
    options = {key: dict(said) for key, said in sheet.mapping.options.items()}
    numbers = form.numbers.data if "numbers" in form and form.numbers.data in ("serial", "code") else ""
    for question, said, name in options_of(sheet):
        chosen = form[name].data
        if chosen not in (UNSAID, None) and chosen != sheet.targets.option_of(question, said, numbers or sheet.numbers):
            options.setdefault(question.key, {})[said] = "" if chosen == NONE else chosen
    sites, there = dict(sheet.mapping.sites), sites_of(survey)
    for said in sites_said(sheet, there):
        chosen = form[_named("place", said)].data
        if chosen != said and chosen in there:
            sites[said] = chosen
    site = form.site.data if form.site.data in there else ""
    return Mapping(
        sheet.mapping.collector, cast(Any, numbers), site, columns, {k: v for k, v in options.items() if v}, sites
    )


def role_names() -> dict[str, str]:
    """What a column may be besides an answer."""
    return {
        "@key": _("答卷编号"), "@finished": _("提交时刻"), "@seconds": _("所用时间"), "@started": _("开始时刻"),
        "@site": _("调查点"), "@invitation": _("邀请码"), "@status": _("核对状态"),
    }  # fmt: skip


def _named(kind: str, said: str) -> str:
    return f"{kind}-{crc32(said.encode())}"


def _site(survey: Survey, sheet: Sheet) -> SelectField:
    choices = [SelectChoice("", _("由列或邀请码决定"))]
    choices += [SelectChoice(code, site.name) for code, site in sites_of(survey).items()]
    return SelectField(_("答卷记在"), choices=choices, default=sheet.mapping.site, validate_choice=False)


def _column(column: Column, targets: list[Any]) -> SelectField:
    names = role_names()
    if column.why == "personal":
        choices = [SelectChoice(LEFT, _("个人信息，不读入")), SelectChoice("@invitation", names["@invitation"])]
    else:
        roles = [SelectChoice(role, name) for role, name in names.items() if role != "@status" or column.target == role]
        choices = [SelectChoice(UNSAID, _("请选择")), SelectChoice(LEFT, _("不读入")), *roles, *targets]
    default = UNSAID if column.target is None else column.target
    return SelectField(column.heading, choices=choices, default=default, validate_choice=False)


def _target(question: Question, part: str) -> str:
    """The question, and of it the row, the option or the field of one's own words."""
    parts = {row.key: row.text[language()] for row in question.rows} | {
        choice.code: choice.text[language()] for choice in question.options
    }
    named = _("请说明") if part == "other" and part not in parts else parts.get(part, part)
    return f"{question.text[language()][:30]} — {named}" if part else question.text[language()][:40]


def _options(question: Question) -> list[Any]:
    codes = (
        [(number, number) for number in RECOMMENDED]
        if question.type == "recommend"
        else [(choice.code, choice.text[language()]) for choice in question.options]
    )
    return [SelectChoice(UNSAID, _("请选择")), *(SelectChoice(*each) for each in codes), SelectChoice(NONE, _("不作回答"))]  # fmt: skip

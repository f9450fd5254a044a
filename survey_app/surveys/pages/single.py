"""One site, one area, or the margins, edited in a form: what is sent is read, checked and stored as a file of these rows is.

So a form can do what an import can and nothing else, with the same sentences and the same entry of the audit trail.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Field as FormField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from survey_app.answering.definitions import units
from survey_app.console.forms import Form, Lines, with_fields
from survey_app.console.frame import area_name, bp, survey_of
from survey_app.console.permissions import own
from survey_app.console.words import english
from survey_app.files.tables_in import Field, Preview, TableRefusedError
from survey_app.ground.transaction import transaction
from survey_app.models import Area, Site, Survey, db
from survey_app.surveys import import_areas, import_margins, import_sites
from survey_app.surveys.levels import MARGINS, options_of

NAME = "form.csv"  # what the trail calls the file
Answer = str | BaseResponse | tuple[str, int]
Choices = Mapping[str, Sequence[tuple[str, str]]]


class RowForm(Form):
    """A row of a table; `row_form` adds a box for each of its columns."""

    reason = TextAreaField(
        lazy_gettext("修改理由"), [Length(max=500)], description=lazy_gettext("计划锁定后必填，记入审计记录")
    )


class MarginsForm(Form):
    """The population of every level, in the order of the table's rows."""

    population = Lines(StringField())
    reason = RowForm.reason


def row_form(fields: Sequence[Field], choices: Choices, codes: type[FormField]) -> type[RowForm]:
    """A box for each column, or a choice of values with their words. codes: the kind of box of the code, which never changes."""
    boxes: dict[str, FormField] = {}
    for each in fields:
        said = {"label": _label(each), "description": each.says_en if english() else each.says_zh}
        if each.key in choices:
            offered = [SelectChoice(value, words) for value, words in choices[each.key]]
            boxes[each.key] = SelectField(**said, choices=offered, validate_choice=False)
        else:
            boxes[each.key] = (codes if each.key == "code" else StringField)(**said)
    return with_fields(RowForm, boxes)


@bp.form("/areas/new", "新增地区", own("manager"))
def new_area() -> Answer:
    return _area(None)


@bp.form("/areas/<area>", "修改一个地区", own("manager"))
def edit_area(area: str) -> Answer:
    return _area(db.session.scalar(select(Area).where(Area.code == area)) or abort(404))


def _area(area: Area | None) -> Answer:
    parents = db.session.scalars(select(Area).where(Area.kind != "zone").order_by(Area.code))
    choices = {
        "kind": [("市", _("市")), ("县(市、区)", _("县(市、区)")), ("功能区", _("功能区"))],
        "parent": [("", "–"), *((place.code, area_name(place)) for place in parents)],
    }
    shown = import_areas.said_of(area) | {"code": area.code} if area else {"kind": "县(市、区)"}
    return _edit(
        import_areas.FIELDS, choices, shown, area is None, area_name(area) if area else _("新增地区"),
        url_for("console.areas_page"), lambda data, _reason: import_areas.store(NAME, data),
    )  # fmt: skip


@bp.form("/surveys/<code>/sites/new", "新增调查点", own("manager"))
def new_site(code: str) -> Answer:
    return _site(survey_of(code), None)


@bp.form("/surveys/<code>/sites/<site>", "修改一个调查点", own("manager"))
def edit_site(code: str, site: str) -> Answer:
    survey = survey_of(code)
    return _site(survey, next((one for one in survey.sites if one.code == site), None) or abort(404))


def _site(survey: Survey, site: Site | None) -> Answer:
    kinds = [(zh, key if english() else zh) for key, zh in import_sites.KINDS.items()]
    choices = {
        "kind": kinds,
        "area": [(place.code, area_name(place)) for place in units(survey.city_id)],
        "sampled": [("是", _("是")), ("否", _("否"))],
    }
    shown = import_sites.said_of(site) | {"code": site.code, "area": site.area.code} if site else {"sampled": "是"}
    return _edit(
        import_sites.FIELDS, choices, shown, site is None, site.name if site else _("新增调查点"),
        url_for("console.survey_sites", code=survey.code),
        lambda data, reason: import_sites.store(survey, NAME, data, reason), survey,
    )  # fmt: skip


def _edit(
    fields: Sequence[Field], choices: Choices, shown: Mapping[str, str], new: bool, title: str, back: str,
    store: Callable[[bytes, str], Preview], survey: Survey | None = None,
) -> Answer:  # fmt: skip
    form = row_form(fields, choices, StringField if new else HiddenField)(data=dict(shown))
    if form.validate_on_submit():
        sent = {each.key: form[each.key].data or "" for each in fields}
        if _stored(form, fields, [sent], store):
            return redirect(back)
    page = render_template(
        "surveys/single.html", form=form, fields=fields, title=title, back=back, survey=survey,
        asks=survey is not None and survey.state != "draft", demo=bool(survey and survey.demo),
    )  # fmt: skip
    return (page, 422) if form.is_submitted() else page


@bp.form("/surveys/<code>/margins/edit", "修改人口结构", own("manager"))
def edit_margins(code: str) -> Answer:
    """All at once: every margin adds up to the same total."""
    survey = survey_of(code)
    rows = import_margins.examples(survey)
    form = MarginsForm(data={"population": [str(population) for *_names, population in rows]})
    if form.validate_on_submit():
        typed = form.population.by_number
        keys = ("margin", "level", "population")
        sent = [
            dict(zip(keys, (*names, typed.get(number, "")), strict=True)) for number, (*names, _old) in enumerate(rows)
        ]
        if _stored(
            form, import_margins.FIELDS, sent, lambda data, reason: import_margins.store(survey, NAME, data, reason)
        ):
            return redirect(url_for("console.survey_plan", code=code))
    words = {"居住地": _("居住地"), "性别": _("性别"), "年龄": _("年龄")}
    options = {code: label for margin in MARGINS for code, label in options_of(survey, margin)}
    shown = form.population.by_number if form.is_submitted() else dict(enumerate(form.population.data))
    lines = [
        (number, words[str(margin)], options.get(str(level), (level, level))[english()], shown.get(number, ""))
        for number, (margin, level, _old) in enumerate(rows)
    ]
    page = render_template("surveys/margins_edit.html", survey=survey, form=form, lines=lines, demo=survey.demo)
    return (page, 422) if form.is_submitted() else page


def _stored(
    form: Form, fields: Sequence[Field], rows: Sequence[Mapping[str, object]], store: Callable[[bytes, str], Preview]
) -> bool:
    """Whether the rows were taken; every fault stands at its box, or over the form."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([each.key for each in fields])
    writer.writerows([row[each.key] for each in fields] for row in rows)
    try:
        with transaction():
            found = store(out.getvalue().encode(), form["reason"].data or "")
    except TableRefusedError as error:
        for fault in error.faults:
            key = next((each.key for each in fields if fault.column.endswith(f" {each.zh}")), "")
            form.refuse(
                str(fault)
                if len(rows) == 1
                else f"{rows[fault.row - 2]['level'] if fault.row else ''} {fault}".strip(),
                key,
            )
        return False
    flash(_("已保存。") if found.moves else _("没有变化。"), "ok")
    return True


def _label(field: Field) -> str:
    return field.en if english() else field.zh

"""A version made after the first answer is put forward to count, or sites' figures to be put right; a second person confirms."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from flask_wtf.file import FileField
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import TextAreaField
from wtforms.validators import Length

from analysis.methods import FIRST
from analysis.plan import parse_plan
from analysis.plan_differences import Difference
from survey_app.console.forms import Form, Pressed, unsent
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import own
from survey_app.console.tables import Column, Table
from survey_app.console.two_persons import Shown, shows
from survey_app.files.evidence_types import SIZE_LIMIT
from survey_app.files.handed import handed_in
from survey_app.files.tables_in import TableRefusedError
from survey_app.ground import two_persons
from survey_app.ground.language import language
from survey_app.ground.transaction import transaction
from survey_app.ground.uploads import takes_files
from survey_app.models import PlanVersion, Statement, Survey, db
from survey_app.surveys import plan_exceptions, site_figures
from survey_app.surveys.levels import MARGINS
from survey_app.surveys.official_plan import official_version
from wording import Refusal


class ExceptionForm(Form):
    """Which exception, why, and the source."""

    exception = Pressed((plan_exceptions.SOURCE, plan_exceptions.NOT_COMPUTABLE), lazy_gettext("请选择属于哪一种例外"))
    reason = TextAreaField(lazy_gettext("理由"), [Length(max=two_persons.MOST_REASON)])
    source = FileField(lazy_gettext("来源文件"))


class SiteFiguresForm(Form):
    """A table of sites, why, and the source."""

    file = FileField(lazy_gettext("点位表"))
    reason = TextAreaField(lazy_gettext("理由"), [Length(max=two_persons.MOST_REASON)])
    source = FileField(lazy_gettext("来源文件"))


def exception_names() -> dict[str, str]:
    """The two exceptions in words."""
    return {plan_exceptions.SOURCE: _("人口或点位数据与来源不符"), plan_exceptions.NOT_COMPUTABLE: _("正式计划算不出")}


@bp.page("/surveys/<code>/plan/<int:number>", "查看方案版本", own("manager", "evaluator", "auditor"))
def plan_version(code: str, number: int) -> str:
    return _version_page(*_found(code, number))


@bp.action("/surveys/<code>/plan/<int:number>", "提请计划成为正式口径", own("manager"))
@takes_files(SIZE_LIMIT)
def state_exception(code: str, number: int) -> BaseResponse | tuple[str, int]:
    """The first person's part: the claim is checked at once, and waits for the second."""
    survey, version = _found(code, number)
    form = ExceptionForm()
    try:
        _require(form)
        with transaction():
            made = plan_exceptions.state_plan(
                survey, number, form.exception.data, form.reason.data or "", handed_in(form.source.data),
                current_user.username,
            )  # fmt: skip
    except Refusal as error:
        return _version_page(survey, version, form, str(error)), 422
    return _waits(made)


@bp.form("/surveys/<code>/plan/site-figures", "提请更正点位数据", own("manager"))
@takes_files(2 * SIZE_LIMIT)
def state_site_figures(code: str) -> str | BaseResponse | tuple[str, int]:
    """Figures of sites that differ from their source: from a table of sites, as the import takes it."""
    survey, form, wrong = survey_of(code), SiteFiguresForm(), []
    if form.is_submitted():
        try:
            _require(form)
            if not form.file.data:
                raise Refusal(_("请选择点位表。"))
            with transaction():
                figures = site_figures.read(survey, form.file.data.filename, form.file.data.read())
                made = plan_exceptions.state_sites(
                    survey, figures, form.reason.data or "", handed_in(form.source.data), current_user.username
                )
            return _waits(made)
        except TableRefusedError as error:
            wrong = [str(fault.placed if fault.row else fault.said) for fault in error.faults]
        except Refusal as error:
            wrong = [str(error)]
    page = render_template("surveys/site_figures.html", survey=survey, form=form, wrong=wrong, demo=survey.demo)
    return (page, 422) if wrong else page


def _require(form: Form) -> None:
    if not form.validate():
        raise Refusal([str(said) for field in form for said in field.errors])


def _waits(made: Statement) -> BaseResponse:
    flash(_("已提出，等待另一位同事确认。"), "ok")
    return redirect(url_for("console.statement_page", number=made.id))


def _found(code: str, number: int) -> tuple[Survey, PlanVersion]:
    survey = survey_of(code)
    query = select(PlanVersion).where(PlanVersion.survey_id == survey.id, PlanVersion.number == number)
    return survey, db.session.scalar(query) or abort(404)


def _version_page(survey: Survey, version: PlanVersion, form: ExceptionForm | None = None, wrong: str = "") -> str:
    official = official_version(survey)
    late = official is not None and version.late and version.digest != official.digest
    return render_template(
        "surveys/plan_version.html", survey=survey, version=version, wrong=wrong, names=exception_names(),
        method=parse_plan(version.body, unnamed=FIRST).method.sentence(language()), form=form or unsent(ExceptionForm),
        late=late and survey.state != "archived", differs=_differences(official, version.body) if official and late else None,
        demo=survey.demo,
    )  # fmt: skip


def _differences(official: PlanVersion, body: str) -> Table:
    rows = [
        {"key": _key(one), "before": _shown(one.before), "after": _shown(one.after)}
        for one in plan_exceptions.changes(official, body)
    ]
    columns = [
        Column("key", _("键")),
        Column("before", _("正式的第%(n)s版", n=official.number)),
        Column("after", _("本版")),
    ]
    return Table("differences", _("与正式口径的差别"), columns, rows)


def _key(one: Difference) -> str:
    """A margin's level in words, any other key as the plan writes it."""
    if one.path[:2] != ("calibration", "margins") or len(one.path) < 4:
        return one.name
    margin = one.path[2] if language() == "en" else MARGINS.get(one.path[2], (one.path[2],))[0]
    return f"{margin} {one.path[3]}"


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)[:200]


def _site_differences(survey: Survey, statement: Statement) -> Table:
    sites = {site.code: site for site in survey.sites}
    stated: Any = statement.content["sites"]
    rows = [
        {"site": f"{code} {sites[code].name}", "key": key, "before": _shown(getattr(sites[code], key)), "after": _shown(value)}
        for code, says in stated.items()
        for key, value in says.items()
        if code in sites
    ]  # fmt: skip
    columns = [
        Column("site", _("点位")), Column("key", _("数据")), Column("before", _("现在")), Column("after", _("更正为")),
    ]  # fmt: skip
    return Table("site-figures", _("点位数据的更正"), columns, rows)


def _details(statement: Statement) -> Markup:
    """Everything the second person needs: which exception, what differs, what the program found, what follows."""
    survey, content = plan_exceptions.survey_of(statement), statement.content
    query = select(PlanVersion).where(PlanVersion.survey_id == survey.id)
    by_number = {version.number: version for version in db.session.scalars(query)}
    official = by_number[int(str(content["official"]))]
    version = by_number.get(int(str(content.get("version", 0))))
    table = _differences(official, version.body) if version else _site_differences(survey, statement)
    why = (
        plan_exceptions.why_not_computable(survey, official.body)
        if content["exception"] == plan_exceptions.NOT_COMPUTABLE
        else None
    )
    return Markup(
        render_template(
            "surveys/plan_exception.html", survey=survey, exception=exception_names()[str(content["exception"])],
            official=official, version=version, table=table, why=why,
        )
    )  # fmt: skip


shows(
    Shown(
        plan_exceptions.KIND,
        lazy_gettext("计划按例外成为正式口径"),
        _details,
        lambda statement: url_for("console.survey_plan", code=plan_exceptions.survey_of(statement).code),
    )
)

"""公布: the day on which a survey's results are published, and their release by two persons."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from survey_app.answering.published import LICENCES, days_of, document_of, released
from survey_app.briefs import publishing
from survey_app.briefs.results_document import document_for
from survey_app.console.forms import Day, Form, unsent
from survey_app.console.frame import bp, survey_of
from survey_app.console.permissions import own
from survey_app.console.two_persons import Shown, for_whom, shows
from survey_app.ground import two_persons
from survey_app.ground.sign_off import PROPOSED
from survey_app.ground.two_persons import MOST_REASON
from survey_app.models import EstimateRun, Statement, Survey, db
from wording import Refusal

PAGE = "console.results_page"
KINDS = (publishing.DAY, publishing.RELEASE)


class DayForm(Form):
    """The day, and why it is moved."""

    day = Day(lazy_gettext("公布日期"), lazy_gettext("请填写日期"))
    why = TextAreaField(
        lazy_gettext("理由"), [Length(max=MOST_REASON)], description=lazy_gettext("会显示在公布的页面上")
    )


class ReleaseForm(Form):
    """Under which licence; of a correction, what was wrong."""

    licence = SelectField(lazy_gettext("开放许可"), choices=[SelectChoice(name, name) for name in LICENCES])
    reason = TextAreaField(
        lazy_gettext("说明"),
        [Length(max=MOST_REASON)],
        description=lazy_gettext("更正已发布的结果时，写明更正了什么，会显示在公布的页面上"),
    )


@bp.page("/surveys/<code>/results", "查看结果公布", own("manager", "evaluator", "scorer", "auditor"))
def results_page(code: str) -> str:
    return _page(survey_of(code))


@bp.action("/surveys/<code>/results/day", "定结果公布日期", own("manager"))
def set_results_day(code: str) -> BaseResponse | tuple[str, int]:
    survey, form = survey_of(code), DayForm()
    if form.validate_on_submit():
        with form.storing(Refusal):
            made = publishing.set_day(survey, form.day.data, form.why.data or "", current_user.username)
        if not form.errors:
            flash(_("已提请，等待另一位同事确认。") if made else _("公布日期已定。"), "ok")
            return redirect(url_for(PAGE, code=code))
    return _page(survey_of(code), day=form), 422


@bp.action("/surveys/<code>/results/release", "提请发布调查结果", own("manager", "evaluator"))
def release_results(code: str) -> BaseResponse | tuple[str, int]:
    survey, form = survey_of(code), ReleaseForm()
    if form.validate_on_submit():
        with form.storing(Refusal):
            publishing.ask_release(survey, form.licence.data, form.reason.data or "", current_user.username)
        if not form.errors:
            flash(_("已提请，等待另一位同事确认。"), "ok")
            return redirect(url_for(PAGE, code=code))
    return _page(survey_of(code), release=form), 422


def _page(survey: Survey, day: DayForm | None = None, release: ReleaseForm | None = None) -> str:
    run, why_not = None, ""
    try:
        run = publishing.to_release(survey)
    except Refusal as refused:
        why_not = str(refused)
    waiting = [
        (one, for_whom(one)) for kind in KINDS for one in two_persons.of(f"survey:{survey.code}", kind, PROPOSED)
    ]
    return render_template(
        "briefs/publishing.html", survey=survey, demo=survey.demo, days=days_of(survey), waiting=waiting, run=run, why_not=why_not,
        releases=[(one, document_of(one)) for one in released(survey)],
        knowable=publishing.knowable(survey), day=day or unsent(DayForm), release=release or unsent(ReleaseForm, reason=_("按原定日期公布。")),
    )  # fmt: skip


def _day_details(statement: Statement) -> Markup:
    survey = publishing.survey_of_statement(statement)
    return Markup(
        render_template("briefs/publishing_day.html", survey=survey, days=days_of(survey), day=statement.content["day"])
    )


def _release_details(statement: Statement) -> Markup:
    """All that the second person needs: the figures that would be shown, as they would be."""
    survey, content = publishing.survey_of_statement(statement), statement.content
    run = db.session.get_one(EstimateRun, content["run"])
    before = [one for one in released(survey) if one.statement_id < statement.id]
    made = document_for(run, str(content["licence"]), statement.reason, before[-1] if before else None)
    return Markup(render_template("briefs/publishing_release.html", survey=survey, run=run, found=made))


def _place(statement: Statement) -> str:
    return url_for(PAGE, code=publishing.survey_of_statement(statement).code)


shows(Shown(publishing.DAY, lazy_gettext("改结果公布日期"), _day_details, _place))
shows(Shown(publishing.RELEASE, lazy_gettext("发布调查结果"), _release_details, _place))
